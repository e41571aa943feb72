import { parseDigest } from "../model/reference.js";
import { isLoopback } from "./registry-address.js";

const dockerHub = "docker.io/";
const official = "library/";

/** `docker.io/library/debian:trixie` for `debian:trixie`; works on the patterns of references as well. An image's id stays. */
export function wholeReference(reference: string): string {
  if (parseDigest(reference) !== undefined) return reference;
  const [first = "", ...rest] = reference.split("/");
  if (rest.length === 0) return `${dockerHub}${official}${reference}`;
  if (!isRegistry(first)) return `${dockerHub}${reference}`;
  return first === "docker.io" && rest.length === 1 ? `${dockerHub}${official}${rest[0]}` : reference;
}

/** `ingot/node:24` for `docker.io/ingot/node:24`, as Docker shows it and people write it. */
export function shortReference(reference: string): string {
  if (!reference.startsWith(dockerHub)) return reference;
  const path = reference.slice(dockerHub.length);
  const name = path.startsWith(official) ? path.slice(official.length) : path;
  // Without its registry, `docker.io/localhost/x` would be another image.
  return isRegistry(name.split("/")[0] ?? "") && name.includes("/") ? reference : name;
}

/** What two references to one image have in common: whole, with a tag or else a digest. */
export function referenceKey(reference: string): string {
  const [name = "", digest] = wholeReference(reference).split("@");
  const tagged = name.includes(":", name.lastIndexOf("/"));
  if (digest === undefined) return tagged ? name : `${name}:latest`;
  return `${tagged ? name.slice(0, name.lastIndexOf(":")) : name}@${digest}`;
}

/** The rule of Docker's reference grammar for what stands before the first slash. */
const isRegistry = (text: string): boolean => /[.:]/.test(text) || text === "localhost";

/** Registries on this machine are asked without TLS, as Docker does by itself. */
export function isOnLoopback(reference: string): boolean {
  const [host = ""] = wholeReference(reference).split("/");
  return isLoopback(host.replace(/:\d+$/, ""));
}

interface BuildNames {
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly contexts: Readonly<Record<string, string>>;
}

/** The images that a Dockerfile names and that are neither its own stages nor contexts of the build. */
export function imagesIn(dockerfile: string, { buildArguments, contexts }: BuildNames): readonly string[] {
  const defaults = [...dockerfile.matchAll(/^\s*ARG\s+(\w+)=(\S+)/gim)].map(([, name, value]) => [name, value]);
  const values: Readonly<Record<string, string>> = { ...Object.fromEntries(defaults), ...buildArguments };
  const filled = (name: string): string => name.replace(/\$\{?(\w+)\}?/g, (text, key: string) => values[key] ?? text);
  const froms = [...dockerfile.matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim)];
  const mounts = [...dockerfile.matchAll(/(?<=[\s,-])from=([^\s,]+)/g)];
  const stages = new Set(["scratch", ...froms.map(([, , stage]) => stage?.toLowerCase())]);
  const known = new Set(Object.keys(contexts).map(referenceKey));
  return [...froms, ...mounts]
    .map(([, name = ""]) => filled(name))
    .filter((name) => !stages.has(name.toLowerCase()) && !/^\d+$/.test(name) && !known.has(referenceKey(name)));
}
