import { join } from "node:path";
import type { ProbeId, Probes } from "../model/definition.js";
import type { Breach } from "../model/promise.js";
import type { Engine, RunRequest, RunResult } from "../ports/engine.js";
import { withTemporaryFolder, writeText } from "../ports/files.js";
import type { TlsServer } from "../ports/tls-server.js";

export interface ProbeContext {
  readonly engine: Engine;
  /** The image on which commands run: an application on the runtime image, or that image itself. */
  readonly image: string;
  /** The dev image, where an authority is added to those that are trusted. */
  readonly dev: string;
  /** A local reference for an image that trusts one more authority, while it is needed. */
  readonly trusting: string;
  readonly tlsServer: () => Promise<TlsServer>;
}

type RunProbe = (command: readonly string[], context: ProbeContext) => Promise<readonly Breach[]>;

/** Each gives every breach; confined, as all that runs on a runtime image. */
const probes: Readonly<Record<ProbeId, RunProbe>> = {
  "time-zone": (command, context) => expectOutput(command, context, { env: { TZ: "Asia/Tokyo" }, output: "09:00" }),
  unicode: (command, context) => expectOutput(command, context, { env: {}, output: "déjà ✓" }),
  tls: probeTls,
  "standard-library": probeLibrary,
};

export interface ProbeResult {
  readonly promise: ProbeId;
  readonly breaches: readonly Breach[];
}

/** Runs the probes that a definition has. */
export async function runProbes(commands: Probes, context: ProbeContext): Promise<readonly ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const promise of Object.keys(probes) as ProbeId[]) {
    const command = commands[promise];
    if (command !== undefined) results.push({ promise, breaches: await probes[promise](command, context) });
  }
  return results;
}

async function expectOutput(
  command: readonly string[],
  context: ProbeContext,
  { env, output }: { readonly env: Readonly<Record<string, string>>; readonly output: string },
): Promise<readonly Breach[]> {
  const result = await runConfined(command, context, { env });
  return result.exitCode === 0 && result.stdout.trim() === output
    ? []
    : [{ about: command[0] ?? "", message: `should print ${output} and ${described(result)}` }];
}

async function probeLibrary(command: readonly string[], context: ProbeContext): Promise<readonly Breach[]> {
  const result = await runConfined(command, context, { timeout: 300_000 });
  const parts = result.stdout.split("\n").filter((line) => line !== "");
  const unfinished = { about: command[0] ?? "", message: described(result) };
  return [
    ...(result.exitCode === 0 ? [] : [unfinished]),
    ...parts.map((about) => ({ about, message: "does not load" })),
  ];
}

/** Only who was told to trust the server's authority may get its answer. */
async function probeTls(command: readonly string[], context: ProbeContext): Promise<readonly Breach[]> {
  const { url, answer, authority } = await context.tlsServer();
  const about = command[0] ?? "";
  const ask = (image: string) => runConfined(command, { ...context, image }, { env: { URL: url }, network: "host" });
  const stranger = await ask(context.image);
  const trusting = await withTrust(authority, context, ask);
  return [
    ...(stranger.exitCode !== 0 && !stranger.stdout.includes(answer)
      ? []
      : [{ about, message: "takes the answer of a server that nobody vouches for" }]),
    ...(trusting.exitCode === 0 && trusting.stdout.trim() === answer
      ? []
      : [
          { about, message: `should get the answer of a server whose authority was added, and ${described(trusting)}` },
        ]),
  ];
}

/** The lines that README files show for adding an authority, for any images; a test compares them. */
export const trustDockerfile = `ARG DEV
ARG IMAGE
FROM $DEV AS ca
COPY company.crt /usr/local/share/ca-certificates/
RUN update-ca-certificates
FROM $IMAGE
COPY --from=ca /etc/ssl/certs/ /etc/ssl/certs/
`;

async function withTrust(
  authority: string,
  { engine, image, dev, trusting: tag }: ProbeContext,
  ask: (image: string) => Promise<RunResult>,
): Promise<RunResult> {
  await withTemporaryFolder(async (folder) => {
    writeText(join(folder, "Dockerfile"), { text: trustDockerfile });
    writeText(join(folder, "company.crt"), { text: authority });
    await engine.build({
      folder,
      tags: [tag],
      buildArguments: { DEV: dev, IMAGE: image },
      labels: { "ingot.test": "true" },
      contexts: { [dev]: dev, [image]: image },
      secrets: [],
      cache: true,
    });
  });
  try {
    return await ask(tag);
  } finally {
    await engine.untag([tag]);
  }
}

const runConfined = (command: readonly string[], { engine, image }: ProbeContext, more: Partial<RunRequest>) =>
  engine.run({ image, command, confined: true, ...more });

const described = (result: RunResult): string =>
  result.exitCode === 0 ? `prints ${JSON.stringify(lastLine(result.stdout))}` : describeEnd(result);

/** `ends with 1: what it said last` */
export function describeEnd({ exitCode, stdout, stderr }: RunResult): string {
  return `ends with ${exitCode}: ${lastLine(stderr) || lastLine(stdout)}`;
}

export const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
