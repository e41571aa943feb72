import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { CommandShape, Completion, ListedImage } from "../model/completion.js";
import { parseRepositoryName, parseTag } from "../model/reference.js";
import { listFiles, readText } from "../ports/files.js";
import { complete } from "../support/complete.js";
import { completeSelector } from "../support/complete-selector.js";
import type { TypedLine } from "../support/shell-words.js";

/** What could stand at the cursor. Throws where the catalog's list of images cannot be read: who types has no use for the reason. */
export function completeLine(program: CommandShape, typed: TypedLine): Completion {
  return complete(program, typed, (text, catalog = ".") =>
    completeSelector(listImages(resolve(catalog.replace(/^~(?=\/|$)/, homedir()))), text),
  );
}

/** What is used of `generated/catalog.json`. */
interface Index {
  readonly languages: readonly {
    readonly language: string;
    readonly pairs: readonly {
      readonly version: string;
      readonly distribution: string;
      readonly images: readonly {
        readonly variant: string;
        readonly repository: string;
        readonly tags: readonly string[];
      }[];
    }[];
  }[];
}

/** As the last `ingot generate` listed them: to load and plan a catalog takes too long for a key. Before the first, only languages. */
function listImages(root: string): readonly ListedImage[] {
  const text = readText(join(root, "generated", "catalog.json"));
  if (text === undefined) return listLanguages(root);
  return (JSON.parse(text) as Index).languages.flatMap(({ language, pairs }) =>
    pairs.flatMap(({ version, distribution, images }) =>
      images.flatMap(({ variant, repository, tags }) => {
        const description = `${version} on ${distribution}, ${variant}`;
        return listed({ language, repository, tags, description });
      }),
    ),
  );
}

/** Only what has a name: a catalog is somebody's files, and what is proposed gets into somebody's command line. */
const listed = (image: ListedImage): readonly ListedImage[] =>
  [image.language, image.repository].every((name) => parseRepositoryName(name) !== undefined)
    ? [{ ...image, tags: image.tags.filter((tag) => parseTag(tag) !== undefined) }]
    : [];

const listLanguages = (root: string): readonly ListedImage[] =>
  listFiles(join(root, "languages")).flatMap((path) => {
    const [, language] = /^([^/]+)\.yaml$/.exec(path) ?? [];
    return language === undefined ? [] : listed({ language, repository: language, tags: [], description: "" });
  });
