import { type Command, Option } from "commander";
import { type Finish, rootOf, show } from "./cli-options.js";
import type { SizeReport } from "./commands/size.js";
import { narrowestReference } from "./model/image.js";
import { type EngineName, engineNames } from "./ports/engine.js";
import { print, say } from "./reporters/output.js";
import { describeSize, formatImageSize, formatSizeDifference, formatUnbuilt } from "./reporters/size.js";

interface SizeFlags {
  readonly against?: string;
  readonly engine?: EngineName;
  readonly json?: boolean;
}

export function addSize(program: Command, finish: Finish): void {
  program
    .command("size [selector...]")
    .description("where the bytes of built images are: by layer, package, folder and file")
    .option("--against <reference>", "what is more and less than in this image, which is pulled where it is not here")
    .addOption(new Option("--engine <engine>", "the container engine").choices(engineNames))
    .option("--json", "for programs")
    .action(async (selectors: string[], { against, engine, json = false }: SizeFlags) => {
      const { size } = await import("./commands/size.js");
      const result = await size(rootOf(program), { selectors, against, engine });
      const report = (value: SizeReport): void => {
        for (const image of value.unbuilt) say(formatUnbuilt(image));
        if (json || value.measured.length > 0) print(json ? formatJson(value) : formatText(value, against));
      };
      show(result, report, finish, ({ unbuilt }) => (unbuilt.length > 0 ? 1 : 0));
    });
}

const formatJson = ({ measured }: SizeReport): string =>
  JSON.stringify(
    measured.map(({ image, size, difference }) => describeSize(image, size, difference)),
    undefined,
    2,
  );

function formatText({ measured }: SizeReport, against = ""): string {
  return measured
    .map(({ image, size, difference }) =>
      difference === undefined
        ? formatImageSize(narrowestReference(image), size)
        : formatSizeDifference(narrowestReference(image), against, difference),
    )
    .join("\n\n");
}
