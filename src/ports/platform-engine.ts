import { isAbsolute } from "node:path";
import { Failure } from "../model/failure.js";
import { type Platform, platforms } from "../model/platform.js";
import { type Engine, runLimit } from "./engine.js";
import { hostPlatform } from "./host.js";

/** How many times as long an emulated program has: one that prints a version at once elsewhere was seen not to end within 60 s. */
const patience = 10;

/**
 * An engine that builds and runs for one platform. Its local references are those of the engine itself for the platform of
 * this machine; any other has its own, with `-arm64` behind, so that a platform's images never take another one's place.
 * Whoever uses it knows nothing of that. References of registries are as they are.
 */
export function engineFor(platform: Platform, engine: Engine): Engine {
  if (platform === hostPlatform) return { ...engine, list: async (pattern) => native(await engine.list(pattern)) };
  const own = (reference: string): string => `${reference}${suffixOf(platform)}`;
  const plain = (reference: string): string => reference.slice(0, -suffixOf(platform).length);
  return {
    ...engine,
    inspect: async (references) => renamed(await engine.inspect(references.map(own)), plain),
    list: async (pattern) =>
      renamed(
        new Map([...(await engine.list(pattern))].filter(([reference]) => reference.endsWith(suffixOf(platform)))),
        plain,
      ),
    build: (request) =>
      emulated(platform, () =>
        engine.build({ ...request, platform, tags: request.tags.map(own), contexts: namedBy(own, request.contexts) }),
      ),
    tag: (source, target) => engine.tag(own(source), own(target)),
    untag: (references) => engine.untag(references.map(own)),
    pull: async (reference) => {
      const before = (await engine.inspect([reference])).get(reference);
      await engine.pull(reference, platform);
      await engine.tag(reference, own(reference));
      // The plain name is that of this machine's platform.
      if (before === undefined) await engine.untag([reference]);
      else await engine.tag(before.id, reference);
    },
    run: ({ timeout = runLimit, ...request }) =>
      engine.run({ ...request, platform, image: own(request.image), timeout: timeout * patience }),
    serve: async (request) => ({
      ...(await engine.serve({ ...request, platform, image: own(request.image) })),
      patience,
    }),
    save: (image, file) => engine.save(own(image), file),
  };
}

/** Says what to do where the kernel does not know the programs of the platform. */
async function emulated<T>(platform: Platform, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (!(error instanceof Failure) || ![error.message, ...error.log].some((line) => /exec format error/i.test(line)))
      throw error;
    throw new Failure(
      `programs for ${platform} do not run here: install qemu-user-static and binfmt-support, or name other platforms with --platform`,
      error.log,
    );
  }
}

/** `-arm64` for linux/arm64, as it ends a tag. */
const suffixOf = (platform: Platform): string => `-${platform.slice("linux/".length)}`;

const native = <T>(images: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
  new Map(
    [...images].filter(
      ([reference]) => !platforms.some((each) => each !== hostPlatform && reference.endsWith(suffixOf(each))),
    ),
  );

const renamed = <T>(images: ReadonlyMap<string, T>, rename: (reference: string) => string): ReadonlyMap<string, T> =>
  new Map([...images].map(([reference, image]) => [rename(reference), image]));

/** What is a folder is one for every platform. */
const namedBy = (
  own: (reference: string) => string,
  contexts: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(contexts).map(([name, source]) => [name, isAbsolute(source) ? source : own(source)]),
  );
