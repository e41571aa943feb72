import { readdirSync, readFileSync } from "node:fs";
import { register } from "node:module";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "./paths.js";

/** As GitHub reads it, as far as the tests look. */
export interface Workflow {
  readonly permissions?: unknown;
  readonly env?: Variables;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Job {
  readonly permissions?: unknown;
  readonly env?: Variables;
  readonly if?: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Variables;
}

type Variables = Readonly<Record<string, string | number>>;

const folder = join(repository, ".github", "workflows");

export const workflowFiles: readonly string[] = readdirSync(folder).sort();

export const workflowText = (file: string): string => readFileSync(join(folder, file), "utf8");

export const readWorkflow = (file: string): Workflow => parse(workflowText(file)) as Workflow;

// GitHub's parser imports its schema without saying that it is JSON: bundlers take that, and node does not.
const hook = `export const load = (url, context, next) =>
  next(url, url.endsWith("-v1.0.min.json") ? { ...context, importAttributes: { type: "json" } } : context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

/** What GitHub's own parser finds wrong with a workflow, by the schema that it publishes. */
export async function complaintsAbout(name: string, content: string): Promise<readonly string[]> {
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const { errors = [] } = value === undefined ? {} : await convertWorkflowTemplate(context, value);
  return [...context.errors.getErrors().map(String), ...errors.map(({ Message }) => Message)];
}
