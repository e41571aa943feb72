import picomatch from "picomatch";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import { type Digest, parseDigest } from "../model/reference.js";
import { oneLine, withoutLogins } from "../support/text.js";
import type { EngineImage } from "./engine.js";
import { referenceKey, shortReference, wholeReference } from "./engine-references.js";

// Docker and Podman agree on these members, but for `sha256:` in front of the Id.
const inspectedSchema = z.array(
  z.object({
    Id: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    RepoDigests: z.array(z.string()).nullish(),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish(), User: z.string().optional() }).nullish(),
    Size: z.number(),
  }),
);

/** Reads the JSON array of an inspection; the map has the references as they were asked for. */
export function parseInspected(stdout: string, references: readonly string[]): ReadonlyMap<string, EngineImage> {
  const known = new Map<string, EngineImage>();
  for (const { Id, RepoTags, RepoDigests, Config, Size } of inspectedSchema.parse(JSON.parse(stdout.trim() || "[]"))) {
    const image = { id: digestOf(Id), labels: Config?.Labels ?? {}, user: Config?.User ?? "", size: Size };
    known.set(image.id, image);
    for (const reference of [...(RepoTags ?? []), ...(RepoDigests ?? [])]) known.set(referenceKey(reference), image);
  }
  const found = references.map(
    (reference) => [reference, known.get(reference) ?? known.get(referenceKey(reference))] as const,
  );
  return new Map(found.filter((entry): entry is [string, EngineImage] => entry[1] !== undefined));
}

// The last two are said of an image that goes while it is read.
const missing =
  /no such (?:image|object)|(?:image|layer) not known|(?:content digest|blob|snapshot) (?:sha256:)?[0-9a-f]{64}(?: [^:]*)?: not found/i;

/** Whether all that an inspection complained about is that an image is not there. */
export function isMissingOnly(stderr: string): boolean {
  return linesOf(stderr).every((line) => missing.test(line));
}

/** Whether Docker could not tell the history of an image because that is not for its own machine's platform: it unpacks no such image. */
export function isOfOtherPlatform(stderr: string): boolean {
  return /snapshot sha256:[0-9a-f]{64} does not exist/.test(stderr);
}

/** Reads lines of `reference id`; an engine's filter shows more than its pattern says where an image has other names too. */
export function parseList(stdout: string, pattern?: string): ReadonlyMap<string, Digest> {
  const matches = pattern === undefined ? () => true : matcherOf(wholeReference(pattern));
  const entries = linesOf(stdout)
    .filter((line) => !line.includes("<none>"))
    .map((line) => line.split(" ") as [string, string])
    .filter(([reference]) => matches(wholeReference(reference)));
  return new Map(entries.map(([reference, id]) => [shortReference(reference), digestOf(id)]));
}

const matcherOf = (pattern: string): ((reference: string) => boolean) =>
  picomatch(pattern.includes(":", pattern.lastIndexOf("/")) ? pattern : `${pattern}:*`);

function digestOf(id: string): Digest {
  const digest = parseDigest(id.startsWith("sha256:") ? id : `sha256:${id}`);
  if (digest === undefined) throw new Error(`not an image id: ${id}`);
  return digest;
}

/** Lines of a Failure's log. */
const logLength = 20;
/** Characters of a reason; a command of many lines is quoted whole by the engines. */
const reasonLength = 400;

const prefixes =
  /^(?:(?:ERROR|Error|error|docker|Error response from daemon|failed to solve|creating build container): )+/;

interface Reading {
  readonly pattern: RegExp;
  readonly meaning: (match: RegExpExecArray, action: string) => string;
}

