import type { ArtifactDefinition, ArtifactLock, Download, ImageArtifact } from "../model/artifact.js";
import type { VariantDefinition } from "../model/definition.js";
import { own } from "../support/own.js";
import type { LockedPair } from "./locked.js";

/** The artifacts of a variant, with what the lock says of them. */
export function planArtifacts(
  namespace: string,
  { pair, lock }: Pick<LockedPair, "pair" | "lock">,
  variant: VariantDefinition,
): readonly ImageArtifact[] {
  return variant.artifacts.flatMap((name) => {
    const artifact = pair.artifacts.find((each) => each.name === name);
    const locked = own(lock.artifacts, name);
    return artifact === undefined || locked === undefined ? [] : [planArtifact(namespace, artifact, locked)];
  });
}

function planArtifact(
  namespace: string,
  { name, source, strip, files, links }: ArtifactDefinition,
  { version, platforms }: ArtifactLock,
): ImageArtifact {
  const downloads = Object.entries(platforms).flatMap(([platform, { npm, integrity }]) => {
    const url = source.kind === "url" ? source.files[platform as keyof typeof platforms]?.url : undefined;
    const from: Download["from"] | undefined =
      url !== undefined ? { kind: "url", url } : npm === undefined ? undefined : { kind: "npm", name: npm, version };
    return from === undefined ? [] : [[platform, { integrity, from }] as const];
  });
  return {
    name,
    version,
    reference: `${namespace}/artifact:${name}-${version.replace(/[^A-Za-z0-9_.-]/g, "_")}`,
    strip,
    files,
    links,
    downloads: Object.fromEntries(downloads),
  };
}
