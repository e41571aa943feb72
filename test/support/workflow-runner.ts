import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import type { Job, Step, Workflow } from "./workflows.js";

type Environment = Readonly<Record<string, string>>;

export interface JobRun {
  /** The catalog, checked out. */
  readonly folder: string;
  /** For files of the runner's own. */
  readonly scratch: string;
  /** What the workflow's own environment would be on GitHub. */
  readonly env: Environment;
  /** What the expressions in the environment of jobs and steps come to, as they are written: `matrix.selectors`. */
  readonly values?: Environment;
  /** More of the environment for steps, by name. */
  readonly more?: Readonly<Record<string, Environment>>;
  /** The name of the one step that is run. */
  readonly only?: string;
}

export interface JobResult {
  /** That of the step that failed. */
  readonly status: number;
  /** `stale.matrix`, by step and name. */
  readonly outputs: Environment;
  readonly summary: string;
  /** What the steps printed, standard error too. */
  readonly log: string;
}

/** What a checkout here has already, and what no test may do to its machine. */
const isPrepared = ({ run, if: condition }: Step): boolean =>
  run === "make compile" || condition === "runner.environment == 'github-hosted'";

/** Runs the commands of a job one after another, as a runner does, and ends with the first that fails. Actions are not run. */
export async function runJob(workflow: Workflow, id: string, run: JobRun): Promise<JobResult> {
  const job = workflow.jobs[id];
  if (job === undefined) throw new Error(`there is no job ${id}`);
  rmSync(run.scratch, { recursive: true, force: true });
  mkdirSync(run.scratch, { recursive: true });
  const summary = join(run.scratch, "summary.md");
  writeFileSync(summary, "");
  let result: JobResult = { status: 0, outputs: {}, summary: "", log: "" };
  const isMeant = (step: Step): boolean => (run.only ?? step.name) === step.name && !isPrepared(step);
  for (const step of job.steps.filter((each) => each.run !== undefined && isMeant(each))) {
    const { status, outputs, log } = await runStep(step, environmentOf(workflow, job, step, run), run);
    result = {
      ...{ status, log: `${result.log}${log}\n`, summary: readFileSync(summary, "utf8") },
      outputs: { ...result.outputs, ...outputs },
    };
    if (status !== 0) break;
  }
  return result;
}

function environmentOf(workflow: Workflow, job: Job, step: Step, { env, values = {}, more = {} }: JobRun): Environment {
  const written = Object.entries({ ...workflow.env, ...job.env, ...step.env });
  const evaluated = written.map(([name, value]) => [name, env[name] ?? evaluate(String(value), values)]);
  return { ...env, ...Object.fromEntries(evaluated), ...more[step.name ?? ""] };
}

/** Of an expression that no value was given for, nothing can be said: the test is to be completed. */
function evaluate(text: string, values: Environment): string {
  return text.replace(/\$\{\{ *(.*?) *\}\}/g, (_, expression: string) => {
    const value = values[expression];
    if (value === undefined) throw new Error(`the test has no value for \${{ ${expression} }}`);
    return value;
  });
}

/** As GitHub runs `shell: bash`. */
async function runStep(
  { id = "", run = "" }: Step,
  env: Environment,
  { folder, scratch }: JobRun,
): Promise<Pick<JobResult, "status" | "outputs" | "log">> {
  const [script, output] = [join(scratch, "step.sh"), join(scratch, "output")];
  writeFileSync(script, run);
  writeFileSync(output, "");
  const { exitCode, all = "" } = await execa("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
    cwd: folder,
    env: { ...env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: join(scratch, "summary.md") },
    ...{ reject: false, all: true, stdin: "ignore" },
  });
  const lines = readFileSync(output, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const outputs = lines.map((line) => [`${id}.${line.slice(0, line.indexOf("="))}`, line.slice(line.indexOf("=") + 1)]);
  return { status: exitCode ?? -1, outputs: Object.fromEntries(outputs), log: all };
}
