import { changesType, describeChanges, formatChanges, sbomType } from "../../src/model/changes.js";
import type { Digest } from "../../src/model/reference.js";
import type { SbomEntry } from "../../src/model/sbom-reader.js";
import { digestOfBytes } from "../../src/ports/registry-manifest.js";
import { type Content, imageType, indexType, pushBlob, putManifest } from "./push.js";
import { sbomOf } from "./sbom.js";

const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar";
const emptyType = "application/vnd.oci.empty.v1+json";

/** Labels such as Ingot gives an image. */
export const labels: Readonly<Record<string, string>> = {
  "org.opencontainers.image.title": "ingot/lua",
  "org.opencontainers.image.description": "Interpreter (runtime, trixie)",
  "org.opencontainers.image.version": "5.4.7",
  "org.opencontainers.image.created": "2026-11-21T00:00:00Z",
  "org.opencontainers.image.licenses": "MIT",
  "org.opencontainers.image.url": "https://lua.example/",
  "ingot.fingerprint": "f".repeat(64),
};

export interface ImageParts {
  readonly labels?: Readonly<Record<string, string>>;
  /** Of its config: what it is made for. */
  readonly architecture?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A repository in a registry that tests write to. Each method is a step of a publication, done without Ingot's client. */
export interface TestRepository {
  readonly host: string;
  readonly repository: string;
  /** Uploads an image that no other test has. */
  readonly image: (parts?: ImageParts) => Promise<Content>;
  /** Puts an index of images under a tag, one for each platform. */
  readonly index: (tag: string, images: Readonly<Record<string, Content>>) => Promise<Content>;
  readonly tag: (tag: string, content: Content) => Promise<void>;
  /** Attaches a document, and lists it under the fallback tag. */
  readonly attach: (subject: Content, type: string, text: string) => Promise<Content>;
  /** Attaches a bill of materials of the image, with these packages; for amd64 where not given. */
  readonly describe: (image: Content, packages: readonly SbomEntry[], architecture?: string) => Promise<Content>;
  /** Attaches what changed since the image with the first packages. */
  readonly tell: (image: Content, before: readonly SbomEntry[], after: readonly SbomEntry[]) => Promise<Content>;
}

export const previousDigest = `sha256:${"1".repeat(64)}` as Digest;

let count = 0;

export function useRepository(host: string, repository: string): TestRepository {
  const blob = async (content: Content): Promise<Content> => {
    await pushBlob(host, repository, content);
    return content;
  };
  const put = async (name: string, content: Content): Promise<Content> => {
    const { status } = await putManifest(host, repository, name, content);
    if (status !== 201) throw new Error(`the manifest was answered ${status}`);
    return content;
  };
  const lists = new Map<Digest, object[]>();
  const list = async (subject: Content, manifest: Content, artifactType: string): Promise<void> => {
    const listed = [...(lists.get(subject.digest) ?? []), { ...descriptor(manifest), artifactType }];
    lists.set(subject.digest, listed);
    const index = { schemaVersion: 2, mediaType: indexType, manifests: listed };
    await put(subject.digest.replace(":", "-"), json(indexType, index));
  };

  const image = async (parts: ImageParts = {}): Promise<Content> => {
    count += 1;
    const { architecture = "amd64", annotations } = parts;
    const layer = await blob(content(layerType, Buffer.alloc(1024, `layer ${count}`)));
    const rootfs = { type: "layers", diff_ids: [layer.digest] };
    const config = { os: "linux", architecture, config: { Labels: parts.labels ?? labels }, rootfs };
    const manifest = { config: descriptor(await blob(json(configType, config))), layers: [descriptor(layer)] };
    const made = json(imageType, { schemaVersion: 2, mediaType: imageType, ...manifest, annotations });
    return put(made.digest, made);
  };
  const attach = async (subject: Content, type: string, text: string): Promise<Content> => {
    const layer = await blob(content(type, Buffer.from(text)));
    const empty = await blob(json(emptyType, {}));
    const parts = { config: descriptor(empty), layers: [descriptor(layer)], subject: descriptor(subject) };
    const manifest = json(imageType, { schemaVersion: 2, mediaType: imageType, artifactType: type, ...parts });
    await put(manifest.digest, manifest);
    await list(subject, manifest, type);
    return manifest;
  };
  return {
    host,
    repository,
    image,
    attach,
    tag: async (tag, each) => void (await put(tag, each)),
    index: (tag, images) => {
      const manifests = Object.entries(images).map(([platform, each]) => {
        const [os, architecture, variant] = platform.split("/");
        return { ...descriptor(each), platform: { os, architecture, variant } };
      });
      return put(tag, json(indexType, { schemaVersion: 2, mediaType: indexType, manifests }));
    },
    describe: (each, packages, architecture = "amd64") =>
      attach(each, sbomType, sbomOf(packages, { name: "ingot/lua", architecture, digest: each.digest })),
    tell: (each, before, after) =>
      attach(each, changesType, formatChanges(describeChanges({ ...told(each), before, after }))),
  };
}

const told = ({ digest }: Content) => ({
  previous: { digest: previousDigest, version: "5.4.6" },
  current: { digest, version: "5.4.7", size: 1024 },
  reasons: ["5.4.6 → 5.4.7"],
});

function content(mediaType: string, bytes: Buffer): Content {
  return { mediaType, bytes, digest: digestOfBytes(bytes) };
}

const json = (mediaType: string, value: unknown): Content => content(mediaType, Buffer.from(JSON.stringify(value)));
const descriptor = ({ mediaType, digest, bytes }: Content) => ({ mediaType, digest, size: bytes.length });
