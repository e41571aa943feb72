import type { Command } from "commander";
import { type Finish, plainHttpOption, show } from "./cli-options.js";
import { isVerified } from "./model/verification.js";
import { formatImageChanges } from "./reporters/changes.js";
import { print, say } from "./reporters/output.js";
import type { Surface } from "./reporters/surface.js";
import { formatVerification } from "./reporters/verification.js";
import { visible } from "./reporters/visible.js";
import type { PublishedChanges } from "./stages/published-changes.js";

const referenceHelp = `
REF is an image in a registry: registry.example/acme/python:3.13, or by its digest …/python@sha256:…`;

/** Adds the commands that ask a registry about what was published, and need no catalog. */
export function addPublished(program: Command, finish: Finish): void {
  addVerify(program, finish);
  addChanges(program, finish);
}

interface PublishedFlags {
  readonly plainHttp?: boolean;
  readonly json?: boolean;
}

interface VerifyFlags extends PublishedFlags {
  readonly key: string;
}

function addVerify(program: Command, finish: Finish): void {
  program
    .command("verify <ref>")
    .description("check what was published: each platform's signature, bill of materials and labels")
    .requiredOption("--key <key>", "the public key, as cosign takes it: a file, mostly")
    .addOption(plainHttpOption())
    .option("--json", "for programs")
    .addHelpText("after", referenceHelp)
    .action(async (reference: string, { key, plainHttp = false, json = false }: VerifyFlags) => {
      const { verify } = await import("./commands/verify.js");
      const result = await verify(reference, { key, plainHttp });
      show(
        result,
        (value) => print(json ? formatJson(value) : (surface) => formatVerification(value, surface)),
        finish,
        (value) => (isVerified(value) ? 0 : 1),
      );
    });
}

function addChanges(program: Command, finish: Finish): void {
  program
    .command("changes <ref>")
    .description("what is in a published image that was not in the one before it, and why it was built")
    .addOption(plainHttpOption())
    .option("--json", "for programs")
    .addHelpText("after", referenceHelp)
    .action(async (reference: string, { plainHttp = false, json = false }: PublishedFlags) => {
      const { changes } = await import("./commands/changes.js");
      const result = await changes(reference, plainHttp);
      show(
        result,
        (value) => {
          for (const image of value) complainOf(image);
          if (json) print(formatJson(value));
          else if (value.some(isKnown)) print(formatText(reference, value.filter(isKnown)));
        },
        finish,
        (value) => (value.every(isKnown) ? 0 : 1),
      );
    });
}

const isKnown = ({ changes }: PublishedChanges): boolean => changes.length > 0;

function complainOf({ reference, platform, changes, unusable }: PublishedChanges): void {
  const name = `${reference} (${platform})`;
  for (const reason of unusable) say(visible(`${name}: a list of changes cannot be used: ${reason}`));
  if (changes.length === 0) say(visible(`${name}: nobody attached what changed`));
}

const formatText =
  (reference: string, published: readonly PublishedChanges[]) =>
  (surface: Surface): string =>
    published
      .flatMap(({ platform, changes }) =>
        changes.map((each) => formatImageChanges(reference, { ...each, platform }, surface)),
      )
      .join("\n\n");

const formatJson = (value: unknown): string => JSON.stringify(value, undefined, 2);
