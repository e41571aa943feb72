import type { Command } from "commander";
import { type Finish, rootOf, show } from "./cli-options.js";
import type { ListedTemplate } from "./commands/template.js";
import { print, say } from "./reporters/output.js";

interface InitFlags {
  readonly namespace?: string;
  readonly language?: string;
}

const templateHelp = `
A catalog takes each template from its own folder templates/ if the file is there, and from ingot's package otherwise. To change one:
mkdir -p templates && ingot template README.md.hbs > templates/README.md.hbs`;

/** The commands of a catalog of one's own: those that start one, and that show what else it could say otherwise. */
export function addInit(program: Command, finish: Finish): void {
  program
    .command("init <dir>")
    .description("start a catalog of your own: base and one language on Debian, with a lock, ready to build")
    .option("--namespace <name>", "the first part of every image's name; made from the folder's name if absent")
    .option("--language <name>", "one that ingot has a definition of, to start with")
    .action(async (folder: string, { namespace, language }: InitFlags) => {
      const { init } = await import("./commands/init.js");
      show(
        await init(folder, { namespace, language }),
        ({ written, kept, language, isLocked }) => {
          print(written.join("\n"));
          for (const path of kept) say(`kept    ${path}, which was there`);
          const lock = isLocked ? "" : "`ingot resolve` asks for current versions, then ";
          say(
            `Next${folder === "." ? "" : `, in ${folder}`}: ${lock}\`ingot up\` builds and tests ${language} and what it is built on.`,
          );
        },
        finish,
      );
    });
  program
    .command("template [name]")
    .description("list the templates, and where each is taken from; or print one of ingot's own")
    .addHelpText("after", templateHelp)
    .action(async (name: string | undefined) => {
      const { listTemplates, showTemplate } = await import("./commands/template.js");
      if (name !== undefined) return show(showTemplate(name), print, finish);
      print(formatTemplates(listTemplates(rootOf(program))));
    });
}

function formatTemplates(templates: readonly ListedTemplate[]): string {
  const width = Math.max(...templates.map(({ path }) => path.length));
  return templates.map((each) => `${each.path.padEnd(width)}  ${placeOf(each)}`).join("\n");
}

function placeOf({ inCatalog, isOwn }: ListedTemplate): string {
  if (!inCatalog) return "ingot's own";
  return isOwn ? "the catalog's, in place of ingot's own" : "the catalog's, and ingot has none of that name";
}
