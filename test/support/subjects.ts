import type { Distribution } from "../../src/model/catalog.js";
import type { Family } from "../../src/model/platform.js";
import { parseVersion, type Version } from "../../src/model/version.js";
import type { TagSubject } from "../../src/stages/tags.js";

function distribution(family: Family, name: string, release: string, preference: number): Distribution {
  return {
    name,
    family,
    release,
    branch: name,
    image: `docker.io/library/${family}:${release}`,
    preference,
    floats: true,
  };
}

/** Preferred in this order. */
export const trixie = distribution("debian", "trixie", "13", 0);
export const alpine324 = distribution("alpine", "alpine3.24", "3.24", 1);
export const alpine323 = distribution("alpine", "alpine3.23", "3.23", 2);
export const alpine39 = distribution("alpine", "alpine3.9", "3.9", 2);
export const bookworm = distribution("debian", "bookworm", "12", 2);

export function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}

export function subject(
  line: string,
  text: string,
  on: Distribution,
  aliases: readonly string[] = [],
  variants = ["runtime", "dev"],
): TagSubject {
  return { line, version: version(text), distribution: on, aliases, variants };
}
