/** An OCI platform as buildx writes it: `linux/amd64`, `linux/arm64`. */
export const platforms = ["linux/amd64", "linux/arm64"] as const;
export type Platform = (typeof platforms)[number];

export const families = ["alpine", "debian"] as const;
export type Family = (typeof families)[number];

/** Whose C library programs are linked with. */
export const cLibraries: Readonly<Record<Family, string>> = { alpine: "musl", debian: "glibc" };

/** The commands of each family's own package manager. */
export const packageManagers: Readonly<Record<Family, readonly string[]>> = {
  alpine: ["apk"],
  debian: ["apt", "apt-get", "apt-cache", "dpkg", "dpkg-deb", "dpkg-query", "update-alternatives"],
};

/** Each distribution's own word for an architecture. */
const architectures: Record<Platform, Record<Family, string>> = {
  "linux/amd64": { alpine: "x86_64", debian: "amd64" },
  "linux/arm64": { alpine: "aarch64", debian: "arm64" },
};

/** `aarch64` for linux/arm64 on Alpine, `arm64` on Debian. */
export function architectureOf(platform: Platform, family: Family): string {
  return architectures[platform][family];
}
