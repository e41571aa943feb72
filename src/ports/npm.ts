import ssri from "ssri";
import { z } from "zod";
import { integrity as checksum } from "../model/artifact.js";
import { Failure } from "../model/failure.js";
import { type Finished, run } from "./process.js";

/** A version of a package as npm's registry has it. */
export interface NpmVersion {
  readonly version: string;
  /** Absent where the registry gives none, or one that proves nothing. */
  readonly integrity?: string;
  readonly deprecated: boolean;
}

const answer = z.object({
  version: z.string(),
  "dist.integrity": z.string().optional(),
  deprecated: z.union([z.string(), z.boolean()]).optional(),
});
const answers = z.union([z.array(answer), answer.transform((one) => [one])]);
const refusal = z.object({ error: z.object({ code: z.string() }) });

const timeout = 300_000;

/**
 * The versions of a package that fit a range; undefined where there is no such package, none where none fits. The npm on
 * this machine asks, as it is configured: which registry, through which proxy, with which login. Throws a Failure.
 */
export async function npmVersions(name: string, range: string): Promise<readonly NpmVersion[] | undefined> {
  const asked = await npm(["view", `${name}@${range}`, "version", "dist.integrity", "deprecated", "--json"]);
  if (asked.exitCode !== 0) return missing(asked, name);
  const { data } = answers.safeParse(parse(asked.stdout) ?? []);
  if (data === undefined) throw new Failure(`npm says of ${name} what cannot be read`);
  return data.map((each) => {
    const integrity = strongest(each["dist.integrity"]);
    const deprecated = each.deprecated !== undefined && each.deprecated !== false && each.deprecated !== "";
    return { version: each.version, deprecated, ...(integrity === undefined ? {} : { integrity }) };
  });
}

/** npm answers alike where there is no package and where no version of it fits. */
async function missing(asked: Finished, name: string): Promise<readonly NpmVersion[] | undefined> {
  if (codeOf(asked) !== "E404") throw failureOf(asked, name);
  const whole = await npm(["view", name, "name", "--json"]);
  if (whole.exitCode === 0) return [];
  if (codeOf(whole) === "E404") return undefined;
  throw failureOf(whole, name);
}

/** Fetches a version's archive into a folder; the name of the file there. Throws a Failure. */
export async function npmPack(name: string, version: string, folder: string): Promise<string> {
  const packed = await npm(["pack", `${name}@${version}`, "--pack-destination", folder, "--ignore-scripts", "--json"]);
  if (packed.exitCode !== 0) throw failureOf(packed, `${name} ${version}`);
  const { data } = z.array(z.object({ filename: z.string() })).safeParse(parse(packed.stdout));
  const [file] = data ?? [];
  if (file === undefined) throw new Failure(`npm fetched ${name} ${version}, and does not say where to`);
  // Older ones name a scoped package's file with the scope's slash.
  return file.filename.replace(/^@/, "").replaceAll("/", "-");
}

const npm = (args: readonly string[]): Promise<Finished> =>
  run("npm", [...args, "--loglevel=error", "--no-update-notifier"], { timeout });

const codeOf = ({ stdout }: Finished): string | undefined => refusal.safeParse(parse(stdout)).data?.error.code;

/** By npm's code alone: its words hold addresses, and may hold a login. */
function failureOf(finished: Finished, subject: string): Failure {
  const code = codeOf(finished) ?? `exit status ${finished.exitCode}`;
  return new Failure(`npm cannot give ${subject}: ${code}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The checksum of the strongest kind; undefined where there is none better than SHA-1. */
function strongest(text: string | undefined): string | undefined {
  const parsed = text === undefined ? null : ssri.parse(text, { single: false });
  for (const algorithm of ["sha512", "sha384", "sha256"]) {
    const [hash] = parsed?.[algorithm] ?? [];
    const { data } = checksum.safeParse(`${hash?.algorithm}-${hash?.digest}`);
    if (data !== undefined) return data;
  }
  return undefined;
}
