import assert from "node:assert/strict";
import { join } from "node:path";
import { debianSources, readHostMirror } from "../../src/ports/debian-host.js";
import { openMirror } from "../../src/ports/mirror.js";
import { writeFiles } from "./folders.js";

/** Writes where a container gets Debian 13's packages, as a sources.list for a build's secret; gives the file. */
export async function writeSources(folder: string): Promise<string> {
  const mirror = await readHostMirror();
  assert.ok(mirror !== undefined, "this host's apt has no mirror of Debian");
  const has = async (url: string) => (await openMirror(url).get("")) !== undefined;
  writeFiles(folder, { "sources.list": await debianSources("trixie", mirror, has) });
  return join(folder, "sources.list");
}
