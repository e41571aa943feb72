import { closest } from "fastest-levenshtein";
import picomatch from "picomatch";
import { type Diagnostic, failed, ok, type Result } from "./diagnostic.js";
import type { Image } from "./image.js";

/** A reference with globs, as given: `node`, `node:24`, `python:*-dev`, `*:*-trixie`, `ingot/python:3.13`. */
export type Selector = string;

interface Matcher {
  readonly language: (image: Image) => boolean;
  readonly tag: (text: string) => boolean;
}

function parseSelector(selector: Selector): Matcher {
  const { language, tag } = partsOf(selector);
  // A tag's dots and dashes are ordinary characters, and a leading dot cannot occur.
  return { language: languageMatcher(language), tag: matcherOf(tag ?? "*") };
}

/** A language, or a repository as a reference has it: `ingot/python`. */
function languageMatcher(glob: string): (image: Image) => boolean {
  const matches = matcherOf(glob);
  return glob.includes("/") ? ({ repository }) => matches(repository) : ({ language }) => matches(language);
}

function partsOf(selector: Selector): { readonly language: string; readonly tag?: string } {
  const colon = selector.indexOf(":");
  return colon === -1 ? { language: selector } : { language: selector.slice(0, colon), tag: selector.slice(colon + 1) };
}

const matcherOf = (glob: string): ((text: string) => boolean) => (glob === "" ? () => false : picomatch(glob));

/**
 * The images that any of the selectors matches; all for no selector. A selector that matches none is a complaint that
 * names the nearest reference.
 */
export function selectImages(images: readonly Image[], selectors: readonly Selector[]): Result<readonly Image[]> {
  if (selectors.length === 0) return ok(images);
  const complaints: Diagnostic[] = [];
  const selected = new Set<Image>();
  for (const selector of selectors) {
    const { language, tag } = parseSelector(selector);
    const matched = images.filter((image) => language(image) && image.tags.some((each) => tag(each)));
    if (matched.length === 0) complaints.push(unmatched(selector, images));
    for (const image of matched) selected.add(image);
  }
  if (complaints.length > 0) return failed(...complaints);
  return ok(images.filter((image) => selected.has(image)));
}

function unmatched(selector: Selector, images: readonly Image[]): Diagnostic {
  const near = images.length === 0 ? "" : `; did you mean ${nearest(selector, images)}?`;
  return { rule: "unmatched-selector", message: `${JSON.stringify(selector)} matches no image${near}` };
}

/** The nearest language where there is none of that name, the nearest tag where there is. */
function nearest(selector: Selector, images: readonly Image[]): string {
  const { language } = partsOf(selector);
  const named = images.filter(languageMatcher(language));
  const nameOf = (image: Image): string => (language.includes("/") ? image.repository : image.language);
  if (named.length === 0) return closest(language, [...new Set(images.map(nameOf))]);
  return closest(
    selector,
    named.flatMap((image) => image.tags.map((tag) => `${nameOf(image)}:${tag}`)),
  );
}
