import { type Handler, refusal, type StoredManifest } from "./memory-parts.js";

const indexType = "application/vnd.oci.image.index.v1+json";

interface Document {
  readonly artifactType?: string;
  readonly subject?: { readonly digest: string };
  readonly config?: { readonly mediaType: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

const read = (body: Buffer): Document => JSON.parse(body.toString("utf8")) as Document;

/** What a manifest is attached to. */
export const subjectOf = (body: Buffer): string | undefined => read(body).subject?.digest;

/** "Listing Referrers" of the distribution spec 1.1. */
export const listReferrers: Handler = ({ method, url }, { manifests }, subject, { options }) => {
  if (options.referrers === undefined) return { status: 404, body: "404 page not found\n" };
  if (method !== "GET") return refusal(405, "UNSUPPORTED");
  const wanted = options.referrers === "of a type" ? url.searchParams.get("artifactType") : null;
  const found = [...manifests]
    .filter(([, { body }]) => subjectOf(body) === subject)
    .map(([digest, manifest]) => describe(digest, manifest))
    .filter(({ artifactType }) => wanted === null || artifactType === wanted);
  const start = Number(url.searchParams.get("from") ?? 0);
  const end = start + (options.pageSize ?? found.length);
  const query = new URLSearchParams({ from: String(end), ...(wanted === null ? {} : { artifactType: wanted }) });
  const headers = {
    "content-type": indexType,
    ...(wanted === null ? {} : { "oci-filters-applied": "artifactType" }),
    ...(end < found.length ? { link: `<${url.pathname}?${query}>; rel="next"` } : {}),
  };
  const index = { schemaVersion: 2, mediaType: indexType, manifests: found.slice(start, end) };
  return { status: 200, headers, body: JSON.stringify(index) };
};

function describe(digest: string, { mediaType, body }: StoredManifest) {
  const { artifactType, config, annotations } = read(body);
  const type = artifactType ?? config?.mediaType;
  return { mediaType, digest, size: body.length, artifactType: type, annotations };
}
