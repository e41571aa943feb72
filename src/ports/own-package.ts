import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readText } from "./files.js";

/** Where Ingot itself is: the folder with its package.json, templates and reference catalog. */
export const ownFolder = fileURLToPath(new URL("../../../", import.meta.url));

interface OwnPackage {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
}

const ownPackage = (): OwnPackage => JSON.parse(readText(join(ownFolder, "package.json")) ?? "{}") as OwnPackage;

/** `0.1.0` */
export const ownVersion = (): string => ownPackage().version ?? "unknown";

/** The versions of Node that Ingot runs on, as npm has them: `^20.19.0 || >=22.12.0` */
export const wantedNode = (): string => ownPackage().engines?.node ?? "*";
