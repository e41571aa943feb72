/** What a check of the surroundings is about, in the order in which findings are told. */
export const checkNames = [
  "nodejs",
  "catalog",
  "engine",
  "buildx",
  "store",
  "emulation",
  "disk",
  "memory",
  "mirrors",
  "registry",
  "clock",
] as const;
export type CheckName = (typeof checkNames)[number];

/** `warn`: some of what Ingot does will not go, or not as it should. `fail`: nothing of what was asked for will. */
export type Verdict = "ok" | "warn" | "fail";

/** What was found out about one part of what Ingot stands on. */
export interface Finding {
  readonly check: CheckName;
  readonly verdict: Verdict;
  /** `docker 26.1.5 answers`: one line, without secrets. */
  readonly found: string;
  /** What to do, on one line; with the command where there is one. */
  readonly advice?: string;
}

/** Makes findings of one check. */
export const findingsOf = (check: CheckName) => ({
  ok: (found: string): Finding => ({ check, verdict: "ok", found }),
  warn: (found: string, advice: string): Finding => ({ check, verdict: "warn", found, advice }),
  fail: (found: string, advice: string): Finding => ({ check, verdict: "fail", found, advice }),
});

export const sortFindings = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort((a, b) => checkNames.indexOf(a.check) - checkNames.indexOf(b.check));
