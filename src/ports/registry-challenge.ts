/** What a registry asks for with a 401. */
export type Challenge =
  | { readonly scheme: "basic" }
  | { readonly scheme: "bearer"; readonly realm: string; readonly service?: string; readonly scope?: string };

// A name alone begins a challenge; a name with a value is a parameter of the one before it (RFC 9110, 11.6.1).
const word = /([A-Za-z][A-Za-z0-9_-]*)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;

/**
 * `Bearer realm="https://auth.example/token",service="registry.example",scope="repository:acme/node:pull"`. Where several
 * schemes are offered a token is preferred to a password. Undefined where none of them is known.
 */
export function parseChallenge(header: string): Challenge | undefined {
  const offered = new Map<string, Map<string, string>>();
  let parameters = new Map<string, string>();
  for (const [text, name = "", quoted, plain] of header.matchAll(word)) {
    if (!text.includes("=")) {
      parameters = new Map();
      offered.set(name.toLowerCase(), parameters);
    } else parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "");
  }
  const bearer = offered.get("bearer");
  if (bearer === undefined) return offered.has("basic") ? { scheme: "basic" } : undefined;
  const [service, scope] = [bearer.get("service"), bearer.get("scope")];
  return {
    scheme: "bearer",
    realm: bearer.get("realm") ?? "",
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  };
}
