import type { ImageContent, ImageEntry, InstalledPackage, PackageDatabase } from "./content.js";
import { parentOf, resolveFolder } from "./image-path.js";

const dpkg = "/var/lib/dpkg";
const alpineDatabases = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

// What a database says is checked before anybody prints it, or makes an address of it.
const namePattern = /^[A-Za-z0-9._][A-Za-z0-9._+-]{0,200}$/;
const versionPattern = /^[A-Za-z0-9][A-Za-z0-9.+:~_-]{0,200}$/;
const architecturePattern = /^[a-z0-9][a-z0-9_-]{0,30}$/;

/** Whether `readPackageDatabase` needs a file's text. */
export function isDatabaseFile(path: string): boolean {
  return (
    alpineDatabases.includes(path) ||
    path === `${dpkg}/status` ||
    /^\/var\/lib\/dpkg\/(?:status\.d\/[^/]+|info\/[^/]+\.list)$/.test(path)
  );
}

/**
 * The packages that an image's own database names, by name, each with its files that are in the image; undefined where
 * there is no database. Lines and stanzas that make no sense are passed over.
 */
export function readPackageDatabase(content: ImageContent): PackageDatabase | undefined {
  const files = findFiles(content.entries);
  const alpine = alpineDatabases.flatMap((path) => content.texts.get(path) ?? []);
  if (alpine.length > 0)
    return { family: "alpine", packages: inOrder(alpine.flatMap((text) => readAlpine(text, files))) };
  const paths = [...content.texts.keys()].filter((path) => isDatabaseFile(path) && path.startsWith(`${dpkg}/status`));
  if (paths.length === 0) return undefined;
  return { family: "debian", packages: inOrder(paths.flatMap((path) => readDebian(path, content.texts, files))) };
}

/** Which of some paths, as a database has them, are files or links of the image, under the names that they have there. */
type FindFiles = (paths: readonly string[]) => readonly string[];

/** Of two that have a name and an architecture in common, the first. */
function inOrder(packages: readonly InstalledPackage[]): readonly InstalledPackage[] {
  const keyOf = ({ name, architecture }: InstalledPackage): string => `${name} ${architecture}`;
  const byKey = new Map([...packages].reverse().map((installed) => [keyOf(installed), installed]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, installed]) => installed);
}

/** Debian has one file with a stanza per package where there is a dpkg, and a file per package where there is none. */
function readDebian(path: string, texts: ReadonlyMap<string, string>, files: FindFiles): readonly InstalledPackage[] {
  if (path.endsWith(".md5sums")) return [];
  const whole = path === `${dpkg}/status`;
  return debianStanzas(texts.get(path) ?? "")
    .filter((stanza) => !whole || /^\w+ ok installed$/.test(stanza.get("status") ?? ""))
    .flatMap((stanza) =>
      debianPackage(stanza).map((installed) => ({
        ...installed,
        files: files(whole ? listedFiles(installed, texts) : checkedFiles(texts.get(`${path}.md5sums`) ?? "")),
      })),
    );
}

/** Fields by their names in small letters; a folded value is one line. */
function debianStanzas(text: string): readonly Fields[] {
  return text.split(/\n[ \t\r]*(?:\n|$)/).map((stanza) => {
    const lines = linesOf(stanza.replace(/\r?\n[ \t]+/g, " "), /^([!-9;-~]+):(.*)$/);
    return fieldsOf(lines.map(({ key, value }) => ({ key: key.toLowerCase(), value })));
  });
}

type Fields = ReadonlyMap<string, string>;

interface Line {
  readonly key: string;
  readonly value: string;
}

/** The lines that have a key and a value. */
function linesOf(text: string, pattern: RegExp): readonly Line[] {
  return text.split("\n").flatMap((line) => {
    const [, key, value] = pattern.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [{ key, value: value.trim() }];
  });
}

/** Of a field that is there twice, the first. */
function fieldsOf(lines: readonly Line[]): Fields {
  const filled = lines.filter(({ value }) => value !== "");
  return new Map([...filled].reverse().map(({ key, value }) => [key, value]));
}

