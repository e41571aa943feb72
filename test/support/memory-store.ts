import {
  type Asked,
  digestOf,
  type Handler,
  type Reply,
  type Repository,
  refusal,
  type StoreOptions,
} from "./memory-parts.js";
import { listReferrers, subjectOf } from "./memory-referrers.js";
import { blob, upload } from "./memory-uploads.js";

export type { Asked, Reply, StoreOptions } from "./memory-parts.js";
export { refusal } from "./memory-parts.js";

/** What a registry holds, and its answers by the distribution spec. Repositories come to be when something is pushed. */
export function createStore(options: StoreOptions = {}): (asked: Asked) => Reply {
  const repositories = new Map<string, Repository>();
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
      return handle(asked, repository, rest, { options, repositories });
    }
    return { status: 404, body: "404 page not found\n" };
  };
}

const listTags: Handler = ({ method, url }, { tags }, _, { options: { pageSize = 10_000, link = true } }) => {
  if (method !== "GET") return refusal(405, "UNSUPPORTED");
  if (tags.size === 0) return refusal(404, "NAME_UNKNOWN", "repository name not known to registry");
  const after = url.searchParams.get("last") ?? "";
  const size = Math.min(Number(url.searchParams.get("n") ?? pageSize), pageSize);
  const left = [...tags.keys()].sort().filter((tag) => tag > after);
  const page = left.slice(0, size);
  const next = `<${url.pathname}?last=${page.at(-1)}&n=${size}>; rel="next"`;
  const headers = { "content-type": "application/json", ...(link && left.length > page.length ? { link: next } : {}) };
  return { status: 200, headers, body: JSON.stringify({ name: url.pathname.slice(4, -10), tags: page }) };
};

const manifest: Handler = (asked, repository, name, store) => {
  if (asked.method === "PUT") return putManifest(asked, repository, name, store);
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

const putManifest: Handler = ({ headers, body }, repository, name, { options }) => {
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
  if (options.immutable !== undefined && repository.tags.has(name)) return options.immutable;
  repository.manifests.set(digest, { mediaType, body });
  if (name !== digest) repository.tags.set(name, digest);
  const subject = options.referrers === undefined ? undefined : subjectOf(body);
  const said = { "docker-content-digest": digest, ...(subject === undefined ? {} : { "oci-subject": subject }) };
  return { status: 201, headers: { ...said, location: `/v2/x/manifests/${digest}` } };
};

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

const handlers: readonly (readonly [RegExp, Handler])[] = [
  [/^\/v2\/(.+)\/tags\/list()$/, listTags],
  [/^\/v2\/(.+)\/manifests\/([^/]+)$/, manifest],
  [/^\/v2\/(.+)\/referrers\/([^/]+)$/, listReferrers],
  [/^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/, upload],
  [/^\/v2\/(.+)\/blobs\/([^/]+)$/, blob],
];
