import { join } from "node:path";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import type { Image, Pair } from "../model/image.js";
import { isSameVersion } from "../model/version.js";
import type { Engine, Service } from "../ports/engine.js";
import { localReferences } from "./build.js";

/** Where a language's hello application is: a build context that takes the build arguments DEV and RUNTIME. */
export function helloFolder(root: string, { language }: Pick<Pair, "language">): string {
  return join(root, "languages", language, "hello");
}

/**
 * Builds the hello application with the dev image, runs it on the runtime image and asks it over HTTP: what the one
 * compiles, the other loads. It must answer what the definition says, and the version of the pair. Gives every breach.
 */
export async function testHello(
  pair: Pair,
  answers: Readonly<Record<string, string | number>>,
  { root, engine }: { readonly root: string; readonly engine: Engine },
): Promise<readonly string[]> {
  const tag = `localhost/ingot-hello/${pair.language}:${pair.line}-${pair.distribution.name}`;
  await engine.build({
    folder: helloFolder(root, pair),
    tags: [tag],
    buildArguments: { DEV: referenceOf(pair, "dev"), RUNTIME: referenceOf(pair, "runtime") },
    labels: { "ingot.test": "true" },
    contexts: {},
    secrets: [],
    cache: true,
  });
  try {
    const service = await engine.serve({ image: tag, port: 8080, env: { TZ: "Asia/Tokyo" } });
    const { wrong, stopped } = await askAndStop(service, { ...answers, version: pair.version.text });
    return stopped.ms < 9000
      ? wrong
      : [...wrong, `hello: does not end on SIGTERM (killed, status ${stopped.exitCode})`];
  } finally {
    await engine.untag([tag]);
  }
}

const referenceOf = (pair: Pair, variant: string): string =>
  localReferences(pair.images.find((image) => image.variant === variant) as Image)[0] as string;

async function askAndStop(service: Service, expected: Readonly<Record<string, string | number>>) {
  try {
    const wrong = await ask(service, expected);
    return { wrong, stopped: await service.stop() };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

async function ask(service: Service, expected: Readonly<Record<string, string | number>>): Promise<readonly string[]> {
  const answer = await firstAnswer(service);
  return Object.entries(expected).flatMap(([key, value]) =>
    answer[key] === value || (key === "version" && isSameVersion(String(answer[key]), String(value)))
      ? []
      : [`hello: answers ${key} ${JSON.stringify(answer[key])} and not ${JSON.stringify(value)}`],
  );
}

const answerSchema = z.record(z.string(), z.unknown());

/** A server needs a moment to listen: asks until it answers, for 20 seconds. */
async function firstAnswer(service: Service): Promise<Record<string, unknown>> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      const response = await fetch(service.url, { signal: AbortSignal.timeout(5000) });
      const { data } = answerSchema.safeParse(await response.json());
      return data ?? {};
    } catch {
      if (Date.now() > deadline) {
        const logs = (await service.logs()).trim().split("\n");
        throw new Failure(`hello: does not answer over HTTP: ${logs.at(-1) ?? ""}`, logs.slice(-20));
      }
      await new Promise((resume) => setTimeout(resume, 100));
    }
  }
}
