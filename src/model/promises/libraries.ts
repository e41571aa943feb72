import type { ElfFile, ImageContent, ImageEntry } from "../content.js";
import { resolveFolder } from "../image-path.js";
import type { Breach, ContentPromise, Subject } from "../promise.js";
import { isRuntime } from "../promise.js";

/** What the dynamic loader will ask for. */
export const libraries: readonly ContentPromise[] = [
  {
    id: "shared-objects",
    summary: "every shared object that a program or a library needs is there, for the same machine",
    holdsFor: isRuntime,
    breaches: missingObjects,
  },
];

function missingObjects({ content }: Subject): readonly Breach[] {
  const resolve = createResolver(content);
  const isThere = (path: string): boolean => content.entries.has(resolveFolder(path, content.entries) ?? "");
  return [...content.entries.values()].flatMap((entry) => {
    const { elf, path } = entry;
    if (elf === undefined) return [];
    const loader = elf.interpreter;
    const missing = elf.needed.filter((name) => !resolve(entry, elf, name));
    const lost = loader !== undefined && !isThere(loader) ? [loader] : [];
    return [...missing, ...lost].map((name) => ({ about: path, message: `needs ${name}, which is nowhere` }));
  });
}

type Resolve = (entry: ImageEntry, elf: ElfFile, name: string) => boolean;

/**
 * ld.so(8): a name with a slash is a path; others are looked for in the run path and in the configured folders. Programs
 * that load their own libraries have them in the folder of the one that needs them, or below it.
 */
function createResolver(content: ImageContent): Resolve {
  const configured = loaderFolders(content).map((folder) => resolveFolder(folder, content.entries) ?? folder);
  const byName = new Map<string, string[]>();
  for (const { path } of content.entries.values()) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  return (entry, elf, name) => {
    const own = entry.path.slice(0, entry.path.lastIndexOf("/"));
    const fits = (path: string): boolean => elfAt(content, path)?.machine === elf.machine;
    if (name.includes("/")) return fits(name);
    const runPath = elf.runPath.map((folder) => folder.replace(/\$ORIGIN|\$\{ORIGIN\}/g, own));
    return (
      [...runPath, ...configured].some((folder) => fits(`${folder}/${name}`)) ||
      // Below a folder of the loader's own are folders that it does not look into.
      (!configured.includes(own) && (byName.get(name) ?? []).some((path) => path.startsWith(`${own}/`) && fits(path)))
    );
  };
}

/** Through links of both kinds. */
function elfAt({ entries }: ImageContent, path: string): ElfFile | undefined {
  const entry = entries.get(resolveFolder(path, entries) ?? "");
  return entry?.type === "link" ? entries.get(entry.target ?? "")?.elf : entry?.elf;
}

const standardFolders = ["/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib"];

function loaderFolders({ texts }: ImageContent): readonly string[] {
  const named = [...texts]
    .filter(([path]) => /^\/etc\/(ld\.so\.conf(\.d\/.*)?|ld-musl-.*\.path)$/.test(path))
    .flatMap(([, text]) => text.split(/[\n:]/))
    .map((line) => line.trim())
    .filter((line) => line.startsWith("/"));
  return [...standardFolders, ...named];
}