// What the engines say in a roundabout way, and what a person wants to know. The first that matches the whole text wins.
const readings: readonly Reading[] = [
  { pattern: /no space left on device/i, meaning: ([text], action) => `${action}: ${text}` },
  {
    pattern: /(Cannot connect to the Docker daemon[^\n]*?)\.? Is the docker daemon running\?/,
    meaning: ([, text]) => `does not answer: ${text}; start it (ingot doctor says how)`,
  },
  {
    pattern: /permission denied while trying to connect to the Docker daemon socket at ([^\s:]+:\/\/[^\s:]+)/i,
    meaning: ([, socket]) => `does not answer: this user may not open ${socket}`,
  },
  {
    pattern: /is not a docker command|unknown command: docker buildx|unknown flag: --(?:output|quiet)/,
    meaning: () => "has no buildx: install the package docker-buildx, or docker-buildx-plugin from Docker's own",
  },
  {
    pattern: /failed to resolve source metadata for (\S+): (.+)/,
    meaning: ([, image, reason = ""]) => `cannot pull ${image}: ${withoutRequest(reason)}`,
  },
  {
    pattern: /initializing source docker:\/\/(\S+): (.+)/,
    meaning: ([, image, reason = ""]) => `cannot pull ${image}: ${withoutRequest(reason)}`,
  },
  // apt and apk, of a package that is pinned.
  {
    pattern: /\bVersion '([^'\n]+)' for '([^'\n]+)' was not found/,
    meaning: ([, version, name], action) => `${action}: ${notOffered(name, version)}`,
  },
  {
    pattern: /\bbreaks: world\[([^\]\s~=<>]+)[~=<>]+([^\]\s]+)\]/,
    meaning: ([, name, version], action) => `${action}: ${notOffered(name, version)}`,
  },
];

const notOffered = (name = "", version = ""): string =>
  `there is no ${name} ${version} to install; where the packages have moved on since the lock was made, run \`ingot resolve\` and \`ingot generate\``;

const withoutRequest = (reason: string): string => reason.replace(/^.*?(?:Head|Get) "[^"]*": /, "");

/** Podman tells of each attempt, and of what it finds odd; why it gave up stands in none of these lines. */
const remark = /^time="[^"]*" level=(?:debug|info|warning) /;

/** A Failure of what an engine said before it gave up, with no secrets in it: its reason on one line, and its last lines. */
export function engineFailure(name: string, action: string, said: readonly string[], exitCode: number): Failure {
  const lines = said.map(withoutLogins).filter((line) => /[^\s-]/.test(line));
  const log = (stepOutput(lines) ?? lines).slice(-logLength);
  const reasons = lines.filter((line) => !remark.test(line));
  const text = reasons.join("\n");
  for (const { pattern, meaning } of readings) {
    const match = pattern.exec(text);
    if (match !== null) return new Failure(oneLine(`${name} ${meaning(match, action)}`, reasonLength), log);
  }
  const complaint =
    reasons.findLast((line) => prefixes.test(line)) ?? reasons.at(-1) ?? lines.at(-1) ?? `exit status ${exitCode}`;
  return new Failure(oneLine(`${name} ${action}: ${complaint.replace(prefixes, "")}`, reasonLength), log);
}

/**
 * What the command said that ended a build: BuildKit numbers the steps, which may run at the same time, and in the end repeats a few
 * lines and a piece of the Dockerfile. Undefined where no command said anything.
 */
function stepOutput(lines: readonly string[]): readonly string[] | undefined {
  const [, step] = lines.map((line) => /^#(\d+) ERROR: /.exec(line)).findLast((match) => match !== null) ?? [];
  const output = new RegExp(`^#${step} \\d+\\.\\d+ `);
  const said = lines.flatMap((line) => (output.test(line) ? [line.replace(output, "")] : []));
  return step === undefined || said.length === 0 ? undefined : said;
}

/** What the runtimes say where an image has not the command, or it is none: `exec: "nope": executable file not found in $PATH`. */
const answers = /\bexec: "|executable file `|open executable|exec format error/i;

/**
 * Whether a container was not started because of the engine. 126 and 127 say as well that the image has not the command, which is
 * an answer, and any status may be the command's own.
 */
export function isEngineFailure({ exitCode, stderr }: { readonly exitCode: number; readonly stderr: string }): boolean {
  if (exitCode < 125 || exitCode > 127 || !/^(?:docker|Error): /m.test(stderr)) return false;
  return exitCode === 125 || !answers.test(stderr);
}

export function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}
