import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";

const program = "cosign";

/** Undefined where it is not installed. */
export function pathOfCosign(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Skips a suite, loudly, where cosign is not installed; fails where CI is set. */
export function requireCosign(suite: Mocha.Context): void {
  if (pathOfCosign() !== undefined) return;
  if (process.env["CI"]) throw new Error(`${program} is not installed`);
  console.warn(`SKIPPED: ${program} is not installed (scripts/engine.sh --tests installs it)`);
  suite.skip();
}

export interface CosignRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs cosign itself, as somebody does who has no Ingot. */
export async function cosign(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<CosignRun> {
  const { exitCode, stdout, stderr } = await execa(program, args, { cwd, env, reject: false, stdin: "ignore" });
  return { status: exitCode ?? -1, stdout, stderr };
}

export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes `cosign.key` and `cosign.pub` in a folder. */
export async function makeKeys(folder: string, password: string): Promise<KeyPair> {
  const { status, stderr } = await cosign(["generate-key-pair"], { cwd: folder, env: { COSIGN_PASSWORD: password } });
  if (status !== 0) throw new Error(stderr);
  return { privateKey: join(folder, "cosign.key"), publicKey: join(folder, "cosign.pub") };
}
