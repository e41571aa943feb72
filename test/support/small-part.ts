import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, YAMLMap } from "yaml";
import { generate } from "../../src/commands/generate.js";
import { loadCatalog } from "../../src/stages/load.js";
import { lockChecksum } from "../../src/stages/locked.js";
import { setChecksum } from "./checkouts.js";

export interface Part {
  readonly languages: readonly string[];
  readonly distribution: string;
}

/**
 * Leaves some languages of the reference catalog, on one distribution: with the same images to the byte, and what is current is asked in
 * seconds.
 */
export function leavePart(catalog: string, { languages, distribution }: Part): void {
  const folder = join(catalog, "languages");
  for (const name of readdirSync(folder)) {
    const [language = "", extension] = name.split(".");
    if (name === "schema.json" || languages.includes(language)) continue;
    rmSync(join(folder, name), { recursive: extension === undefined });
  }
  for (const language of languages)
    editYaml(join(folder, `${language}.yaml`), (text) => leaveLines(text, distribution));
  editYaml(join(catalog, "catalog.yaml"), (text) => leaveDistribution(text, distribution));
  const loaded = loadCatalog(catalog);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
  setChecksum(catalog, lockChecksum(loaded.value));
  const generated = generate(catalog, { check: false });
  if (!generated.ok) throw new Error(generated.diagnostics.map(({ message }) => message).join("\n"));
}

function editYaml(file: string, edit: (text: string) => string): void {
  writeFileSync(file, edit(readFileSync(file, "utf8")));
}

function leaveLines(text: string, distribution: string): string {
  const document = parseDocument(text);
  const lines = document.get("lines") as YAMLMap<{ value: string }, YAMLMap<{ value: string }>>;
  for (const { key, value } of [...lines.items]) {
    const on = value?.get("on");
    if (!(on instanceof YAMLMap)) continue;
    for (const { key: name } of [...on.items]) if (String(name) !== distribution) on.delete(name);
    if (on.items.length === 0) lines.delete(key);
  }
  // Some would be of packages that are no more.
  document.delete("reasons");
  return document.toString({ lineWidth: 0 });
}

function leaveDistribution(text: string, distribution: string): string {
  const document = parseDocument(text);
  const distributions = document.get("distributions") as YAMLMap;
  for (const { key } of [...distributions.items]) if (String(key) !== distribution) distributions.delete(key);
  const family = document.getIn(["distributions", distribution, "family"]) as string;
  document.set("prefer", [distribution]);
  document.set("floating", { [family]: distribution });
  document.set("quickstart", ["base"]);
  document.delete("mirrors");
  return document.toString({ lineWidth: 0 });
}
