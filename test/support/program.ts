import { join } from "node:path";
import { execa } from "execa";
import type { Event } from "../../src/model/event.js";
import { repository } from "./paths.js";

export interface ProgramResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `bin/ingot` on a catalog as a user does, for as long as a build takes. */
export async function ingot(
  catalog: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  const program = join(repository, "bin", "ingot");
  const options = {
    reject: false,
    env: { FORCE_COLOR: undefined, ...env },
    stdin: "ignore",
    maxBuffer: 256 * 1024 * 1024,
  } as const;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, "--catalog", catalog, ...args], options);
  return { status: exitCode ?? -1, stdout, stderr };
}

interface JsonReport {
  readonly type: "report";
  readonly images: readonly {
    readonly image: string;
    readonly state: string;
    readonly reason?: string;
    readonly tags: readonly string[];
  }[];
  readonly failedPairs: readonly string[];
}

/** What a run with `--json` said. */
export function parseRun(stdout: string): { readonly events: readonly Event[]; readonly report: JsonReport } {
  const lines = stdout.split("\n").filter((line) => line !== "");
  const all = lines.map((line) => JSON.parse(line) as Event | JsonReport);
  return { events: all.filter((each): each is Event => each.type !== "report"), report: all.at(-1) as JsonReport };
}