function debianPackage(stanza: Fields): readonly InstalledPackage[] {
  const name = stanza.get("package") ?? "";
  const version = stanza.get("version") ?? "";
  const [, source = name, sourceVersion = version] = /^(\S+)(?: +\((\S+)\))?$/.exec(stanza.get("source") ?? name) ?? [];
  return checked({
    name,
    version,
    architecture: stanza.get("architecture") ?? "",
    source: { name: source, version: sourceVersion },
    ...optional("maintainer", stanza.get("maintainer")),
    ...optional("homepage", stanza.get("homepage")),
    ...optional("licence", stanza.get("x-license")),
    files: [],
  });
}

const optional = <K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: string });

/** None where what identifies a package is not what it can be. */
function checked(installed: InstalledPackage): readonly InstalledPackage[] {
  const { name, version, architecture, source } = installed;
  const right = namePattern.test(name) && versionPattern.test(version) && architecturePattern.test(architecture);
  if (!right) return [];
  const known = namePattern.test(source.name) && versionPattern.test(source.version);
  return [known ? installed : { ...installed, source: { name, version } }];
}

/** A list names a package's folders too: each that something else in the list lies in. */
function listedFiles({ name, architecture }: InstalledPackage, texts: ReadonlyMap<string, string>): readonly string[] {
  const info = `${dpkg}/info/${name}`;
  const text = texts.get(`${info}:${architecture}.list`) ?? texts.get(`${info}.list`) ?? "";
  const paths = text.split("\n");
  const folders = new Set(paths.map(parentOf));
  return paths.filter((path) => path.startsWith("/") && !folders.has(path));
}

function checkedFiles(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const [, path] = /^[0-9a-f]{32} [ *](.+)$/.exec(line) ?? [];
    return path === undefined ? [] : [`/${path.replace(/^(?:\.?\/)+/, "")}`];
  });
}

/** Stanzas of lines with one letter each, small or capital; after the line of a folder come those of its files. */
function readAlpine(text: string, files: FindFiles): readonly InstalledPackage[] {
  return text.split(/\n[ \t\r]*(?:\n|$)/).flatMap((stanza) => {
    const lines = linesOf(stanza, /^([A-Za-z]):(.*)$/);
    return alpinePackage(fieldsOf(lines), files(alpineFiles(lines)));
  });
}

function alpinePackage(fields: Fields, files: readonly string[]): readonly InstalledPackage[] {
  const name = fields.get("P") ?? "";
  const version = fields.get("V") ?? "";
  return checked({
    name,
    version,
    architecture: fields.get("A") ?? "",
    source: { name: fields.get("o") ?? name, version },
    ...optional("maintainer", fields.get("m")),
    ...optional("homepage", fields.get("U")),
    ...optional("licence", fields.get("L")),
    files,
  });
}

function alpineFiles(lines: readonly Line[]): readonly string[] {
  let folder = "";
  return lines.flatMap(({ key, value }) => {
    if (key === "F") folder = value === "" ? "" : `/${value}`;
    return key === "R" ? [`${folder}/${value}`] : [];
  });
}

// As long as Linux opens.
const longestPath = 4096;

/** Where `/lib` is a link to `usr/lib`, the image has `/lib/x` of a database as `/usr/lib/x`. */
function findFiles(entries: ReadonlyMap<string, ImageEntry>): FindFiles {
  const folders = new Map<string, string | undefined>();
  const folderOf = (path: string): string | undefined => {
    const folder = parentOf(path);
    if (!folders.has(folder)) folders.set(folder, resolveFolder(folder, entries));
    return folders.get(folder);
  };
  const find = (path: string): readonly string[] => {
    const folder = path.length > longestPath ? undefined : folderOf(path);
    const found = folder === undefined ? undefined : `${folder}${path.slice(path.lastIndexOf("/"))}`;
    const type = found === undefined ? undefined : entries.get(found)?.type;
    return found === undefined || type === undefined || type === "directory" ? [] : [found];
  };
  return (paths) => [...new Set(paths.flatMap(find))].sort();
}
