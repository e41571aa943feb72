import { type Command, Option } from "commander";
import { type Finish, rootOf, show } from "./cli-options.js";
import type { MeasuredTotal, Recorded } from "./commands/record-sizes.js";
import type { SizeReport } from "./commands/size.js";
import type { SizeTableOptions } from "./commands/size-table.js";
import { failed } from "./model/diagnostic.js";
import { narrowestReference } from "./model/image.js";
import { type EngineName, engineNames } from "./ports/engine.js";
import { print, say } from "./reporters/output.js";
import { describeSize, formatImageSize, formatSizeDifference, formatTotal, formatUnbuilt } from "./reporters/size.js";
import { formatSizeTable } from "./reporters/size-table.js";
import type { Surface } from "./reporters/surface.js";

interface SizeFlags {
  readonly against?: string;
  readonly engine?: EngineName;
  readonly record?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly changedSince?: string;
}

export function addSize(program: Command, finish: Finish): void {
  program
    .command("size [selector...]")
    .description("where the bytes of built images are: by layer, package, folder and file")
    .option("--against <reference>", "what is more and less than in this image, which is pulled where it is not here")
    .addOption(new Option("--engine <engine>", "the container engine").choices(engineNames))
    .addOption(
      new Option("--record", "write what they weigh into catalog.sizes.yaml, which pages are made from").conflicts([
        "against",
        "json",
      ]),
    )
    .option("--json", "for programs")
    .addOption(
      new Option("--markdown", "a table of what they weigh beside what is recorded, for a pull request").conflicts([
        "against",
        "record",
        "json",
      ]),
    )
    .option(
      "--changed-since <rev>",
      "with --markdown: only pairs that are not as in this git revision, beside what was recorded there",
    )
    .action(async (selectors: string[], flags: SizeFlags) => {
      const { against, engine, record = false, json = false, markdown = false, changedSince } = flags;
      if (markdown) return tellSizes(program, { selectors, engine, changedSince }, finish);
      if (changedSince !== undefined) return show(failed(onlyMarkdown), () => undefined, finish);
      if (record) return recordSizes(program, selectors, engine, finish);
      const { size } = await import("./commands/size.js");
      const result = await size(rootOf(program), { selectors, against, engine });
      const report = (value: SizeReport): void => {
        for (const image of value.unbuilt) say((surface) => formatUnbuilt(image, surface));
        if (json || value.measured.length > 0) print(json ? formatJson(value) : formatText(value, against));
      };
      show(result, report, finish, ({ unbuilt }) => (unbuilt.length > 0 ? 1 : 0));
    });
}

const onlyMarkdown = { rule: "invalid-option", message: "--changed-since is for --markdown: add that" } as const;

/** Of an image that is not built, the table says so: no failure. */
async function tellSizes(program: Command, options: SizeTableOptions, finish: Finish): Promise<void> {
  const { sizeTable } = await import("./commands/size-table.js");
  const printTable = (table: string): void => (table === "" ? undefined : print(table));
  show(await sizeTable(rootOf(program), options), (rows) => printTable(formatSizeTable(rows)), finish);
}

async function recordSizes(
  program: Command,
  selectors: readonly string[],
  engine: EngineName | undefined,
  finish: Finish,
): Promise<void> {
  const command = await import("./commands/record-sizes.js");
  const hear = ({ image, uncompressed, compressed }: MeasuredTotal): void =>
    say(formatTotal(image, uncompressed, compressed));
  const result = await command.recordSizes(rootOf(program), { selectors, engine, hear });
  show(result, (recorded) => print(formatRecorded(recorded)), finish);
}

const formatRecorded = ({ measured, unbuilt, changed }: Recorded): string =>
  `catalog.sizes.yaml: ${measured} measured, ${unbuilt} not built; ${changed ? "changed: run `ingot generate`" : "as it was"}`;

const formatJson = ({ measured }: SizeReport): string =>
  JSON.stringify(
    measured.map(({ image, size, difference }) => describeSize(image, size, difference)),
    undefined,
    2,
  );

const formatText =
  ({ measured }: SizeReport, other = "") =>
  (surface: Surface): string =>
    measured
      .map(({ image, size, difference }) => {
        const name = narrowestReference(image);
        return difference === undefined
          ? formatImageSize(name, size, surface)
          : formatSizeDifference({ name, other }, difference, surface);
      })
      .join("\n\n");
