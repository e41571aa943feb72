import type { Command } from "commander";
import { type Finish, mirrorOption, rootOf, show } from "./cli-options.js";
import type { Family } from "./model/platform.js";
import { print, say } from "./reporters/output.js";

interface NewFlags {
  readonly mirror: Partial<Record<Family, string>>;
  readonly cycles?: string;
}

export function addNew(program: Command, finish: Finish): void {
  program
    .command("new <language>")
    .description("write a commented definition to start from, and a folder for its hello application")
    .addOption(mirrorOption())
    .option("--cycles <where>", "read release cycles from this URL, folder or file")
    .action(async (language: string, { mirror, cycles }: NewFlags) => {
      const { newLanguage } = await import("./commands/new.js");
      const result = await newLanguage(rootOf(program), language, { mirrors: mirror, cycles });
      show(
        result,
        ({ written, unasked }) => {
          for (const line of unasked) say(`unasked ${line}`);
          print(written.join("\n"));
          say("Fill in the keys without a value; `ingot generate` says which are left.");
        },
        finish,
      );
    });
}
