import { type Download, holdsPath, type ImageArtifact } from "./artifact.js";
import { artifactUrl } from "./package-url.js";
import type { Platform } from "./platform.js";

/** An artifact, as a bill of materials has it. */
export interface SbomArtifact {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** Of what was fetched. */
  readonly checksum: { readonly algorithm: string; readonly checksumValue: string };
  readonly downloadLocation: string;
  readonly holds: (path: string) => boolean;
}

/** The artifacts of an image for a machine: `amd64`. */
export function sbomArtifacts(artifacts: readonly ImageArtifact[], architecture: string): readonly SbomArtifact[] {
  return artifacts.flatMap((artifact) => {
    const download = artifact.downloads[`linux/${architecture}` as Platform];
    return download === undefined ? [] : [describe(artifact, download)];
  });
}

function describe(artifact: ImageArtifact, { from, integrity }: Download): SbomArtifact {
  const { name, version } = artifact;
  const [algorithm = "", digest = ""] = integrity.split(/-(.*)/s);
  const checksumValue = Buffer.from(digest, "base64").toString("hex");
  return {
    name: from.kind === "npm" ? from.name : name,
    version,
    purl: artifactUrl({ name, version, from, checksum: `${algorithm}:${checksumValue}` }),
    checksum: { algorithm: algorithm.toUpperCase(), checksumValue },
    downloadLocation: from.kind === "url" ? from.url : "NOASSERTION",
    holds: (path) => holdsPath(artifact, path),
  };
}
