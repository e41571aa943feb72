import { PackageURL } from "packageurl-js";
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

/** The library leaves the plus signs of versions, which the specification wants encoded like all but `.-_~:`. */
function format(...parts: ConstructorParameters<typeof PackageURL>): string {
  return new PackageURL(...parts).toString().replaceAll("+", "%2B");
}
