import { resolve } from "node:path";
import { failed, ok, type Result } from "../model/diagnostic.js";
import { parseRegistry, parseRepositoryName } from "../model/reference.js";
import { createLayoutRegistry } from "../ports/layout-registry.js";
import { createRegistry, type Registry } from "../ports/registry.js";

/** A registry, and what goes before the language in its repositories. */
export interface Target {
  readonly registry: Registry;
  readonly path: string;
}

const layout = "oci:";

/** `127.0.0.1:5000/acme`, or `oci:FOLDER` for an OCI image layout; the namespace where there is no path. */
export function targetOf(location: string, namespace: string, plainHttp: boolean): Result<Target> {
  if (location.startsWith(layout) && location.length > layout.length)
    return ok({ registry: createLayoutRegistry(resolve(location.slice(layout.length))), path: namespace });
  const slash = location.indexOf("/");
  const host = parseRegistry(slash === -1 ? location : location.slice(0, slash));
  const path = slash === -1 ? namespace : parseRepositoryName(location.slice(slash + 1).replace(/\/+$/, ""));
  if (host !== undefined && path !== undefined)
    return ok({ registry: createRegistry(plainHttp ? { host, plainHttp } : { host }), path });
  return failed({
    rule: "invalid-option",
    message: `--registry must be HOST[:PORT][/PATH], such as 127.0.0.1:5000/acme, or oci:FOLDER, and is ${JSON.stringify(location)}`,
  });
}
