import { createEngine, type EngineName } from "../../src/ports/engines.js";

/** Skips a suite, loudly, where an engine does not answer; fails where CI is set. */
export async function requireEngine(suite: Mocha.Context, name: EngineName = "docker"): Promise<void> {
  try {
    await createEngine(name).check();
  } catch (error) {
    if (process.env["CI"]) throw error;
    console.warn(`SKIPPED: ${error instanceof Error ? error.message : String(error)}`);
    suite.skip();
  }
}

/** Removes every local image of a namespace that a test made, with what remembers its tests; all but those to keep, as `docker images` has them. */
export async function removeNamespace(
  namespace: string,
  { name, keep = [] }: { readonly name?: EngineName; readonly keep?: readonly string[] } = {},
): Promise<void> {
  const engine = createEngine(name ?? "docker");
  const remembered = ["tested", "last"].map((what) => `localhost/ingot-${what}/${namespace}__*`);
  for (const pattern of [`docker.io/${namespace}/*`, ...remembered]) {
    const references = [...(await engine.list(pattern)).keys()];
    await engine.untag(references.filter((reference) => !keep.includes(reference)));
  }
}
