import { PackageURL } from "packageurl-js";
import type { Download } from "./artifact.js";
import type { Distribution } from "./catalog.js";
import type { InstalledPackage } from "./content.js";
import { type Digest, parseReference } from "./reference.js";

/** `pkg:oci/python@sha256:…?arch=amd64&repository_url=docker.io%2Fingot%2Fpython&tag=3.13.5-trixie` */
export function imageUrl(image: {
  readonly name: string;
  readonly reference: string;
  readonly digest: Digest;
  readonly architecture: string;
}): string {
  const { name, reference, digest, architecture } = image;
  const { registry, repository, tag } = parseReference(reference) ?? {};
  const last = name.slice(name.lastIndexOf("/") + 1);
  return format("oci", undefined, last, digest, {
    arch: architecture,
    ...(repository === undefined ? {} : { repository_url: `${registry}/${repository}` }),
    ...(tag === undefined ? {} : { tag }),
  });
}

/**
 * What vulnerability scanners look a package up by; `upstream` names its source package where that is another:
 * `pkg:deb/debian/libssl3t64@3.5.1-1?arch=amd64&distro=debian-13&upstream=openssl%403.5.1-1`
 */
export function packageUrl(
  { name, version, architecture, source }: InstalledPackage,
  { family, release }: Pick<Distribution, "family" | "release">,
): string {
  const same = source.name === name && source.version === version;
  return format(family === "debian" ? "deb" : "apk", family, name, version, {
    arch: architecture,
    distro: `${family}-${release}`,
    ...(same ? {} : { upstream: `${source.name}@${source.version}` }),
  });
}

/** `pkg:npm/%40acme/tool-linux-x64@1.4.5`; `pkg:generic/tool@1.4.5?checksum=sha256:…&download_url=…` for what is no package. */
export function artifactUrl(artifact: {
  readonly name: string;
  readonly version: string;
  readonly from: Download["from"];
  /** `sha256:` and hexadecimal digits. */
  readonly checksum: string;
}): string {
  const { name, version, from, checksum } = artifact;
  if (from.kind === "url") return format("generic", undefined, name, version, { checksum, download_url: from.url });
  const slash = from.name.lastIndexOf("/");
  return format("npm", slash === -1 ? undefined : from.name.slice(0, slash), from.name.slice(slash + 1), version);
}

/** The library leaves the plus signs of versions, which the specification wants encoded like all but `.-_~:`. */
function format(...parts: ConstructorParameters<typeof PackageURL>): string {
  return new PackageURL(...parts).toString().replaceAll("+", "%2B");
}
