import { type Command, Option } from "commander";
import { type Finish, mirrorOption, parsePlatforms, plainHttpOption, rootOf, show } from "./cli-options.js";
import type { Finding } from "./model/finding.js";
import { type Family, type Platform, platforms } from "./model/platform.js";
import { type EngineName, engineNames } from "./ports/engine.js";
import { printFindings } from "./reporters/doctor.js";

interface DoctorFlags {
  readonly engine?: EngineName;
  readonly builder?: string;
  readonly platform?: readonly Platform[];
  readonly registry?: string;
  readonly plainHttp?: boolean;
  readonly mirror: Partial<Record<Family, string>>;
  readonly json?: boolean;
}

const doctorHelp = `
Changes nothing, needs no catalog, and waits for an answer for some seconds, not longer. A catalog in the folder, and --registry, say what more there is to look at.
Exit status: 0 nothing fails (warnings or not), 1 something does, 2 the command is wrong.`;

/** Adds the command that looks at what all others stand on. */
export function addDoctor(program: Command, finish: Finish): void {
  program
    .command("doctor")
    .description("check what ingot stands on (engine, emulation, disk, mirrors, registry, clock), and say what to do")
    .addOption(new Option("--engine <engine>", "the container engine").choices(engineNames))
    .option("--builder <name>", "a builder of docker buildx")
    .option("--platform <list>", `some of ${platforms.join(",")}; all of the catalog's if not named`, parsePlatforms)
    .option("--registry <where>", "look at HOST[:PORT][/PATH], and at the login for it, as well")
    .addOption(plainHttpOption())
    .addOption(mirrorOption())
    .option("--json", "for programs")
    .action(async ({ engine, builder, platform, registry, plainHttp = false, mirror, json = false }: DoctorFlags) => {
      const { doctor } = await import("./commands/doctor.js");
      const where = { registry, plainHttp, mirrors: mirror };
      const result = await doctor(rootOf(program), { engine, builder, platforms: platform, ...where });
      const print = (findings: readonly Finding[]): void => printFindings(findings, json);
      show(result, print, finish, (findings) => (findings.some(isFailure) ? 1 : 0));
    })
    .addHelpText("after", doctorHelp);
}

const isFailure = ({ verdict }: Finding): boolean => verdict === "fail";
