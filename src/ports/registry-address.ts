import { Failure } from "../model/failure.js";
import { parseRegistry, parseRepositoryName } from "../model/reference.js";
import { oneLine } from "../support/text.js";

/**
 * Where a registry's API is: `http://127.0.0.1:5000/`, `https://registry-1.docker.io/`. Plain HTTP for a host on loopback,
 * or as `plainHttp` asks. Throws a Failure for a host that is none.
 */
export function registryUrl(host: string, plainHttp?: boolean): URL {
  if (parseRegistry(host) === undefined || !URL.canParse(`https://${host}/`)) {
    throw new Failure(`${oneLine(JSON.stringify(host), 100)} is not the host of a registry`);
  }
  // Docker Hub's own name is a website; its registry is beside it.
  const url = new URL(`https://${host === "docker.io" ? "registry-1.docker.io" : host}/`);
  return (plainHttp ?? isLoopback(url.hostname)) ? new URL(`http://${host}/`) : url;
}

/** `/v2/ingot/node`. Throws a Failure for a name outside the grammar, which could leave the repository it seems to be in. */
export function pathOf(repository: string): string {
  if (parseRepositoryName(repository) === undefined) throw new Failure("that is not the name of a repository");
  return `/v2/${repository}`;
}

/** `repository:ingot/node:pull`, of distribution's token scopes. */
export function scopeOf(repository: string, actions: "pull" | "pull,push"): string {
  return `repository:${repository}:${actions}`;
}

/**
 * The address of a token server, which a login may be sent to. Throws a Failure for one that is not HTTPS, unless the
 * registry itself speaks plain HTTP and the server is on the same host or on loopback.
 */
export function realmUrl(realm: string, registry: URL): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || `${url.username}${url.password}` !== "")
    throw new Failure("it names a token server by what is no URL");
  const near = isLoopback(url.hostname) || url.hostname === registry.hostname;
  if (url.protocol === "https:" || (url.protocol === "http:" && registry.protocol === "http:" && near)) return url;
  throw new Failure(`it names the token server ${oneLine(url.host, 100)}, which does not speak HTTPS`);
}

/**
 * Where an upload goes: what the registry said of it, from its root or whole, with a query or without. Throws a Failure for one
 * that is no place for the content: not HTTPS, unless the registry itself speaks plain HTTP and it is on the same host or on loopback.
 */
export function uploadUrl(location: string, registry: URL, digest: string): URL {
  const said = URL.canParse(location, registry.href) ? new URL(location, registry) : undefined;
  if (said === undefined || location === "" || `${said.username}${said.password}` !== "")
    throw new Failure("it wants the upload at what is no URL");
  const here = said.hostname === registry.hostname;
  // Behind a proxy that ends TLS, a registry may take itself for one that speaks plain HTTP.
  const mistaken = here && said.protocol === "http:" && registry.protocol === "https:";
  const url = mistaken ? new URL(`${said.pathname}${said.search}`, registry) : said;
  const near = registry.protocol === "http:" && (here || isLoopback(url.hostname));
  if (url.protocol !== "https:" && !(url.protocol === "http:" && near))
    throw new Failure(`it wants the upload at ${oneLine(url.host, 100)}, which does not speak HTTPS`);
  // As it stands: what is in the query may be signed, letter for letter.
  url.search = `${url.search === "" ? "?" : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  return url;
}

/** 127.0.0.0/8, ::1 and localhost; of a host without its port, in which numbers are already normal. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
