import { createReadStream, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import ssri from "ssri";
import type { Download } from "../model/artifact.js";
import { Failure } from "../model/failure.js";
import { download } from "./download.js";
import { isFile, makeFolder, reasonOf } from "./files.js";
import { hold } from "./interruption.js";
import { npmPack } from "./npm.js";

/** What fits no other limit is no release of a language. */
const mostBytes = 2 * 1024 ** 3;

/** `$XDG_CACHE_HOME/ingot`, or `~/.cache/ingot`. */
export function cacheFolder(): string {
  const named = process.env["XDG_CACHE_HOME"];
  return join(named !== undefined && isAbsolute(named) ? named : join(homedir(), ".cache"), "ingot");
}

/**
 * The file of a download, fetched where the cache does not have it. What it is called there is its checksum, and that is
 * right whenever this ends well. Throws a Failure, and then keeps nothing.
 */
export async function fetchArtifact({ from, integrity }: Download, cache = cacheFolder()): Promise<string> {
  const file = join(
    cache,
    integrity.replace(/[^A-Za-z0-9-]/g, (letter) => ({ "+": "_", "/": "." })[letter] ?? ""),
  );
  if (isFile(file)) {
    if (await isRight(file, integrity)) return file;
    rmSync(file);
  }
  makeFolder(cache);
  return withFolderIn(cache, async (folder) => {
    const fetched = join(folder, await fetchInto(from, folder));
    if (!(await isRight(fetched, integrity)))
      throw new Failure(`what came is not what the lock says: its checksum is not ${integrity}`);
    renameSync(fetched, file);
    return file;
  });
}

async function fetchInto(from: Download["from"], folder: string): Promise<string> {
  if (from.kind === "npm") return npmPack(from.name, from.version, folder);
  await download(from.url, join(folder, "file"), mostBytes);
  return "file";
}

async function isRight(file: string, integrity: string): Promise<boolean> {
  try {
    await ssri.checkStream(createReadStream(file), integrity);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EINTEGRITY") return false;
    throw new Failure(`cannot read ${file}: ${reasonOf(error)}`);
  }
}

/** On the cache's own disk, so that what is right is there with one step. */
async function withFolderIn<T>(cache: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(cache, "fetch-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const letGo = hold("folder", remove);
  try {
    return await use(folder);
  } finally {
    remove();
    letGo();
  }
}
