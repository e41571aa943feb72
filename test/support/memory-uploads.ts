import { randomUUID } from "node:crypto";
import { type Asked, digestOf, type Handler, type Reply, type Repository, refusal } from "./memory-parts.js";

export const blob: Handler = ({ method }, { blobs }, digest) => {
  if (method !== "GET" && method !== "HEAD") return refusal(405, "UNSUPPORTED");
  const body = blobs.get(digest);
  if (body === undefined) return refusal(404, "BLOB_UNKNOWN", "blob unknown to registry");
  return {
    status: 200,
    headers: { "content-type": "application/octet-stream", "docker-content-digest": digest },
    body,
  };
};

export const upload: Handler = (asked, repository, id, { options, repositories }) => {
  const base = `${options.uploadsAt ?? ""}${asked.url.pathname.slice(0, asked.url.pathname.length - id.length)}`;
  const mounted = repositories.get(asked.url.searchParams.get("from") ?? "");
  if (asked.method === "POST" && id === "")
    return (options.mounts !== false && mount(asked, repository, mounted)) || begin(base, repository);
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

/** Nothing where the other repository has no such blob: an upload begins instead. */
function mount({ url }: Asked, { blobs }: Repository, from: Repository | undefined): Reply | undefined {
  const digest = url.searchParams.get("mount") ?? "";
  const body = from?.blobs.get(digest);
  if (body === undefined) return undefined;
  blobs.set(digest, body);
  return { status: 201, headers: { "docker-content-digest": digest, location: `/v2/x/blobs/${digest}` } };
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
