import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { writeFiles } from "./folders.js";

/** A document that is done as it is read: files that are written, and commands that are run, in order. */
export type Step =
  | { readonly type: "file"; readonly path: string; readonly text: string }
  | { readonly type: "command"; readonly command: string; readonly output: string };

/**
 * Reads the fenced blocks of a page. Above a file stands its path, as `path`: on a line of its own; in a block of the language
 * console, a line that begins with `$ ` is a command, and the lines after it are what it prints. There is no other block: all is done.
 */
export function readPage(text: string): readonly Step[] {
  const blocks = [...text.matchAll(/(?:^`([^`\n]+)`:\n\n)?^```(\w*)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([block, path, language, content = ""]): readonly Step[] => {
    if (path !== undefined) return [{ type: "file", path, text: content }];
    assert.equal(language, "console", `neither a file with its path nor commands:\n${block}`);
    return readCommands(content);
  });
}

export type Command = Extract<Step, { type: "command" }>;

/** What stands in a block of the language console. */
export function readCommands(content: string): readonly Command[] {
  const [before, ...commands] = `\n${content}`.split("\n$ ");
  assert.equal(before, "", "a block of commands begins with one");
  return commands.map((each) => {
    // A command goes on where its line ends with a backslash.
    const [, command = "", output = ""] = /^((?:.*\\\n)*.*)\n?([\s\S]*)$/.exec(each) ?? [];
    return { type: "command", command, output: output.trimEnd() };
  });
}

export interface FollowOptions {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Does what a page says in a folder; each command must succeed, and print what the page shows. */
export function followPage(steps: readonly Step[], { folder, env = {} }: FollowOptions): void {
  for (const step of steps) {
    if (step.type === "file") writeFiles(folder, { [step.path]: step.text });
    else runCommand(step, { folder, env });
  }
}

function runCommand(step: Command, { folder, env }: Required<FollowOptions>): void {
  const options = { cwd: folder, env: { ...process.env, ...environmentOf(env) }, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `${step.command}\n`], options);
  checkEnded(step, { status: status ?? -1, stdout, stderr });
}

/** In which a page's commands run: with the Node that runs this. */
export const environmentOf = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
  ...env,
});

export interface EndedCommand {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Throws where a command failed, or did not print what the page shows. */
export function checkEnded(
  { command, output }: Pick<Command, "command" | "output">,
  ended: EndedCommand,
  statuses: readonly number[] = [0],
): void {
  const said = `${command}\n${ended.stdout}${ended.stderr}`;
  assert.ok(statuses.includes(ended.status), `${said}\nended with exit status ${ended.status}`);
  // Programs write logs to the error output.
  const printed = [ended.stdout, `${ended.stdout}${ended.stderr}`].map((text) => text.trimEnd());
  if (output !== "")
    assert.ok(
      printed.some((text) => patternOf(output).test(text)),
      `${said}\nshould print\n${output}`,
    );
}

/** `…` stands for anything. */
function patternOf(output: string): RegExp {
  const parts = output.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*")}$`);
}

/** The words after an option of a page's commands: images that stay after `--tag`, say. */
export const namedBy = (steps: readonly Step[], option: string): readonly string[] =>
  steps.flatMap((step) => {
    const found = step.type === "command" ? step.command.matchAll(new RegExp(`${option} (\\S+)`, "g")) : [];
    return [...found].map(([, name = ""]) => name);
  });
