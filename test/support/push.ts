import { type Digest, parseDigest, parseTag, type Tag } from "../../src/model/reference.js";
import { blobOf, type Registry } from "../../src/ports/registry.js";
import { type Descriptor, digestOfBytes } from "../../src/ports/registry-manifest.js";

export const imageType = "application/vnd.oci.image.manifest.v1+json";
export const indexType = "application/vnd.oci.image.index.v1+json";
export const configType = "application/vnd.oci.image.config.v1+json";
export const layerType = "application/vnd.oci.image.layer.v1.tar";

export interface Content {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** A tiny image: its manifest, and the blobs that it names. */
export interface TinyImage extends Content {
  readonly config: Content;
  readonly layer: Content;
  /** What its layer lies upon, where that is not nothing. */
  readonly below?: Content;
}

export function tag(text: string): Tag {
  const parsed = parseTag(text);
  if (parsed === undefined) throw new Error(`${text} is not a tag`);
  return parsed;
}

/** An image whose config has a label, by which two of them differ. */
export function tinyImage(label: string): TinyImage {
  const layer = content(layerType, Buffer.alloc(1024, label));
  const rootfs = { type: "layers", diff_ids: [layer.digest] };
  const config = json(configType, { architecture: "amd64", os: "linux", config: { Labels: { label } }, rootfs });
  const manifest = { schemaVersion: 2, mediaType: imageType, config: descriptor(config), layers: [descriptor(layer)] };
  return { ...json(imageType, manifest), config, layer };
}

export function indexOf(...images: readonly Content[]): Content {
  const manifests = images.map((image) => ({ ...descriptor(image), platform: { architecture: "amd64", os: "linux" } }));
  return json(indexType, { schemaVersion: 2, mediaType: indexType, manifests });
}

/** Uploads an image's blobs, then its manifest, with the client that is tested. */
export async function upload(registry: Registry, repository: string, name: string, image: TinyImage): Promise<void> {
  for (const blob of [image.config, image.layer]) await registry.putBlob(repository, blobOf(blob.bytes));
  await registry.putManifest(repository, parseDigest(name) ?? tag(name), image);
}

/** Uploads an image's blobs, then its manifest, under a tag or a digest, without that client. */
export async function pushImage(host: string, repository: string, name: string, image: TinyImage): Promise<void> {
  for (const blob of [image.config, image.layer]) await pushBlob(host, repository, blob);
  const { status } = await putManifest(host, repository, name, image);
  if (status !== 201) throw new Error(`the manifest was answered ${status}`);
}

export async function putManifest(
  host: string,
  repository: string,
  name: string,
  { mediaType, bytes }: Content,
): Promise<Response> {
  const url = `http://${host}/v2/${repository}/manifests/${name}`;
  return finished(await fetch(url, { method: "PUT", headers: { "content-type": mediaType }, body: bytes }));
}

/** Uploads a blob whole ("POST then PUT" of the distribution spec), or in as many chunks ("Pushing a blob in chunks"). */
export async function pushBlob(
  host: string,
  repository: string,
  { digest, bytes }: Content,
  chunks = 0,
): Promise<Response> {
  let location = await place(await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: "POST" }));
  const size = Math.ceil(bytes.length / Math.max(1, chunks));
  for (let start = 0; chunks > 0 && start < bytes.length; start += size) {
    const chunk = bytes.subarray(start, start + size);
    const headers = {
      "content-range": `${start}-${start + chunk.length - 1}`,
      "content-type": "application/octet-stream",
    };
    location = await place(await fetch(location, { method: "PATCH", headers, body: chunk }));
  }
  location.searchParams.set("digest", digest);
  return finished(await fetch(location, { method: "PUT", ...(chunks === 0 ? { body: bytes } : {}) }));
}

async function place(response: Response): Promise<URL> {
  if (response.status !== 202) throw new Error(`the upload was answered ${response.status}`);
  await finished(response);
  return new URL(response.headers.get("location") ?? "", response.url);
}

/** A response whose body is read, so that its connection is free. */
async function finished(response: Response): Promise<Response> {
  const body = await response.arrayBuffer();
  return new Response(body.byteLength === 0 ? null : body, { status: response.status, headers: response.headers });
}

export function content(mediaType: string, bytes: Buffer): Content {
  return { mediaType, bytes, digest: digestOfBytes(bytes) };
}

export const json = (mediaType: string, value: unknown): Content =>
  content(mediaType, Buffer.from(JSON.stringify(value)));

export const descriptor = ({ mediaType, digest, bytes }: Content): Descriptor => ({
  mediaType,
  digest,
  size: bytes.length,
});
