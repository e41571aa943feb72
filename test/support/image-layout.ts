import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

/** A tar with these files, in their order. */
export async function tarOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mtime: new Date(0) }, content);
  archive.finalize();
  return buffer(archive);
}

export interface Layout {
  readonly layers: readonly { readonly bytes: Buffer; readonly mediaType: string }[];
  /** That of an image for amd64 if not given. */
  readonly config?: object;
  /** Whether the manifest is named by an index of its own, after that of a platform which is not there. */
  readonly nested?: boolean;
}

/** Writes an image as an engine saves it: an OCI image layout in a tar. The digests are those of its layers and its manifest. */
export async function writeLayout(file: string, layout: Layout) {
  const { files, ...digests } = layoutOf(layout);
  writeFileSync(file, await tarOf(files));
  return digests;
}

/** The files of a layout by their paths there. */
export function layoutOf({ layers, nested = false, config = { architecture: "amd64", os: "linux" } }: Layout) {
  const blobs: Record<string, Buffer> = {};
  const add = (bytes: Buffer, mediaType: string) => {
    const hash = createHash("sha256").update(bytes).digest("hex");
    blobs[`blobs/sha256/${hash}`] = bytes;
    return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
  };
  const addJson = (value: object, type: string) =>
    add(Buffer.from(JSON.stringify(value)), `application/vnd.oci.image.${type}.v1+json`);
  const described = layers.map(({ bytes, mediaType }) => add(bytes, mediaType));
  const manifest = addJson({ schemaVersion: 2, config: addJson(config, "config"), layers: described }, "manifest");
  const absent = { ...manifest, digest: `sha256:${"0".repeat(64)}` };
  const named = nested ? addJson({ schemaVersion: 2, manifests: [absent, manifest] }, "index") : manifest;
  const index = JSON.stringify({ schemaVersion: 2, manifests: [named] });
  const files: Readonly<Record<string, string | Buffer>> = { ...blobs, "index.json": index };
  return { files, manifest: manifest.digest, layers: described.map(({ digest }) => digest) };
}
