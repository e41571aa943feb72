import type { Plan } from "../model/image.js";
import { uniqueTagPattern } from "../model/retention.js";

/** As a unique tag ends. */
const unique = String.raw`/-\d{8}(?:\.\d+)?$/`;

/** `generated/renovate.json`: a preset with which Renovate follows the tags of this catalog's images, in whatever registry they are. */
export function renderRenovate({ namespace, languages }: Plan): string {
  const names = languages.map(({ language }) => language).join("|");
  const ours = {
    matchDatasources: ["docker"],
    matchPackageNames: [`/(?:^|\\/)${namespace.replaceAll(".", "\\.")}\\/(?:${names})$/`],
  };
  const preset = {
    description: `How the tags of the images of ${namespace} are followed`,
    packageRules: [
      {
        description:
          "Tags that move: the same variant, and the digest that they point at, so that a rebuild is an update too",
        ...ours,
        versioning: "docker",
        pinDigests: true,
      },
      {
        description: "Tags that never move: the same variant, a newer version or a later build",
        ...ours,
        matchCurrentValue: unique,
        versioning: `regex:${uniqueTagPattern}`,
        pinDigests: false,
      },
    ],
  };
  return `${JSON.stringify(preset, undefined, 2)}\n`;
}
