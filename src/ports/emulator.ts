import type { Platform } from "../model/platform.js";
import { readText } from "./files.js";

/** Whether this machine's kernel starts programs of a platform that is not its own; `outside`: not in containers. */
export type Emulation = "everywhere" | "outside" | "none";

/** By the names that qemu's packages, and the images that register it, give to its handlers. */
const handlers: Readonly<Record<Platform, string>> = {
  "linux/amd64": "qemu-x86_64",
  "linux/arm64": "qemu-aarch64",
};

/** From binfmt_misc, where the kernel has it. */
export function readEmulation(platform: Platform): Emulation {
  return parseHandler(readText(`/proc/sys/fs/binfmt_misc/${handlers[platform]}`));
}

/** `enabled`, `interpreter /usr/libexec/…`, `flags: POCF`, a line each: only with F is the interpreter there in a container too. */
export function parseHandler(text: string | undefined): Emulation {
  if (text === undefined || !/^enabled$/m.test(text)) return "none";
  return /^flags: \w*F/m.test(text) ? "everywhere" : "outside";
}
