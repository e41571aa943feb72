import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository, whether this runs compiled or not. */
export const repository = fileURLToPath(new URL("../../../", import.meta.url));

export const fixtures = join(repository, "test", "fixtures");
export const mirrors = {
  alpine: join(fixtures, "mirrors", "alpine"),
  debian: join(fixtures, "mirrors", "debian"),
} as const;
export const cycles = join(fixtures, "cycles");
export const goldens = join(repository, "test", "golden");
