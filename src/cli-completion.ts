import { fileURLToPath } from "node:url";
import { Argument, type Command, type Option } from "commander";
import type { CommandShape, OptionShape, Wanted } from "./model/completion.js";
import { families, platforms } from "./model/platform.js";
import { readText } from "./ports/files.js";
import { formatCompletion, type Shell, shells } from "./reporters/completion.js";
import { print } from "./reporters/output.js";
import { parseTyped } from "./support/shell-words.js";

const completionHelp = `
bash, in ~/.bashrc:                      source <(ingot completion bash)
zsh, in ~/.zshrc, behind compinit:       source <(ingot completion zsh)
fish, in ~/.config/fish/config.fish:     ingot completion fish | source
docs/completion.md says more.`;

/** Adds the command that prints a shell's script, and the one that the scripts ask at each Tab. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script with which a shell completes commands, options and selectors")
    .addArgument(new Argument("<shell>", "which").choices(shells))
    .addHelpText("after", completionHelp)
    .action((shell: Shell) => print(readText(scriptOf(shell)) ?? ""));
  program
    .command("__complete <shell> <parts...>", { hidden: true })
    .action(async (shell: Shell, parts: readonly string[]) => print(await answer(program, shell, parts)));
}

const scriptOf = (shell: Shell): string =>
  fileURLToPath(new URL(`../../scripts/completion/ingot.${shell}`, import.meta.url));

/** The last part is the command line up to the cursor; bash's characters that part words come before it. */
async function answer(program: Command, shell: Shell, parts: readonly string[]): Promise<string> {
  const typed = parseTyped(parts.at(-1) ?? "");
  const asked = { shell, ...typed, breaks: shell === "bash" ? (parts[0] ?? "") : "" };
  try {
    const { completeLine } = await import("./commands/complete.js");
    return formatCompletion(completeLine(shapeOf(program), typed), asked);
  } catch {
    // Whatever is wrong with a catalog, a message would stand in the middle of what is being typed.
    return formatCompletion({ kind: "words", candidates: [] }, asked);
  }
}

/** A command with all that it takes, as commander knows it. */
export function shapeOf(command: Command): CommandShape {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(shapeOfOption),
    operands: command.registeredArguments.map((each) => ({
      wanted: each.argChoices === undefined ? wantedBy(each.name()) : { kind: "one", of: each.argChoices },
      isVariadic: each.variadic,
    })),
    commands: help.visibleCommands(command).map(shapeOf),
  };
}

function shapeOfOption({ long, short, flags, description, argChoices }: Option): OptionShape {
  const [, placeholder] = /[<[](.+)[>\]]$/.exec(flags) ?? [];
  const wanted = (name: string): Wanted =>
    argChoices === undefined ? wantedBy(name, long) : { kind: "one", of: argChoices };
  return {
    names: [long, short].filter((name) => name !== undefined && name !== null),
    description,
    ...(placeholder === undefined ? {} : { value: wanted(placeholder) }),
  };
}

/** What stands for a placeholder, or for the value of an option where its placeholder stands for several things. */
export const placeholders: Readonly<Record<string, Wanted>> = {
  selector: { kind: "selectors" },
  command: { kind: "commands" },
  dir: { kind: "folders" },
  file: { kind: "files" },
  key: { kind: "files" },
  "--cycles": { kind: "files" },
  list: { kind: "some", of: platforms },
  "family=where": { kind: "one", of: families.map((family) => `${family}=`) },
  language: { kind: "text" },
  reference: { kind: "text" },
  ref: { kind: "text" },
  where: { kind: "text" },
  "name=what": { kind: "text" },
  name: { kind: "text" },
  rev: { kind: "text" },
  "k/n": { kind: "text" },
  n: { kind: "text" },
};

const wantedBy = (placeholder: string, option = ""): Wanted =>
  placeholders[option] ?? placeholders[placeholder] ?? { kind: "text" };
