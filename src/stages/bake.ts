import { closest } from "fastest-levenshtein";
import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { folderOf, type Image, type ImageId, imagesOf, type Plan } from "../model/image.js";
import type { Platform } from "../model/platform.js";
import { referenceKey, shortReference } from "../ports/engine-references.js";
import type { Tree } from "../ports/files.js";

/** A file for `docker buildx bake`, as JSON. Paths in it are below the catalog's folder, where bake must be started. */
export interface BakeFile {
  /** `default` is what was selected; each language has a group of its own. */
  readonly group: Readonly<Record<string, { readonly targets: readonly string[] }>>;
  readonly target: Readonly<Record<string, BakeTarget>>;
}

/** By bake's own words ("Bake file reference", `target`). */
interface BakeTarget {
  readonly context: string;
  /** Name in a Dockerfile → what it stands for: `target:NAME`, or as `--build-context` takes it. */
  readonly contexts: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, string>>;
  /** Absent where the image was not selected: it is built for others, and not stored. */
  readonly tags?: readonly string[];
  readonly platforms: readonly Platform[];
  readonly secret?: readonly string[];
  readonly attest: readonly string[];
  readonly output: readonly string[];
}

export interface BakeOptions {
  /** Where none are named, all that an image has. */
  readonly platforms: readonly Platform[] | undefined;
  /** Name in a Dockerfile → what it stands for, in place of what it would. */
  readonly contexts: Readonly<Record<string, string>>;
  /** A file with sources of packages, which builds mount as the secret `mirror`. */
  readonly mirrorFile: string | undefined;
}

interface BakeContext extends BakeOptions {
  readonly plan: Plan;
  readonly tree: Tree;
}

/** The selected images and all that they are built on, as targets that are linked to each other. */
export function makeBakeFile(images: readonly Image[], context: BakeContext): Result<BakeFile> {
  const { plan } = context;
  const names = bakeNames(["default", ...plan.languages.map(({ language }) => language), ...imagesOf(plan).map(idOf)]);
  const nameOf = (id: string): string => names.get(id) as string;
  const selected = images.filter((image) => platformsOf(image, context).length > 0);
  const stored = new Set(selected);
  const needed = neededBy(selected, context);
  const complaints = unusedContexts(needed, context);
  if (complaints.length > 0) return failed(...complaints);
  const group = (of: readonly Image[]) => ({ targets: of.map(({ id }) => nameOf(id)) });
  const languages = [...new Set(selected.map(({ language }) => language))].map(
    (language) => [nameOf(language), group(selected.filter((image) => image.language === language))] as const,
  );
  return ok({
    group: { default: group(selected), ...Object.fromEntries(languages) },
    target: Object.fromEntries(
      needed.map((image) => [
        nameOf(image.id),
        { ...targetOf(image, nameOf, context), ...resultOf(image, stored.has(image)) },
      ]),
    ),
  });
}

const idOf = ({ id }: Image): string => id;

