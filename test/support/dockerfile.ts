import assert from "node:assert/strict";

/**
 * A strict reader of generated Dockerfiles, written apart from what generates them: it knows the few forms that a line may
 * have, and refuses every other.
 */
export interface ReadDockerfile {
  readonly from: readonly string[];
  /** Words after `microroot` and its own options; undefined where nothing is installed. */
  readonly packages?: readonly string[];
  /** `--drop PATTERN`, `--keep PATTERN`: the options before the packages, in order. */
  readonly overrides: readonly (readonly [string, string])[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly cmd: readonly string[];
  /** The first letter of each instruction's name, in order. */
  readonly instructions: string;
}

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const reference = new RegExp(
  `^(?:[A-Za-z0-9.-]+(?::\\d{1,5})?/|\\[[0-9a-fA-F:]+\\](?::\\d{1,5})?/)?${component}(?:/${component})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);
const mounts = new Set([
  "--mount=type=bind,target=/context",
  "--mount=type=bind,from=base,target=/base",
  "--mount=type=secret,id=mirror",
]);
const packageWord =
  /^[A-Za-z0-9][A-Za-z0-9+._-]*(?:~[0-9A-Za-z][0-9A-Za-z.+~:_-]*|=[0-9A-Za-z][0-9A-Za-z.+~:_-]*(?:-\*)?)?$/;

export function readDockerfile(text: string): ReadDockerfile {
  assert.match(
    text,
    /^# Made by `ingot generate` from languages\/[a-z0-9._-]+\.yaml: edit that file, not this one\.\n/,
  );
  assert.match(text, /[^\n]\n$/, "one newline at the end");
  assert.doesNotMatch(text, /[^\n\P{Cc}]|[\u2028\u2029\p{Bidi_Control}]/u, "control characters");
  const lines = text
    .replaceAll("\\\n    ", "")
    .split("\n")
    .slice(1, -1)
    .filter((line) => line !== "" && !line.startsWith("# To a builder's cache, "));
  const found = {
    from: [] as string[],
    env: {} as Record<string, string>,
    labels: {} as Record<string, string>,
    cmd: [] as string[],
  };
  let run: ReturnType<typeof readRun> | undefined;
  let instructions = "";
  for (const line of lines) {
    const [, name = "", rest = ""] =
      /^([A-Z]+) (.+)$/.exec(line) ?? assert.fail(`no instruction: ${JSON.stringify(line)}`);
    instructions += name[0];
    switch (name) {
      case "FROM":
        found.from.push(readFrom(rest));
        break;
      case "RUN":
        assert.equal(run, undefined, "one RUN");
        run = readRun(rest);
        break;
      case "ENV":
        put(found.env, readPair(rest, /^[A-Za-z_][A-Za-z0-9_]*$/));
        break;
      case "LABEL":
        put(found.labels, readPair(rest, /^org\.opencontainers\.image\.[a-z]+$/));
        break;
      case "CMD":
        found.cmd.push(...readCommand(rest));
        break;
      default:
        readFixed(name, rest);
    }
  }
  assert.match(instructions, /^F(F?ARFC|AR?)?E*U?W?C?L{6,7}$/, `order of instructions in\n${text}`);
  return { ...found, overrides: [], ...run, instructions };
}

function readFrom(rest: string): string {
  const [name = "", as, stage, ...more] = rest.split(" ");
  assert.match(name, reference, "a reference");
  if (as !== undefined) assert.ok(as === "AS" && (stage === "base" || stage === "rootfs") && more.length === 0, rest);
  return name;
}

function readRun(rest: string): Required<Pick<ReadDockerfile, "packages" | "overrides">> {
  const [, made = "", epoch] = /^(.*?)(?: && mv \/rootfs \/rootfs-(\d{1,12}))?$/.exec(rest) ?? [];
  const words = shellWords(made);
  const command = words.findIndex((word) => !word.startsWith("--mount="));
  for (const word of words.slice(0, command)) assert.ok(mounts.has(word), word);
  assert.ok(["microroot", "/context/microroot"].includes(words[command] ?? ""), rest);
  const isInstallation = words[command + 1] === "--install";
  assert.equal(epoch === undefined, isInstallation, rest);
  const packages = words.slice(isInstallation ? command + 2 : command + 1);
  const overrides: [string, string][] = [];
  while (packages[0] === "--drop" || packages[0] === "--keep") {
    const [option, pattern = ""] = packages.splice(0, 2) as [string, string?];
    assert.match(pattern, /^(\/(?!\.\.?(\/|$))[A-Za-z0-9_.+*@:-]+)+$/);
    overrides.push([option, pattern]);
  }
  assert.ok(packages.length > 0, "RUN without packages");
  for (const word of packages) assert.match(word, packageWord);
  return { packages, overrides };
}

/** One space between words; a word is of plain characters, or of others in single quotes. */
export function shellWords(text: string): readonly string[] {
  return text.split(" ").map((word) => {
    const [, quoted, plain] =
      /^(?:'([^'\n]+)'|([A-Za-z0-9@+=:,./_-]+))$/.exec(word) ??
      assert.fail(`not a plain or quoted word: ${JSON.stringify(word)}`);
    return quoted ?? plain ?? "";
  });
}

/** Dockerfile reference, "Environment replacement": backslash takes the meaning from backslash, quote and dollar. */
function readPair(rest: string, name: RegExp): readonly [string, string] {
  const [, key = "", quoted = ""] =
    /^([^=]+)="((?:[^"\\$]|\\["\\$])*)"$/.exec(rest) ?? assert.fail(`not NAME="value": ${rest}`);
  assert.match(key, name);
  return [key, quoted.replace(/\\(.)/g, "$1")];
}

function put(record: Record<string, string>, [key, value]: readonly [string, string]): void {
  assert.ok(!Object.hasOwn(record, key), `${key} twice`);
  Object.defineProperty(record, key, { value, enumerable: true });
}

function readCommand(rest: string): readonly string[] {
  const command: unknown = JSON.parse(rest);
  assert.ok(Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === "string"), rest);
  return command as string[];
}

function readFixed(name: string, rest: string): void {
  const forms: Record<string, RegExp> = {
    ARG: /^SOURCE_DATE_EPOCH=\d{1,12}$/,
    COPY: /^--from=rootfs \/rootfs-\d{1,12}\/ \/$/,
    USER: /^(\d+):\1$/,
    WORKDIR: /^\/app$/,
  };
  assert.match(rest, forms[name] ?? assert.fail(`unknown instruction ${name}`));
}
