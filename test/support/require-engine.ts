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

/** References of what tests leave of a namespace: its images, that they passed, and the last of each that did. */
export const namespacePatterns = (namespace: string): readonly string[] => [
  `docker.io/${namespace}/*`,
  `localhost/ingot-tested/${namespace}__*`,
  `localhost/ingot-last/${namespace}__*`,
];

/** Removes every local image of a namespace that a test made; all but those to keep, as `docker images` names them. */
export async function removeNamespace(namespace: string, keep: readonly string[] = []): Promise<void> {
  const engine = createEngine("docker");
  try {
    await engine.check();
  } catch (error) {
    // Where no engine answers, the suite was skipped and has made nothing.
    if (process.env["CI"]) throw error;
    return;
  }
  for (const pattern of namespacePatterns(namespace)) {
    const references = [...(await engine.list(pattern)).keys()];
    await engine.untag(references.filter((reference) => !keep.includes(reference)));
  }
}
