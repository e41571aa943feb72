import { createHash, randomUUID } from "node:crypto";

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
}

interface StoredManifest {
  readonly mediaType: string;
  readonly body: Buffer;
}

interface Repository {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
  readonly uploads: Map<string, Buffer>;
}

type Handler = (asked: Asked, repository: Repository, rest: string) => Reply;

const digestOf = (body: Buffer): string => `sha256:${createHash("sha256").update(body).digest("hex")}`;

/** A refusal as the distribution spec words it ("Error Codes"). */
export function refusal(status: number, code: string, message = code.toLowerCase()): Reply {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ errors: [{ code, message }] }),
  };
}

/** What a registry holds, and its answers by the distribution spec. Repositories come to be when something is pushed. */
export function createStore(options: StoreOptions = {}): (asked: Asked) => Reply {
  const repositories = new Map<string, Repository>();
  const handlers: readonly (readonly [RegExp, Handler])[] = [
    [/^\/v2\/(.+)\/tags\/list()$/, (asked, repository) => listTags(asked, repository, options)],
    [/^\/v2\/(.+)\/manifests\/([^/]+)$/, manifest],
    [/^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/, upload],
    [/^\/v2\/(.+)\/blobs\/([^/]+)$/, blob],
  ];
  return (asked) => {
    if (asked.url.pathname === "/v2/") return { status: 200, body: "{}" };
    for (const [pattern, handle] of handlers) {
      const [, name, rest = ""] = pattern.exec(asked.url.pathname) ?? [];
      if (name === undefined) continue;
      const repository = repositories.get(name) ?? {
        blobs: new Map(),
        manifests: new Map(),
        tags: new Map(),
        uploads: new Map(),
      };
      if (asked.method !== "GET" && asked.method !== "HEAD") repositories.set(name, repository);
      return handle(asked, repository, rest);
    }
    return { status: 404, body: "404 page not found\n" };
  };
}

function listTags(
  { method, url }: Asked,
  { tags }: Repository,
  { pageSize = 10_000, link = true }: StoreOptions,
): Reply {
  if (method !== "GET") return refusal(405, "UNSUPPORTED");
  if (tags.size === 0) return refusal(404, "NAME_UNKNOWN", "repository name not known to registry");
  const after = url.searchParams.get("last") ?? "";
  const size = Math.min(Number(url.searchParams.get("n") ?? pageSize), pageSize);
  const left = [...tags.keys()].sort().filter((tag) => tag > after);
  const page = left.slice(0, size);
  const next = `<${url.pathname}?last=${page.at(-1)}&n=${size}>; rel="next"`;
  const headers = { "content-type": "application/json", ...(link && left.length > page.length ? { link: next } : {}) };
  return { status: 200, headers, body: JSON.stringify({ name: url.pathname.slice(4, -10), tags: page }) };
}

const manifest: Handler = (asked, repository, name) => {
  if (asked.method === "PUT") return putManifest(asked, repository, name);
  if (asked.method !== "GET" && asked.method !== "HEAD") return refusal(405, "UNSUPPORTED");
  const digest = name.startsWith("sha256:") ? name : repository.tags.get(name);
  const found = repository.manifests.get(digest ?? "");
  // Debian's registry gives no client what it did not say it accepts.
  const accepted = found !== undefined && String(asked.headers["accept"]).includes(found.mediaType);
  if (digest === undefined || found === undefined || !accepted)
    return refusal(404, "MANIFEST_UNKNOWN", "manifest unknown");
  return {
    status: 200,
    headers: { "content-type": found.mediaType, "docker-content-digest": digest },
    body: found.body,
  };
};

function putManifest({ headers, body }: Asked, repository: Repository, name: string): Reply {
  const digest = digestOf(body);
  const wanted = referencesOf(body);
  const mediaType = String(headers["content-type"]);
  if (wanted === undefined) return refusal(400, "MANIFEST_INVALID", "manifest invalid");
  if (name.startsWith("sha256:") && name !== digest)
    return refusal(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  const missing = [
    ...wanted.blobs.filter((blob) => !repository.blobs.has(blob)),
    ...wanted.manifests.filter((each) => !repository.manifests.has(each)),
  ];
  if (missing.length > 0) return refusal(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
  repository.manifests.set(digest, { mediaType, body });
  if (name !== digest) repository.tags.set(name, digest);
  return { status: 201, headers: { "docker-content-digest": digest, location: `/v2/x/manifests/${digest}` } };
}

interface Document {
  readonly mediaType?: string;
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

function referencesOf(
  body: Buffer,
): { readonly blobs: readonly string[]; readonly manifests: readonly string[] } | undefined {
  try {
    const { config, layers = [], manifests = [] } = JSON.parse(body.toString("utf8")) as Document;
    const blobs = [...(config === undefined ? [] : [config]), ...layers];
    return { blobs: blobs.map(({ digest }) => digest), manifests: manifests.map(({ digest }) => digest) };
  } catch {
    return undefined;
  }
}

const blob: Handler = ({ method }, { blobs }, digest) => {
  if (method !== "GET" && method !== "HEAD") return refusal(405, "UNSUPPORTED");
  const body = blobs.get(digest);
  if (body === undefined) return refusal(404, "BLOB_UNKNOWN", "blob unknown to registry");
  return {
    status: 200,
    headers: { "content-type": "application/octet-stream", "docker-content-digest": digest },
    body,
  };
};

const upload: Handler = (asked, repository, id) => {
  const base = `${asked.url.pathname.slice(0, asked.url.pathname.length - id.length)}`;
  if (asked.method === "POST" && id === "") return begin(base, repository);
  const before = repository.uploads.get(id);
  if (before === undefined) return refusal(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  if (asked.method === "PATCH") return append(asked, repository, { id, base, before });
  if (asked.method === "PUT") return finish(asked, repository, { id, base, before });
  return refusal(405, "UNSUPPORTED");
};

interface Upload {
  readonly id: string;
  readonly base: string;
  readonly before: Buffer;
}

function begin(base: string, { uploads }: Repository): Reply {
  const id = randomUUID();
  uploads.set(id, Buffer.alloc(0));
  return { status: 202, headers: { location: `${base}${id}?_state=any`, range: "0-0" } };
}

function append({ headers, body }: Asked, { uploads }: Repository, { id, base, before }: Upload): Reply {
  const [, start] = /^(\d+)-\d+$/.exec(String(headers["content-range"] ?? "")) ?? [];
  if (start !== undefined && Number(start) !== before.length)
    return refusal(416, "RANGE_INVALID", "invalid content range");
  const after = Buffer.concat([before, body]);
  uploads.set(id, after);
  return { status: 202, headers: { location: `${base}${id}?_state=any`, range: `0-${Math.max(0, after.length - 1)}` } };
}

function finish({ url, body }: Asked, { blobs, uploads }: Repository, { id, base, before }: Upload): Reply {
  const whole = Buffer.concat([before, body]);
  const digest = url.searchParams.get("digest");
  if (digest !== digestOf(whole))
    return refusal(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  uploads.delete(id);
  blobs.set(digest, whole);
  return {
    status: 201,
    headers: { "docker-content-digest": digest, location: `${base.replace(/uploads\/$/, "")}${digest}` },
  };
}