/** Names that bake takes, `[a-zA-Z0-9_-]+`, each for one id and one alone: `python-3_13-trixie-dev` for `python/3.13/trixie/dev`. */
export function bakeNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const id of new Set(ids)) {
    const plain = id.replaceAll("/", "-").replace(/[^a-zA-Z0-9_-]/g, "_");
    let name = plain;
    for (let count = 2; taken.has(name); count += 1) name = `${plain}-${count}`;
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

function targetOf(image: Image, nameOf: (id: string) => string, context: BakeContext): Omit<BakeTarget, "output"> {
  const { tree, mirrorFile } = context;
  const mountsMirror = /--mount=\S*\bid=mirror\b/.test(tree.get(`${image.id}/Dockerfile`)?.text ?? "");
  const contexts = namesIn(image, context).map(({ name, id, value }): [string, string] => [
    contextName(name),
    id === undefined ? literal(value) : `target:${nameOf(id)}`,
  ]);
  return {
    context: folderOf(image),
    contexts: Object.fromEntries(contexts),
    args: { SOURCE_DATE_EPOCH: String(image.sourceDateEpoch) },
    platforms: platformsOf(image, context),
    ...(mirrorFile !== undefined && mountsMirror
      ? { secret: [`id=mirror,${csvField(`src=${literal(mirrorFile)}`)}`] }
      : {}),
    // As `ingot build` does it: their digest is another in each build.
    attest: ["type=provenance,disabled=true", "type=sbom,disabled=true"],
  };
}

/** What is stored has OCI's media types, as `ingot build` makes it. */
const resultOf = ({ repository, tags }: Image, isSelected: boolean): Pick<BakeTarget, "tags" | "output"> =>
  isSelected
    ? { tags: tags.map((tag) => `${repository}:${tag}`), output: ["type=image,oci-mediatypes=true"] }
    : { output: ["type=cacheonly"] };

interface NameInDockerfile {
  readonly name: string;
  /** The image of the catalog that it stands for; absent where it stands for something else. */
  readonly id?: ImageId;
  /** As `--build-context` takes it. */
  readonly value: string;
}

/** What a Dockerfile names that is not its own. */
function namesIn({ parent, builder, artifacts }: Image, { contexts }: BakeOptions): readonly NameInDockerfile[] {
  const given = new Map(Object.entries(contexts).map(([name, value]) => [referenceKey(name), value]));
  const image = ({ id, reference }: { readonly id?: ImageId; readonly reference: string }): NameInDockerfile => {
    const value = keysOf(reference)
      .map((key) => given.get(key))
      .find((each) => each !== undefined);
    if (value !== undefined || id === undefined)
      return { name: reference, value: value ?? `docker-image://${reference}` };
    return { name: reference, id, value: "" };
  };
  return [
    ...(parent.kind === "scratch" ? [] : [image(parent.kind === "image" ? parent : { reference: parent.reference })]),
    ...(builder === undefined ? [] : [image(builder)]),
    ...artifacts.map(({ reference }) => image({ reference })),
  ];
}

/** Parents before their children. What a given context stands for is not built. */
function neededBy(selected: readonly Image[], context: BakeContext): readonly Image[] {
  const all = imagesOf(context.plan);
  const needed = new Set<ImageId>(selected.map(({ id }) => id));
  for (const image of [...all].reverse())
    if (needed.has(image.id)) for (const { id } of namesIn(image, context)) if (id !== undefined) needed.add(id);
  return all.filter(({ id }) => needed.has(id));
}

const platformsOf = (image: Image, { platforms }: BakeOptions): readonly Platform[] =>
  image.platforms.filter((platform) => platforms?.includes(platform) ?? true);

/** A name that no Dockerfile has would change nothing, and nobody would notice. */
function unusedContexts(images: readonly Image[], context: BakeContext): readonly Diagnostic[] {
  const names = [
    ...new Set(images.flatMap((image) => namesIn(image, context)).map(({ name }) => shortReference(name))),
  ];
  const used = new Set(names.flatMap(keysOf));
  return Object.keys(context.contexts)
    .filter((name) => !used.has(referenceKey(name)))
    .map((name) => ({
      rule: "invalid-option",
      message: `--context names ${JSON.stringify(name)}, which none of the Dockerfiles does${names.length === 0 ? "" : `; did you mean ${closest(shortReference(name), names)}?`}`,
    }));
}

/** What `--context` may call a name: a digest that the lock pins may be left out. */
const keysOf = (reference: string): readonly string[] => [reference, reference.replace(/@.*/, "")].map(referenceKey);

/** As BuildKit looks it up, and bake, other than `docker buildx build`, does not write it by itself. */
const contextName = (name: string): string => shortReference(name).replace(/:latest$/, "");

/** In a JSON file, bake reads strings as templates of HCL. */
const literal = (text: string): string => text.replace(/[$%](?=\{)/g, (sign) => sign + sign);

/** A field of comma-separated values, as RFC 4180 quotes it. */
const csvField = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
