import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

/** A registry's host and a name in it: `acme/base:13`. */
export interface Published {
  readonly host: string;
  readonly name: string;
}

const accept = "application/vnd.oci.image.manifest.v1+json";

/** In what two images differ, so that who reads that a digest is another one knows why: lines of their configs and of their layers' files. */
export async function differenceOf(one: Published, other: Published): Promise<readonly string[]> {
  const [before, after] = [await describe(one), await describe(other)];
  const only = (lines: readonly string[], others: readonly string[], sign: string): readonly string[] => {
    const known = new Set(others);
    return lines.filter((line) => !known.has(line)).map((line) => `${sign} ${line}`);
  };
  return [...only(before, after, "-"), ...only(after, before, "+")].slice(0, 40);
}

async function describe({ host, name }: Published): Promise<readonly string[]> {
  const [repository = "", tag = ""] = name.split(":");
  const get = async (path: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(`http://${host}/v2/${repository}/${path}`, { headers: { accept } })).arrayBuffer());
  const { config, layers } = JSON.parse(String(await get(`manifests/${tag}`))) as Manifest;
  const lines = JSON.stringify(JSON.parse(String(await get(`blobs/${config.digest}`))), undefined, 1).split("\n");
  for (const [index, { digest }] of layers.entries()) {
    lines.push(`layer ${index} ${digest}`);
    lines.push(...(await filesOf(gunzipSync(await get(`blobs/${digest}`)))).map((file) => `layer ${index} ${file}`));
  }
  return lines;
}

/** Everything that a tar says of each file, and the hash of what is in it. */
async function filesOf(tar: Buffer): Promise<readonly string[]> {
  const archive = extract();
  archive.end(tar);
  const files: string[] = [];
  for await (const entry of archive) {
    const hash = createHash("sha256");
    for await (const chunk of entry) hash.update(chunk as Buffer);
    files.push(JSON.stringify({ ...entry.header, sha256: hash.digest("hex") }));
  }
  return files;
}
