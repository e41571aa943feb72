/** `24.16-alpine3.24-dev` in node:24.16-alpine3.24-dev. */
export type Tag = string & { readonly __brand: "Tag" };
/** `sha256:` and 64 hexadecimal digits. */
export type Digest = string & { readonly __brand: "Digest" };
/** `ingot/node` in 127.0.0.1:5000/ingot/node:24. */
export type RepositoryName = string & { readonly __brand: "RepositoryName" };

/** The name of an image in a registry or an engine. */
export interface Reference {
  /** `127.0.0.1:5000`; docker.io where none is written. */
  readonly registry: string;
  readonly repository: RepositoryName;
  readonly tag?: Tag;
  readonly digest?: Digest;
}

// The grammar of the OCI distribution spec ("Pulling manifests") and of the reference package of distribution.
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const componentPattern = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const repositoryPattern = new RegExp(`^${componentPattern}(?:/${componentPattern})*$`);
// A name that begins with a hyphen would be an option of the engine's client.
const label = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const registryPattern = new RegExp(
  `^(?:localhost|${label}(?:\\.${label})+|\\[[0-9a-fA-F:]+\\]|${label}(?=:))(?::\\d{1,5})?$`,
);

const defaultRegistry = "docker.io";

export function parseTag(text: string): Tag | undefined {
  return tagPattern.test(text) ? (text as Tag) : undefined;
}

export function parseDigest(text: string): Digest | undefined {
  return digestPattern.test(text) ? (text as Digest) : undefined;
}

export function parseRepositoryName(text: string): RepositoryName | undefined {
  return text.length <= 255 && repositoryPattern.test(text) ? (text as RepositoryName) : undefined;
}

export function parseRegistry(text: string): string | undefined {
  return registryPattern.test(text) ? text : undefined;
}

/** `docker.io/library/alpine:3.24`, `ingot/node@sha256:…`, `127.0.0.1:5000/acme/node`; undefined if it is none. */
export function parseReference(text: string): Reference | undefined {
  const [name = "", digestText, ...more] = text.split("@");
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  if (more.length > 0 || (digestText !== undefined && digest === undefined)) return undefined;
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  const tag = colon === -1 ? undefined : parseTag(name.slice(colon + 1));
  if (colon !== -1 && tag === undefined) return undefined;
  const path = colon === -1 ? name : name.slice(0, colon);
  const slash = path.indexOf("/");
  const registry = slash === -1 ? undefined : parseRegistry(path.slice(0, slash));
  const repository = parseRepositoryName(registry === undefined ? path : path.slice(slash + 1));
  if (repository === undefined) return undefined;
  return {
    registry: registry ?? defaultRegistry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}
