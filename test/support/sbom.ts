import { readPackageDatabase } from "../../src/model/package-database.js";
import type { Digest } from "../../src/model/reference.js";
import { formatSbom } from "../../src/model/sbom.js";
import type { SbomEntry } from "../../src/model/sbom-reader.js";
import { contentOf } from "./image-content.js";

/** A bill of materials of an image on Debian with these packages, as Ingot writes it, for an image in a registry. */
export function sbomOf(
  packages: readonly SbomEntry[],
  image: { readonly name?: string; readonly version?: string; readonly architecture?: string; readonly digest: Digest },
): string {
  const { name = "acme/lua", version = "5.4.7", architecture = "amd64", digest } = image;
  const content = {
    ...contentOf({ files: ["/etc/passwd"], folders: ["/etc"], texts: Object.fromEntries(packages.map(stanza)) }),
    architecture,
    digest,
  };
  return formatSbom({
    content,
    database: readPackageDatabase(content),
    image: {
      name,
      version,
      reference: `docker.io/${name}:${version}`,
      id: digest,
      created: 1_795_219_200,
      distribution: { family: "debian", release: "13" },
    },
  });
}

const stanza = ({ name, version, architecture = "all" }: SbomEntry): readonly [string, string] => [
  `/var/lib/dpkg/status.d/${name}`,
  [`Package: ${name}`, `Architecture: ${architecture}`, `Version: ${version}`, ""].join("\n"),
];
