import { type Command, Option } from "commander";
import { type Finish, mirrorOption, parsePlatforms, plainHttpOption, rootOf, show } from "./cli-options.js";
import { type Family, type Platform, platforms } from "./model/platform.js";
import { print, say } from "./reporters/output.js";
import { formatMatrix, formatStale, formatStaleJson, formatUnknown } from "./reporters/stale.js";

interface StaleFlags {
  readonly registry: string;
  readonly plainHttp?: boolean;
  readonly platform?: readonly Platform[];
  readonly mirror: Partial<Record<Family, string>>;
  readonly everyTag?: boolean;
  readonly format: "text" | "json" | "github-matrix";
}

const staleHelp = `
An image is stale where its definition, lock or template changed, what it is built on is another image, a package that it holds is newer in the
distribution's index, a tag is missing or elsewhere, or it is older than the catalog allows. Nothing is pulled, and nothing is changed: up --stale does that.
Exit status: 0 whether or not something is stale, 1 where something could not be read, 2 the command or a file is wrong.`;

/** Adds the command that compares what is published with what could be. */
export function addStale(program: Command, finish: Finish): void {
  program
    .command("stale [selector...]")
    .description("what of a registry is not as fresh as it could be, and every reason")
    .requiredOption("--registry <where>", "HOST[:PORT][/PATH], or oci:FOLDER, an OCI image layout")
    .addOption(plainHttpOption())
    .option("--platform <list>", `some of ${platforms.join(",")}; all of the catalog's if not named`, parsePlatforms)
    .addOption(mirrorOption())
    .option("--every-tag", "look where each tag is; else only the narrowest and the widest of an image")
    .addOption(
      new Option("--format <format>", "how; github-matrix is one line, of what can be done apart from each other")
        .choices(["text", "json", "github-matrix"])
        .default("text"),
    )
    .addHelpText("after", staleHelp)
    .action(async (selectors: string[], flags: StaleFlags) => {
      const { registry, plainHttp = false, platform, mirror, everyTag = false, format } = flags;
      const { stale } = await import("./commands/stale.js");
      const where = { registry, plainHttp, platforms: platform };
      const result = await stale(rootOf(program), { selectors, ...where, mirrors: mirror, everyTag });
      show(
        result,
        (found) => {
          for (const line of found.unknown) say((surface) => formatUnknown(line, surface));
          if (format === "text") print((surface) => formatStale(found, surface));
          else print(format === "json" ? formatStaleJson(found) : formatMatrix(found.legs));
        },
        finish,
        ({ unknown }) => (unknown.length > 0 ? 1 : 0),
      );
    });
}
