import { Command, CommanderError, Option } from "commander";
import { addCompletion } from "./cli-completion.js";
import { addDoctor } from "./cli-doctor.js";
import { addInit } from "./cli-init.js";
import { addNew } from "./cli-new.js";
import { type ExitStatus, type Finish, mirrorOption, plainHttpOption, rootOf, show } from "./cli-options.js";
import { addPlan, formatImages } from "./cli-plan.js";
import { addPublished } from "./cli-published.js";
import { addRun, runCommands } from "./cli-run.js";
import { addSite } from "./cli-site.js";
import { addSize } from "./cli-size.js";
import { addStale } from "./cli-stale.js";
import { Failure } from "./model/failure.js";
import type { Family } from "./model/platform.js";
import { ownVersion } from "./ports/own-package.js";
import { formatList } from "./reporters/listing.js";
import { helpOutput, print, say, sayBug, sayFailure } from "./reporters/output.js";

const selectorHelp = `
SELECTOR is a reference with globs: node, node:24, ingot/node:24, "python:*-dev", "*:*-trixie". Without one, everything is meant.
Exit status: 0 done, 1 something failed, 2 the command or a file is wrong, 130 or 143 ended by a signal.`;

/** Runs one command line, without the program's name; gives the exit status. */
export async function runCommandLine(args: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const program = makeProgram((result) => {
    status = result;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failure) sayFailure(error);
    else sayBug(error);
    return 1;
  }
}

/** All commands with all their options. */
export function makeProgram(finish: Finish): Command {
  const program = new Command("ingot")
    .description(
      "Generates, builds, tests and publishes a catalog of small base images: for every language one image to build with and one to run on.",
    )
    .version(ownVersion(), "--version", "the version of ingot")
    .addOption(new Option("--catalog <dir>", "the folder with catalog.yaml").default("."))
    .exitOverride()
    .configureOutput(helpOutput)
    .showHelpAfterError("(ingot --help shows what there is)")
    .addHelpText("after", selectorHelp);
  addList(program, finish);
  addResolve(program, finish);
  addGenerate(program, finish);
  addPlan(program, finish);
  addSize(program, finish);
  addSite(program, finish);
  addInit(program, finish);
  addNew(program, finish);
  addExpired(program, finish);
  addDoctor(program, finish);
  addPublished(program, finish);
  addStale(program, finish);
  for (const command of runCommands) addRun(program, command, finish);
  addCompletion(program);
  return program;
}

/** The table leaves out the tags that every image has, as they would be most of it. */
const listHelp = `
Every image has the tags VERSION-DISTRIBUTION and LINE-DISTRIBUTION, and those of a variant other than runtime end in it: 24-trixie, 24-trixie-dev.
FURTHER TAGS are those that name no distribution. A SELECTOR is a tag with its language, with globs: node, node:24, "node:*trixie*".`;

function addList(program: Command, finish: Finish): void {
  program
    .command("list [selector...]")
    .description("images, versions, tags, and how long their release line is supported")
    .option("--json", "for programs")
    .addHelpText("after", listHelp)
    .action(async (selectors: string[], { json = false }: { json?: boolean }) => {
      // What reads a catalog is loaded here: to complete a word, a shell starts this program and must not wait for it.
      const { openCatalog, select } = await import("./commands/catalog.js");
      const opened = openCatalog(rootOf(program));
      if (!opened.ok) return show(opened, () => {}, finish);
      show(
        select(opened.value, selectors),
        (images) => print(json ? formatImages(images) : (surface) => formatList(images, surface)),
        finish,
      );
    });
}

function addExpired(program: Command, finish: Finish): void {
  program
    .command("expired [selector...]")
    .description(
      "unique tags in a registry that are old and in no other tag's place, for who deletes them; deletes none",
    )
    .requiredOption("--registry <where>", "HOST[:PORT][/PATH]")
    .addOption(plainHttpOption())
    .action(async (selectors: string[], { registry, plainHttp = false }: { registry: string; plainHttp?: boolean }) => {
      const { expired } = await import("./commands/expired.js");
      const result = await expired(rootOf(program), { selectors, registry, plainHttp });
      const printAll = (references: readonly string[]): void => {
        for (const reference of references) print(reference);
      };
      show(result, printAll, finish);
    });
}

function addResolve(program: Command, finish: Finish): void {
  program
    .command("resolve")
    .description(
      "ask the package indexes, registries and release cycles what is current, write the lock, print what moved",
    )
    .option("--check", "write nothing; exit status 1 if anything would move")
    .addOption(mirrorOption())
    .option("--cycles <where>", "read release cycles from this URL, folder or file")
    .action(
      async ({
        check = false,
        mirror,
        cycles,
      }: {
        check?: boolean;
        mirror: Partial<Record<Family, string>>;
        cycles?: string;
      }) => {
        // Loaded here, as the clients of engines and registries take a third of the time in which a command starts.
        const { resolve } = await import("./commands/resolve.js");
        const resolution = await resolve(rootOf(program), { check, mirrors: mirror, cycles });
        show(
          resolution,
          ({ moves, kept }) => {
            for (const line of kept) say(`kept    ${line}`);
            print(moves.length === 0 ? "nothing moved" : moves.join("\n"));
          },
          finish,
          ({ moves }) => (check && moves.length > 0 ? 1 : 0),
        );
      },
    );
}

function addGenerate(program: Command, finish: Finish): void {
  program
    .command("generate")
    .description("write generated/ from the definitions, the lock and the templates")
    .option("--check", "write nothing; exit status 1 if generated/ is out of date")
    .action(async ({ check = false }: { check?: boolean }) => {
      const { generate } = await import("./commands/generate.js");
      const result = generate(rootOf(program), { check });
      show(result, print, finish);
      if (!result.ok && result.diagnostics.every(({ rule }) => rule === "generated-outdated")) finish(1);
    });
}
