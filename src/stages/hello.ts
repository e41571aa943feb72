import { join } from "node:path";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import type { Pair } from "../model/image.js";
import type { Breach } from "../model/promise.js";
import { isSameVersion } from "../model/version.js";
import type { Engine, Service, Stopped } from "../ports/engine.js";
import { askJson } from "../ports/service-http.js";

/** Where a language's hello application is: a build context that takes the build arguments DEV and RUNTIME. */
export function helloFolder(root: string, { language }: Pick<Pair, "language">): string {
  return join(root, "languages", language, "hello");
}

export interface HelloRequest {
  readonly engine: Engine;
  readonly folder: string;
  /** Local references of the images to build with and to run on, and one for the result. */
  readonly dev: string;
  readonly runtime: string;
  readonly tag: string;
}

/** Builds the hello application with a dev image, on a runtime image, for as long as it is used. */
export async function withHello<T>(
  { engine, folder, dev, runtime, tag }: HelloRequest,
  use: (reference: string) => Promise<T>,
): Promise<T> {
  await engine.build({
    folder,
    tags: [tag],
    buildArguments: { DEV: dev, RUNTIME: runtime },
    labels: { "ingot.test": "true" },
    contexts: { [dev]: dev, [runtime]: runtime },
    secrets: [],
    cache: true,
  });
  try {
    return await use(tag);
  } finally {
    await engine.untag([tag]);
  }
}

export interface HelloResult {
  readonly application: readonly Breach[];
  readonly stops: readonly Breach[];
}

type Answers = Readonly<Record<string, string | number>>;

/** Runs an image as a service, asks it over HTTP and tells it to end. It must answer what is expected. */
export async function askHello(engine: Pick<Engine, "serve">, image: string, expected: Answers): Promise<HelloResult> {
  const service = await engine.serve({ image, port: 8080, env: { TZ: "Asia/Tokyo" }, confined: true });
  const application = await ask(service, expected).catch(async (error: unknown) => {
    // Why it does not answer says more than why it cannot be stopped then.
    await service.stop().catch(() => {});
    throw error;
  });
  const message = complaintOf(await service.stop());
  return { application, stops: message === undefined ? [] : [{ about: "the hello application", message }] };
}

function complaintOf({ ran, exitCode, ms }: Stopped): string | undefined {
  if (!ran) return `ended before it was told to, with status ${exitCode}`;
  return ms < 9000 ? undefined : `is not ended by SIGTERM within 10 seconds, and had to be killed (status ${exitCode})`;
}

async function ask(service: Service, expected: Answers): Promise<readonly Breach[]> {
  const answer = await firstAnswer(service);
  return Object.entries(expected).flatMap(([key, value]) =>
    answer[key] === value || (key === "version" && isSameVersion(String(answer[key]), String(value)))
      ? []
      : [
          {
            about: `the hello application's ${key}`,
            message: `is ${JSON.stringify(answer[key])} and not ${JSON.stringify(value)}`,
          },
        ],
  );
}

const answerSchema = z.record(z.string(), z.unknown());

/** A server needs a moment to listen: asks until it answers, for 20 seconds, or as much longer as it may take. */
async function firstAnswer(service: Service): Promise<Record<string, unknown>> {
  const deadline = Date.now() + 20_000 * service.patience;
  for (;;) {
    try {
      const { data } = answerSchema.safeParse(await askJson(service.url, 5000 * service.patience));
      return data ?? {};
    } catch {
      if (Date.now() > deadline) {
        const logs = (await service.logs()).trim().split("\n");
        throw new Failure(`the hello application does not answer over HTTP: ${logs.at(-1) ?? ""}`, logs.slice(-20));
      }
      await new Promise((resume) => setTimeout(resume, 100));
    }
  }
}
