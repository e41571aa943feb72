import { join } from "node:path";
import { execa } from "execa";
import { hostPlatform } from "../../src/ports/host.js";
import { part, sourced } from "./document-world.js";
import { claims, replacements, statuses, targets } from "./documented.js";
import { writeFiles } from "./folders.js";
import { checkEnded, environmentOf } from "./page.js";
import type { Shown } from "./shown.js";

/** Where a page is followed. */
export interface Place {
  /** A clone of this repository. */
  readonly folder: string;
  /** What `registry.example.com/acme` stands for. */
  readonly registry: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Does what a page shows; throws where that does not work, or prints something else than the page says. */
export async function followShown(shown: Shown, place: Place): Promise<void> {
  if (shown.type === "excerpt" || shown.type === "option") return;
  const command = shown.type === "dockerfile" ? buildCommand(shown.text, place) : commandFor(shown.command, place);
  // Not so that this process stands still: it reads the registry's log, and the registry waits for who reads that.
  const options = { cwd: place.folder, env: environmentOf(place.env), reject: false, stdin: "ignore" } as const;
  const { exitCode = -1, stdout, stderr } = await execa("sh", ["-c", `${command}\n`], options);
  const output = shown.type === "command" ? shown.output : "";
  const right = "command" in shown ? statuses[shown.command] : undefined;
  checkEnded({ command, output }, { status: exitCode, stdout, stderr }, right);
}

/** Whether something is to be done here: no other test does it, and it is a command, not the name of one. */
export function isFollowed(page: string, shown: Shown): boolean {
  const text = "text" in shown ? shown.text : "command" in shown ? shown.command : "";
  const isClaimed = claims.some((claim) => claim.page === page && text.includes(claim.words ?? ""));
  if (isClaimed || shown.type === "excerpt" || shown.type === "option") return false;
  return shown.type !== "named" || /^(\.\/bin\/ingot \S|make( |$))/.test(shown.command);
}

/** What is run for a command that a page shows. */
export function commandFor(shown: string, { registry }: Pick<Place, "registry">): string {
  const plain = shown.replace(/ +# .*$/, "").replaceAll("registry.example.com/acme", registry);
  const command = replacements.reduce((text, [from, to]) => text.replaceAll(from, to), plain);
  const [, target] = /^make(?: ([a-z -]+))?$/.exec(command) ?? [];
  return target !== undefined || command === "make" ? makeFor(target ?? "") : onPart(onHost(command));
}

/** What is compiled is linked into the clone, and newer there than make believes. */
const makeFor = (target: string): string =>
  targets[target] === "here"
    ? `make --old-file=compile --old-file=engine ${target}`
    : `make --dry-run --old-file=compile ${target}`.trim();

/** For no platform that would be emulated. */
const onHost = (command: string): string =>
  command.includes("--platform")
    ? command
    : command.replace(
        /^(\.\/bin\/ingot (?:doctor|publish|stale|up) (?:.* )?)(?=--registry)/,
        `$1--platform ${hostPlatform} `,
      );

/** What is meant for the whole catalog is done to a part. */
function onPart(command: string): string {
  const option = String.raw`--(?:stale|locked|(?:shard|registry|format|platform) \S+)`;
  const whole = new RegExp(String.raw`^\./bin/ingot (?:stale|up)(?: ${option})+(?=$| \|)`);
  return command.replace(whole, (text) => `${text} ${part.map((each) => `'${each}'`).join(" ")}`);
}

/** Builds an application of two files, and keeps nothing but the builder's cache. */
function buildCommand(text: string, { folder }: Place): string {
  writeFiles(join(folder, "build", "application"), { Dockerfile: text });
  const contexts = text.includes("microroot") ? `--build-context ingot/python:3.13-dev=docker-image://${sourced} ` : "";
  return `docker buildx build --output type=cacheonly ${contexts}build/application`;
}
