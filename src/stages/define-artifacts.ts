import type { ArtifactDefinition, ArtifactFile, ArtifactSource, PerPlatform } from "../model/artifact.js";
import { leadsInside } from "../model/artifact.js";
import type { PackageSetFile, Variant } from "../model/definition.js";
import type { Diagnostic } from "../model/diagnostic.js";
import { architectureOf, type Platform } from "../model/platform.js";
import type { Path } from "../support/document.js";
import { own } from "../support/own.js";
import { suggestion } from "../support/validate.js";
import { type DefineContext, distributionOf, platformsOf, variantsOf } from "./define-context.js";
import { packageSetFor, packageSets, packageSetsFor } from "./package-sets.js";

/** What is listed for a variant alone. */
export function artifactsListed({ artifacts }: PackageSetFile, variant: Variant): readonly string[] {
  const list = artifacts === undefined ? undefined : own(artifacts, variant);
  return Array.isArray(list) ? list : [];
}

/** Every artifact that a pair has to do with, by name. */
export function artifactsFor(context: DefineContext, line: string, set: PackageSetFile): readonly ArtifactDefinition[] {
  return namesIn(context, set).map((name) => {
    const { strip, files = {}, links = {}, ...written } = writtenFor(context, line, name);
    return {
      name,
      source: sourceOf(written, line, platformsOf(context)),
      strip: strip ?? (written.npm === undefined ? 0 : 1),
      files,
      links,
    };
  });
}

function namesIn({ content }: DefineContext, set: PackageSetFile): readonly string[] {
  const version = set.artifacts?.version;
  const listed = variantsOf(content).flatMap((variant) => artifactsListed(set, variant));
  return [...new Set([...(version === undefined ? [] : [version]), ...listed])].sort();
}

/** A release line overrides an artifact's source key by key. */
const writtenFor = ({ content }: DefineContext, line: string, name: string): Partial<ArtifactFile> => ({
  ...own(content.artifacts, name),
  ...own(content.lines[line]?.artifacts, name),
});

function sourceOf(written: Partial<ArtifactFile>, line: string, platforms: readonly Platform[]): ArtifactSource {
  const { npm, range = line, version = "", url = "" } = written;
  const byPlatform = <T>(fill: (platform: Platform) => T) =>
    Object.fromEntries(platforms.map((platform) => [platform, fill(platform)]));
  if (npm !== undefined) return { kind: "npm", range, packages: byPlatform((platform) => forPlatform(npm, platform)) };
  const files = byPlatform((platform) => ({
    url: url
      .replaceAll("{version}", encodeURIComponent(version))
      .replaceAll("{arch}", written.arch?.[platform] ?? architectureOf(platform, "debian")),
    integrity: `sha256-${Buffer.from(forPlatform(written.sha256, platform) ?? "", "hex").toString("base64")}`,
  }));
  return { kind: "url", version, files };
}

const forPlatform = (value: string | PerPlatform<string> | undefined, platform: Platform): string =>
  (typeof value === "object" ? value[platform] : value) ?? "";

/** Names that are not there, sources that are not whole, and links that lead out. */
export function artifactComplaints(context: DefineContext): readonly Diagnostic[] {
  const complaints = [...nameComplaints(context), ...linkComplaints(context), ...pairComplaints(context)];
  // What all lines share is wrong once, not once for each of them.
  const keyOf = ({ message, place }: Diagnostic) => `${place?.line}:${place?.column} ${message}`;
  return [...new Map(complaints.map((complaint) => [keyOf(complaint), complaint])).values()];
}

