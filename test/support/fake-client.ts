import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { CliEngine } from "../../src/ports/cli-engine.js";
import { dockerDialect } from "../../src/ports/engine-arguments.js";
import { readText } from "../../src/ports/files.js";

/** A client of an engine that says what a test wants to hear. */
export interface FakeClient {
  /** `$PATH` with the client before all others. */
  readonly path: string;
  readonly cli: CliEngine;
  /** The command lines that the client was started with, in their order. */
  readonly calls: () => readonly string[];
}

/** Writes a `docker` to a folder: a shell script, in which `case` sorts what it is asked (`"$*"`). */
export function writeFakeClient(folder: string, script: readonly string[]): FakeClient {
  const calls = join(folder, "calls");
  const file = join(folder, "docker");
  writeFileSync(file, ["#!/bin/sh", `echo "$*" >>'${calls}'`, ...script, ""].join("\n"));
  chmodSync(file, 0o755);
  const path = `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
  return {
    path,
    cli: { dialect: dockerDialect, env: { PATH: path }, version: ["version"], registryOptions: () => [] },
    calls: () => (readText(calls) === undefined ? [] : readFileSync(calls, "utf8").trim().split("\n")),
  };
}
