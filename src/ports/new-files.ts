import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../model/failure.js";
import { reasonOf, type Tree } from "./files.js";
import { hold } from "./interruption.js";

export interface NewFiles {
  /** A folder that does not exist, or is empty, and what goes into it. */
  readonly folder: string;
  readonly tree: Tree;
  /** A file beside it that does not exist, and its text: it comes last, so who finds it finds the folder whole. */
  readonly file: string;
  readonly text: string;
}

/** Writes a folder and a file that belong together: both, or neither. What is there is never replaced. */
export function writeNew({ folder, tree, file, text }: NewFiles): void {
  const temporary = join(dirname(folder), `.new.${process.pid}.tmp`);
  const clean = () => (existsSync(temporary) ? rmSync(temporary, { recursive: true, force: true }) : undefined);
  const letGo = hold("folder", clean);
  let placed = false;
  try {
    const written = new Map([...tree].map(([path, content]) => [join(temporary, "folder", path), content.text]));
    for (const [path, content] of [...written, [join(temporary, "file"), text] as const]) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    // Neither a rename of a folder nor a link replaces what somebody wrote in the meantime.
    renameSync(join(temporary, "folder"), folder);
    placed = true;
    linkSync(join(temporary, "file"), file);
  } catch (error) {
    if (placed) rmSync(folder, { recursive: true, force: true });
    throw new Failure(`cannot write ${file} and ${folder}: ${reasonOf(error)}`);
  } finally {
    clean();
    letGo();
  }
}

/** Adds files to a folder, which is made where it is not there: all, or none. What is there is never replaced; `last` comes last, so who finds it finds the others. */
export function addNew(folder: string, tree: Tree, last: string): void {
  const temporary = join(folder, `.new.${process.pid}.tmp`);
  const made: string[] = [];
  const makeFor = (path: string): void => {
    const first = mkdirSync(dirname(path), { recursive: true });
    if (first !== undefined) made.push(first);
  };
  try {
    for (const [path, { text }] of tree) {
      makeFor(join(temporary, path));
      writeFileSync(join(temporary, path), text);
    }
    for (const path of [...tree.keys()].filter((each) => each !== last).concat(last)) {
      makeFor(join(folder, path));
      linkSync(join(temporary, path), join(folder, path));
      made.push(join(folder, path));
    }
    rmSync(temporary, { recursive: true, force: true });
  } catch (error) {
    for (const path of made) rmSync(path, { recursive: true, force: true });
    throw new Failure(`cannot write ${folder}: ${reasonOf(error)}`);
  }
}
