import { styleText } from "node:util";

type Style = "bold" | "dim" | "green" | "red" | "yellow";

/** Gives text a colour, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export const unpainted: Paint = (_style, text) => text;

const painted: Paint = (style, text) => styleText(style, text, { validateStream: false });

export type Environment = Readonly<Record<string, string | undefined>>;

/** Colours on a terminal that has them, unless `NO_COLOR` says otherwise (no-color.org); `FORCE_COLOR` goes before everything. */
export function paintFor(env: Environment, isTerminal: boolean): Paint {
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force === "0" || force === "false" ? unpainted : painted;
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return unpainted;
  return isTerminal && env["TERM"] !== "dumb" ? painted : unpainted;
}
