import type { Candidate, ListedImage } from "../model/completion.js";

/**
 * Selectors that begin with a text: languages, and with the colon of one their tags. Of tags, only the next part between hyphens, as folders
 * of a path are: `3.13` before `3.13-trixie-dev`. Globs are for who writes them.
 */
export function completeSelector(images: readonly ListedImage[], text: string): readonly Candidate[] {
  const colon = text.indexOf(":");
  const nameOf = ({ language, repository }: ListedImage): string => (text.includes("/") ? repository : language);
  if (colon !== -1) {
    const named = images.filter((image) => nameOf(image) === text.slice(0, colon));
    return tagsOf(named, text.slice(colon + 1)).map((each) => ({
      ...each,
      word: `${text.slice(0, colon)}:${each.word}`,
    }));
  }
  const names = [...new Set(images.map(nameOf))].filter((name) => name.startsWith(text)).sort();
  const [only] = names;
  // Of the only one, the tags are shown at once: its name is what they have in common.
  if (names.length !== 1 || only === undefined) return names.map((word) => ({ word, description: "all its images" }));
  return [{ word: only, description: "all its images" }, ...completeSelector(images, `${only}:`)];
}

const collator = new Intl.Collator("en", { numeric: true });

function tagsOf(images: readonly ListedImage[], text: string): readonly Candidate[] {
  const all = images
    .flatMap(({ tags, description }) => tags.map((word) => ({ word, description })))
    .filter(({ word }) => word.startsWith(text))
    .sort((a, b) => collator.compare(a.word, b.word));
  const next = all.filter(({ word }) => /^-?[^-]*$/.test(word.slice(text.length)));
  return next.length > 1 ? next : all;
}
