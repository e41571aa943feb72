import type { Finding, Verdict } from "../model/finding.js";
import { print } from "./output.js";
import { type Surface, unlimited } from "./surface.js";
import { visible } from "./visible.js";
import { beside } from "./wrap.js";

const words = { ok: "ok", warn: "warn", fail: "FAIL" } as const satisfies Readonly<Record<Verdict, string>>;
const colours = { ok: "green", warn: "yellow", fail: "red" } as const satisfies Readonly<Record<Verdict, string>>;

export function printFindings(findings: readonly Finding[], json: boolean): void {
  print(json ? formatFindingsJson(findings) : (surface) => formatFindings(findings, surface));
}

/** A line for each finding, what to do below it, and how it all stands. */
export function formatFindings(findings: readonly Finding[], { width, paint }: Surface = unlimited): string {
  const column = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, verdict, found, advice }) => [
    beside(`${paint(colours[verdict], words[verdict].padEnd(4))}  ${check.padEnd(column)}  `, visible(found), width),
    ...(advice === undefined ? [] : [beside(`${" ".repeat(column + 8)}${paint("dim", "→")} `, visible(advice), width)]),
  ]);
  return [...lines, "", formatCounts(findings)].join("\n");
}

function formatCounts(findings: readonly Finding[]): string {
  const count = (verdict: Verdict): number => findings.filter((each) => each.verdict === verdict).length;
  const [warnings, failures] = [count("warn"), count("fail")];
  if (warnings + failures === 0) return "all is well";
  const parts = [
    ...(failures === 0 ? [] : [`${failures} ${failures === 1 ? "fails" : "fail"}`]),
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? "warning" : "warnings"}`]),
  ];
  return `${parts.join(", ")}; docs/doctor.md says what each check means`;
}

/** For programs: the same, as it was found. */
export const formatFindingsJson = (findings: readonly Finding[]): string =>
  JSON.stringify({ findings, failed: findings.filter(({ verdict }) => verdict === "fail").length }, undefined, 2);
