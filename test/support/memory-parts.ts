import { createHash } from "node:crypto";

/** A request as a registry sees it, its body read whole. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface StoreOptions {
  /** The most tags on a page, whatever is asked for. */
  readonly pageSize?: number;
  /** Whether a page says where the next one is. */
  readonly link?: boolean;
  /** Whether it lists referrers itself: all of them, or only those of the type that is asked for. Otherwise it knows nothing of them. */
  readonly referrers?: "all" | "of a type";
  /** What it answers where a tag would be overwritten; it overwrites where this is not given. */
  readonly immutable?: Reply;
  /** What goes before the path of an upload: `http://127.0.0.1:5000`. */
  readonly uploadsAt?: string;
  /** Whether it takes blobs over from other repositories. */
  readonly mounts?: boolean;
}

export interface StoredManifest {
  readonly mediaType: string;
  readonly body: Buffer;
}

export interface Repository {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
  readonly uploads: Map<string, Buffer>;
}

export type Handler = (asked: Asked, repository: Repository, rest: string, store: Store) => Reply;

/** Everything that is held, and how. */
export interface Store {
  readonly options: StoreOptions;
  readonly repositories: ReadonlyMap<string, Repository>;
}

export const digestOf = (body: Buffer): string => `sha256:${createHash("sha256").update(body).digest("hex")}`;

/** A refusal as the distribution spec words it ("Error Codes"). */
export function refusal(status: number, code: string, message = code.toLowerCase()): Reply {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ errors: [{ code, message }] }),
  };
}
