import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { openCatalog } from "../src/commands/catalog.js";
import { imagesOf } from "../src/model/image.js";
import { formatTable } from "../src/reporters/table.js";
import { fillRegistry } from "../test/support/fill-registry.js";
import { writeAlpineMirror, writeDebianMirror } from "../test/support/mirror-folder.js";
import { startRegistry } from "../test/support/registry-server.js";
import { writeSyntheticCatalog } from "./synthetic.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
/** Eight images each, and four of base. */
const languages = 125;
const packagesOfEach = 100;
/** As many as Debian 13 and Alpine 3.24 have. */
const offered = { debian: 65_000, alpine: 27_000 };
const runs = 3;

interface Told {
  readonly images: readonly { readonly action: string }[];
  readonly requests: number;
}

const named = (count: number): ReadonlyMap<string, string> =>
  new Map(
    Array.from({ length: count }, (_, index) => [`libexample-part${String(index).padStart(5, "0")}-1`, "1.0-r1"]),
  );

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

const folder = mkdtempSync(join(tmpdir(), "ingot-bench-"));
const registry = await startRegistry();
try {
  writeSyntheticCatalog(folder, repository, languages);
  const mirrors = { debian: join(folder, "debian"), alpine: join(folder, "alpine") };
  writeDebianMirror(mirrors.debian, "trixie", named(offered.debian));
  await writeAlpineMirror(mirrors.alpine, "v3.24", named(offered.alpine));
  const catalog = openCatalog(folder);
  if (!catalog.ok) throw new Error(JSON.stringify(catalog.diagnostics[0]));
  const start = performance.now();
  const how = { path: "bench", day: "20261121", packages: named(packagesOfEach) };
  await fillRegistry({ ...how, catalog: catalog.value, host: registry.host });
  const filled = secondsSince(start);
  const args = ["--catalog", folder, "stale", "--format", "json", "--registry", `${registry.host}/bench`];
  const places = Object.entries(mirrors).flatMap(([family, place]) => ["--mirror", `${family}=${place}`]);
  const times: number[] = [];
  let told: Told = { images: [], requests: 0 };
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    // Not synchronously: the registry stands still while nobody reads its log.
    const { stdout } = await execa(join(repository, "bin/ingot"), [...args, ...places]);
    told = JSON.parse(stdout) as Told;
    times.push(secondsSince(began));
  }
  const count = imagesOf(catalog.value.plan).length;
  const stale = told.images.filter(({ action }) => action !== "none").length;
  if (told.images.length !== count || stale > 0)
    throw new Error(`${told.images.length} of ${count} images judged, and ${stale} of them stale: all are fresh`);
  const rows = [
    ["published images, all of them fresh", String(count)],
    ["packages in each, on each of two platforms", String(packagesOfEach)],
    ["seconds of ingot stale, the best of 3", Math.min(...times).toFixed(1)],
    ["requests to the registry", String(told.requests)],
    ["requests for each image", (told.requests / count).toFixed(2)],
    ["seconds to fill the registry", filled.toFixed(1)],
  ];
  const machine = `${availableParallelism()} processors, ${cpus()[0]?.model.trim()}, Node ${process.version}, Debian's docker-registry on the same machine`;
  process.stdout.write(`${formatTable(["", ""], rows).trimStart()}\n\n${machine}\n`);
} finally {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
}
