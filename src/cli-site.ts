import { resolve } from "node:path";
import type { Command } from "commander";
import { type Finish, plainHttpOption, rootOf, show } from "./cli-options.js";
import type { WrittenSite } from "./commands/site.js";
import { print } from "./reporters/output.js";

interface SiteFlags {
  readonly out: string;
  readonly registry?: string;
  readonly plainHttp?: boolean;
}

const siteHelp = `
Packages come from build/sbom, which builds write, and with --registry from what is attached to published images.
The folder is replaced as a whole; one that holds anything else is refused.`;

export function addSite(program: Command, finish: Finish): void {
  program
    .command("site")
    .description("the catalog as a web site: plain files, for any server or none")
    .requiredOption("--out <dir>", "the folder that it goes into")
    .option(
      "--registry <where>",
      "show what is published in HOST[:PORT][/PATH], or oci:FOLDER: digests, builds, changes",
    )
    .addOption(plainHttpOption())
    .addHelpText("after", siteHelp)
    .action(async ({ out, registry, plainHttp = false }: SiteFlags) => {
      const { site } = await import("./commands/site.js");
      const result = await site(rootOf(program), { out: resolve(out), registry, plainHttp });
      show(result, (written) => print(formatWritten(out, written)), finish);
    });
}

function formatWritten(out: string, { files, images, described, published }: WrittenSite): string {
  const asked = published === undefined ? "" : `, ${published} published`;
  return `${out}: ${files} files; ${images} images${asked}, ${described} with all their packages`;
}
