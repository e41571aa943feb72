import { join } from "node:path";
import { Failure } from "../model/failure.js";
import { output, run } from "./process.js";
import { createRedactor } from "./redact.js";

/** Where this host's own apt gets Debian's packages, and how it is told to trust what it gets. */
export interface HostMirror {
  /** The archive's URL, without a slash at its end. */
  readonly url: string;
  /** Options of sources.list(5) that carry the host's settings over: `check-valid-until=no`. */
  readonly options: readonly string[];
}

/** Undefined where this host has no apt, or its apt no Debian archive. */
export async function readHostMirror(): Promise<HostMirror | undefined> {
  // Lines of 'URI' FILE SIZE, for what an update would ask for; it reads any form of source, and needs no earlier update.
  const uris = await attempt("apt-get", ["update", "--print-uris"]);
  const archives = [...(uris ?? "").matchAll(/^'(https?:\/\/[^']+)\/dists\/[a-z]+\/InRelease'/gm)].map(
    ([, url]) => url,
  );
  // A host has other sources too, and not every host with apt is a Debian: its archive's path ends so on every mirror.
  const url = archives.find((each) => /\/debian\/*$/.test(each ?? ""));
  if (url === undefined) return undefined;
  const settings = await attempt("apt-config", ["dump", "--format", "%f=%v%n"]);
  const options = ["Valid-Until", "Date"]
    .filter((setting) => new RegExp(`^Acquire::Check-${setting}=("?)(false|0|no)\\1$`, "mi").test(settings ?? ""))
    .map((setting) => `check-${setting.toLowerCase()}=no`);
  return { url: url.replace(/\/+$/, ""), options };
}

async function attempt(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await run(command, args);
    return exitCode === 0 ? stdout : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** The lines of a sources.list(5) for a suite with its fixes; those that the mirror does not have are left out. */
export async function debianSources(
  suite: string,
  { url, options }: HostMirror,
  has: (url: string) => Promise<boolean>,
): Promise<string> {
  const suites = [
    { url, suite },
    { url, suite: `${suite}-updates` },
    { url: `${url}-security`, suite: `${suite}-security` },
  ];
  const there = await Promise.all(
    suites.map((each) => (each.suite === suite ? true : has(`${each.url}/dists/${each.suite}/Release`))),
  );
  const bracket = options.length === 0 ? "" : `[${options.join(" ")}] `;
  return suites
    .flatMap((each, index) => (there[index] ? [`deb ${bracket}${each.url} ${each.suite} main\n`] : []))
    .join("");
}

/** Whether this host can make a Debian base by itself. */
export async function hasBootstrapper(): Promise<boolean> {
  return (await attempt("mmdebstrap", ["--version"])) !== undefined;
}

/** Options of dpkg(1): what the distribution's own slim image leaves out, and has, so that both make the same images. */
export const slimOptions = [
  "path-exclude=/usr/share/man/*",
  "path-exclude=/usr/share/info/*",
  "path-exclude=/usr/share/doc/*",
  "path-include=/usr/share/doc/*/copyright",
  "path-exclude=/usr/share/locale/*",
  "path-exclude=/usr/share/lintian/*",
] as const;

/** Writes the root file system of a minimal Debian to `rootfs.tar` in a folder; nothing in it names the mirror. */
export async function bootstrapDebian(request: {
  readonly suite: string;
  /** `arm64` */
  readonly architecture: string;
  readonly sources: string;
  readonly folder: string;
  readonly sourceDateEpoch: number;
}): Promise<void> {
  const file = join(request.folder, "rootfs.tar");
  const args = [
    "--variant=minbase",
    `--architectures=${request.architecture}`,
    ...slimOptions.map((option) => `--dpkgopt=${option}`),
    `--customize-hook=rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/var/log/apt "$1"/var/log/dpkg.log "$1"/etc/dpkg/dpkg.cfg.d/99mmdebstrap`,
    request.suite,
    file,
    "-",
  ];
  const env = { SOURCE_DATE_EPOCH: String(request.sourceDateEpoch) };
  try {
    await output("mmdebstrap", args, { input: request.sources, env, group: true });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const redact = createRedactor([request.sources]);
    throw new Failure(redact(error.message), error.log.map(redact));
  }
}
