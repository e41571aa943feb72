// Databases do not say which a maintainer is. These words are in no person's name, and lists have many readers.
const organisation = /\b(?:team|maintainers?|developers?|group|project|packagers|packages|foundation|debian)\b/i;
const list = /@(?:lists|tracker|packages|alioth-lists)\.|-(?:devel|team|maint|dev)@/i;

// More is no name.
const longest = 200;

/** `Organization: Zlib Team (zlib@example.org)`, as SPDX 2.3 has suppliers (7.5); NOASSERTION where none is known. */
export function supplierOf(maintainer: string | undefined): string {
  const words = (maintainer ?? "").replace(/\s+/g, " ").trim();
  if (words.length > longest) return "NOASSERTION";
  const [, name = "", address = ""] = /^"?([^<>"]*?)"? ?(?:<([^<> ]*)>)?$/.exec(words) ?? [];
  const known = name === "" ? address : name;
  if (known === "") return "NOASSERTION";
  const kind = organisation.test(known) || list.test(address) ? "Organization" : "Person";
  return `${kind}: ${known}${address === "" || address === known ? "" : ` (${address})`}`;
}