function nameComplaints({ content, document }: DefineContext): readonly Diagnostic[] {
  const known = Object.keys(content.artifacts ?? {});
  const lists = packageSets(content).flatMap(({ set, path }) =>
    Object.entries(set.artifacts ?? {}).flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).map((name, index) => ({
        name,
        path: [...path, "artifacts", key, ...(Array.isArray(value) ? [index] : [])],
        part: "value" as const,
      })),
    ),
  );
  const overrides = Object.entries(content.lines).flatMap(([line, { artifacts }]) =>
    Object.keys(artifacts ?? {}).map((name) => ({
      name,
      path: ["lines", line, "artifacts", name],
      part: "key" as const,
    })),
  );
  return [...lists, ...overrides].flatMap(({ name, path, part }): readonly Diagnostic[] =>
    name === undefined || known.includes(name)
      ? []
      : [
          {
            rule: "unknown-artifact",
            message: `the definition has no artifact ${name}${suggestion(name, known)}`,
            place: document.placeOf(path, part),
          },
        ],
  );
}

function linkComplaints({ content, document }: DefineContext): readonly Diagnostic[] {
  return Object.entries(content.artifacts ?? {}).flatMap(([name, { links = {} }]) =>
    Object.entries(links)
      .filter(([link, target]) => !leadsInside(link, target))
      .map(([link, target]) => ({
        rule: "invalid-value" as const,
        message: `${link} leads to ${target}, which is not below /usr or /opt`,
        place: document.placeOf(["artifacts", name, "links", link]),
      })),
  );
}

function pairComplaints(context: DefineContext): readonly Diagnostic[] {
  const { content, document } = context;
  return Object.entries(content.lines).flatMap(([line, { on }]) =>
    Object.keys(on).flatMap((place) => {
      const distribution = distributionOf(context, place);
      if (distribution === undefined) return [];
      const set = packageSetFor(packageSetsFor(content, line, distribution));
      const twice =
        set.version === undefined || set.artifacts?.version === undefined
          ? []
          : [
              {
                rule: "invalid-value" as const,
                message: `both the package ${set.version} and the artifact ${set.artifacts.version} give the version on ${place}`,
                place: document.placeOf(["lines", line, "on", place], "key"),
              },
            ];
      const names = namesIn(context, set).filter((name) => own(content.artifacts, name) !== undefined);
      return [...twice, ...names.flatMap((name) => sourceComplaints(context, line, name))];
    }),
  );
}

/** What a source lacks, or has beside what goes with it. */
function sourceComplaints(context: DefineContext, line: string, name: string): readonly Diagnostic[] {
  const { content, document } = context;
  const written = writtenFor(context, line, name);
  const pathOf = (key: keyof ArtifactFile): Path =>
    Object.hasOwn(own(content.lines[line]?.artifacts, name) ?? {}, key)
      ? ["lines", line, "artifacts", name, key]
      : ["artifacts", name, key];
  const complain = (rule: "invalid-value" | "missing-key", key: keyof ArtifactFile, message: string): Diagnostic => ({
    rule,
    message: `the artifact ${name} ${message}`,
    place: document.placeOf(pathOf(key), "key"),
  });
  if ((written.npm === undefined) === (written.url === undefined))
    return [complain("invalid-value", "npm", "needs either npm or url: where it comes from")];
  const isNpm = written.npm !== undefined;
  const idle = (isNpm ? (["version", "sha256", "arch"] as const) : (["range"] as const)).filter(
    (key) => written[key] !== undefined,
  );
  const other = isNpm ? "npm, whose registry knows the version and the checksum" : "a URL, which has one version";
  const needed = isNpm ? (["npm"] as const) : (["version", "sha256"] as const);
  return [
    ...idle.map((key) => complain("invalid-value", key, `has ${key}, and comes from ${other}`)),
    ...needed.flatMap((key) => lackComplaints(written[key], key, platformsOf(context), complain)),
  ];
}

function lackComplaints<Key extends keyof ArtifactFile>(
  value: string | PerPlatform<string> | undefined,
  key: Key,
  platforms: readonly Platform[],
  complain: (rule: "missing-key", key: Key, message: string) => Diagnostic,
): readonly Diagnostic[] {
  if (value === undefined) return [complain("missing-key", key, `has no ${key}, which goes with its URL`)];
  const lacking = platforms.filter((platform) => forPlatform(value, platform) === "");
  return lacking.length === 0 ? [] : [complain("missing-key", key, `has no ${key} for ${lacking.join(" and ")}`)];
}
