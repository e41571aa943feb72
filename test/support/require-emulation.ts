import { existsSync } from "node:fs";
import { type Platform, platforms } from "../../src/model/platform.js";
import { hostPlatform } from "../../src/ports/host.js";

/** What `uname -m` says on each. */
export const machines: Readonly<Record<Platform, string>> = { "linux/amd64": "x86_64", "linux/arm64": "aarch64" };

/** The platform that is not this machine's. */
export const otherPlatform = platforms.find((platform) => platform !== hostPlatform) as Platform;

/** Skips a suite, loudly, where the kernel does not know how to start the other platform's programs; fails where CI is set. */
export function requireEmulation(suite: Mocha.Context): void {
  if (existsSync(`/proc/sys/fs/binfmt_misc/qemu-${machines[otherPlatform]}`)) return;
  if (process.env["CI"]) throw new Error(`programs for ${otherPlatform} do not run here`);
  console.warn(`SKIPPED: programs for ${otherPlatform} do not run here (scripts/engine.sh --platforms sees to it)`);
  suite.skip();
}
