import { join } from "node:path";
import { stringify } from "yaml";
import type { CatalogSettings } from "../model/catalog.js";
import { ok, type Result } from "../model/diagnostic.js";
import { Failure } from "../model/failure.js";
import { type Lock, lockFile } from "../model/lock.js";
import type { Family } from "../model/platform.js";
import { parseReference } from "../model/reference.js";
import { today } from "../ports/clock.js";
import { readHostMirror } from "../ports/debian-host.js";
import { writeText } from "../ports/files.js";
import { npmVersions } from "../ports/npm.js";
import { readPackageIndex } from "../ports/package-index.js";
import { createRegistry } from "../ports/registry.js";
import { readCycles } from "../ports/release-cycles.js";
import { loadCatalog, loadLock, lockName } from "../stages/load.js";
import { type Resolution, type ResolveSources, resolve as resolveCatalog } from "../stages/resolve.js";

export interface ResolveOptions {
  /** Only says what would move. */
  readonly check: boolean;
  /** URL or folder by family, before the catalog's own. */
  readonly mirrors: Readonly<Partial<Record<Family, string>>>;
  /** URL, folder or file of the release-cycle data, before the catalog's own. */
  readonly cycles: string | undefined;
}

/** Refreshes the lock. */
export async function resolve(root: string, options: ResolveOptions): Promise<Result<Resolution>> {
  const loaded = loadCatalog(root);
  if (!loaded.ok) return loaded;
  const previous = loadLock(root);
  if (!previous.ok) return previous;
  const resolution = await resolveCatalog(
    loaded.value,
    previous.value,
    sourcesOf(loaded.value.catalog.settings, options),
  );
  if (!resolution.ok || options.check) return resolution;
  refuseUnreadable(resolution.value.lock);
  writeText(join(root, lockName), { text: formatLock(resolution.value.lock) });
  return ok(resolution.value);
}

/** What an index or the release-cycle data say is placed in the lock: it must be a lock that can be read again. */
function refuseUnreadable(lock: Lock): void {
  const [issue] = lockFile.safeParse(lock).error?.issues ?? [];
  if (issue === undefined) return;
  throw new Failure(
    `an index or the release cycles gave something that is no ${String(issue.path.at(-1))}: ${issue.path.join(", ")}`,
  );
}

/** YAML with its keys in the order of the catalog: the same lock is the same bytes, and its differences are easy to read. */
export function formatLock({ lockfile, definitions, distributions, pairs, cycles }: Lock): string {
  const header = "# Made by `ingot resolve`: exact versions, and the dates on which they last changed.\n";
  const text = stringify(
    { lockfile, definitions, distributions, pairs, cycles },
    { sortMapEntries: false, lineWidth: 0, aliasDuplicateObjects: false },
  );
  return header + text;
}

/** Where the world is asked: what the options say, or the catalog, or for Debian's packages this host's apt. */
export function sourcesOf(
  settings: CatalogSettings,
  { mirrors, cycles = settings.cycles }: Pick<ResolveOptions, "mirrors" | "cycles">,
): ResolveSources {
  const ofHost = readHostMirror();
  return {
    today: today(),
    index: async (distribution, platform) => {
      const { family } = distribution;
      const location =
        mirrors[family] ?? settings.mirrors[family] ?? (family === "debian" ? (await ofHost)?.url : undefined);
      if (location === undefined)
        throw new Failure(`no mirror is known for ${family}: name one with --mirror ${family}=URL`);
      return readPackageIndex(distribution, platform, location);
    },
    digest: digestInRegistry,
    npm: (name, range) => npmVersions(name, range),
    cycles: (product) => {
      if (cycles === undefined) throw new Failure("no release-cycle data are known: name them with --cycles URL");
      return readCycles(cycles, product);
    },
  };
}

async function digestInRegistry(image: string): Promise<string | undefined> {
  const reference = parseReference(image);
  // What catalog.yaml pins by digest needs no asking.
  if (reference?.tag === undefined || reference.digest !== undefined) return undefined;
  const registry = createRegistry({ host: reference.registry });
  return registry.digestOf(reference.repository, reference.tag);
}
