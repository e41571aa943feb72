import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Failure } from "../model/failure.js";
import { reasonOf, type Tree } from "./files.js";
import { hold } from "./interruption.js";

/**
 * Puts a tree in a folder's place: who looks sees all of the old files or all of the new. The folder is new, empty, or one that was
 * written this way before: it holds the file `marker`, and at its top nothing that the tree has not. Else throws a Failure, and so where
 * it cannot be written; the folder is then as it was.
 */
export function replaceFolder(path: string, tree: Tree, marker: string): void {
  const folder = existsSync(path) ? realpathSync(path) : resolve(path);
  refuseForeign(folder, tree, marker);
  const [fresh, old] = [`${folder}.${process.pid}.tmp`, `${folder}.${process.pid}.old`];
  const clean = () => {
    // Between the two renames there is no folder: what was there goes back.
    if (existsSync(old) && !existsSync(folder)) renameSync(old, folder);
    for (const each of [fresh, old]) rmSync(each, { recursive: true, force: true });
  };
  const letGo = hold("folder", clean);
  try {
    writeAll(fresh, tree);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(fresh, folder);
  } catch (error) {
    throw new Failure(`cannot write ${folder}: ${reasonOf(error)}`);
  } finally {
    clean();
    letGo();
  }
}

function writeAll(folder: string, tree: Tree): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, { text }] of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function refuseForeign(folder: string, tree: Tree, marker: string): void {
  const present = listTop(folder);
  if (present.length === 0) return;
  const ours = new Set([...tree.keys()].map((path) => path.split("/")[0]));
  const foreign = present.includes(marker) ? present.find((name) => !ours.has(name)) : present[0];
  if (foreign !== undefined)
    throw new Failure(
      `${folder} holds ${foreign}, which is not of a site that Ingot wrote: name a folder that is empty, or does not exist`,
    );
}

function listTop(folder: string): readonly string[] {
  try {
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  } catch (error) {
    throw new Failure(`cannot read ${folder}: ${reasonOf(error)}`);
  }
}
