import { basename, join, resolve } from "node:path";
import type { Distribution } from "../model/catalog.js";
import type { Definition } from "../model/definition.js";
import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { Failure } from "../model/failure.js";
import { parseRepositoryName } from "../model/reference.js";
import { today } from "../ports/clock.js";
import { isFile, listFiles, readText, type Tree, withTemporaryFolder, writeTree } from "../ports/files.js";
import { addNew } from "../ports/new-files.js";
import { ownFolder } from "../ports/own-package.js";
import { type LoadedCatalog, loadCatalog, loadLock, lockName } from "../stages/load.js";
import { resolve as resolveCatalog } from "../stages/resolve.js";
import { startCatalog } from "../stages/start.js";
import { readOwnTemplate, readTemplates, startFolder } from "../stages/templates.js";
import { suggestion } from "../support/validate.js";
import { formatLock } from "./resolve.js";

export interface InitOptions {
  /** Where none is named, made from the folder's name. */
  readonly namespace: string | undefined;
  readonly language: string | undefined;
}

export interface StartedCatalog {
  /** Paths below the folder, sorted. */
  readonly written: readonly string[];
  /** What was there and stays as it is. */
  readonly kept: readonly string[];
  readonly language: string;
  /** Whether it has a lock; what Ingot's own lock has may be too old for one. */
  readonly isLocked: boolean;
}

const settingsName = "catalog.yaml";

/** Starts a catalog in a folder: base and one language of Ingot's own, on one distribution, with a lock. */
export async function init(folder: string, options: InitOptions): Promise<Result<StartedCatalog>> {
  const reference = loadCatalog(ownFolder);
  if (!reference.ok) return reference;
  const { catalog } = reference.value;
  const distribution = preferredOf(catalog.settings.distributions);
  const language = options.language ?? (readOwnTemplate(`${startFolder}language`) ?? "").trim();
  const namespace = options.namespace ?? namespaceFor(folder);
  const complaints = [
    ...namespaceComplaints(namespace, options.namespace),
    ...languageComplaints(language, distribution, reference.value),
    ...refusals(folder),
  ];
  if (complaints.length > 0) return failed(...complaints);
  const tree = startCatalog({
    ...{ namespace, distribution, languages: [catalog.settings.base, language], settings: catalog.settings },
    files: readFiles(join(ownFolder, "languages")),
    templates: readTemplates(ownFolder),
  });
  if (!tree.ok) return tree;
  const lock = await lockOf(tree.value);
  const files = new Map([...tree.value, ...(lock === undefined ? [] : [[lockName, { text: lock }] as const])]);
  return ok({ ...write(folder, files), language, isLocked: lock !== undefined });
}

const preferredOf = (distributions: readonly Distribution[]): Distribution =>
  distributions.reduce((best, each) => (each.preference < best.preference ? each : best));

/** `My images` → `my-images`: a dot or a colon in it would be read as a registry's. */
const namespaceFor = (folder: string): string =>
  basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

function namespaceComplaints(namespace: string, named: string | undefined): readonly Diagnostic[] {
  if (parseRepositoryName(namespace) !== undefined && namespace.length <= 128) return [];
  const message =
    named === undefined
      ? "the folder's name gives no namespace: name one with --namespace, such as acme"
      : `--namespace must be the first part of a repository, such as acme, and is ${JSON.stringify(named)}`;
  return [{ rule: "invalid-option", message }];
}

function languageComplaints(
  language: string,
  { name }: Distribution,
  { catalog: { definitions, settings } }: LoadedCatalog,
): readonly Diagnostic[] {
  const isOn = ({ pairs }: Definition): boolean => pairs.some(({ distribution }) => distribution === name);
  const choices = definitions.filter(isOn).flatMap((each) => (each.language === settings.base ? [] : [each.language]));
  if (choices.includes(language)) return [];
  const message = `--language must be one that ingot has on ${name}, of ${choices.join(", ")}, and is ${JSON.stringify(language)}${suggestion(language, choices)}`;
  return [{ rule: "invalid-option", message }];
}

/** What makes a catalog, and is there already. */
function refusals(folder: string): readonly Diagnostic[] {
  const [definition] = listFiles(join(folder, "languages")).map((path) => `languages/${path}`);
  const present = [settingsName, lockName].filter((path) => isFile(join(folder, path)));
  return [...present, ...(definition === undefined ? [] : [definition])].map((path) => ({
    rule: "file-exists",
    file: join(folder, path),
    message: "is there already, and nothing is written over: name a folder without a catalog",
  }));
}

const readFiles = (folder: string): ReadonlyMap<string, string> =>
  new Map(listFiles(folder).map((path) => [path, readText(join(folder, path)) ?? ""]));

/** What Ingot's own lock has of it, for which nobody need be asked; undefined where what it has is supported no longer. */
async function lockOf(tree: Tree): Promise<string | undefined> {
  const known = loadLock(ownFolder);
  return withTemporaryFolder(async (folder) => {
    writeTree(folder, tree);
    const started = loadCatalog(folder);
    // It is made of what Ingot has itself, and of a name that was looked at: nobody else could mend it.
    if (!started.ok) throw new Error(started.diagnostics.map(({ message }) => message).join("\n"));
    if (!known.ok) return undefined;
    const resolution = await resolveCatalog(started.value, known.value, { ...nobody, today: today() });
    return resolution.ok ? formatLock(resolution.value.lock) : undefined;
  });
}

async function unasked(): Promise<never> {
  throw new Failure("a catalog is started without asking anybody");
}

const nobody = { index: unasked, digest: unasked, npm: unasked, cycles: unasked };

/** Beside a catalog's own files, those that somebody has already stay as they are. */
function write(folder: string, tree: Tree): Pick<StartedCatalog, "written" | "kept"> {
  const kept = [...tree.keys()].filter((path) => isFile(join(folder, path)));
  const added = new Map([...tree].filter(([path]) => !kept.includes(path)));
  addNew(folder, added, settingsName);
  return { written: [...added.keys()].sort(), kept };
}
