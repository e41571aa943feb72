import type { Effect, Fault, Kind } from "./fault-proxy.js";

const status = (code: number): Effect => ({ kind: "answer", status: code });
const busy: Effect = { kind: "answer", status: 429, headers: { "retry-after": "1" } };
const expired: Effect = { kind: "expired" };
const [reset, cut, lost]: readonly Effect[] = [{ kind: "reset" }, { kind: "cut" }, { kind: "lost" }];
const [stall, late]: readonly Effect[] = [{ kind: "stall" }, { kind: "late" }];
const [truncate, short, digest]: readonly Effect[] = [{ kind: "truncate" }, { kind: "short" }, { kind: "digest" }];

/** What may go wrong with each kind of request that a publication makes. */
const effects: Readonly<Partial<Record<Kind, readonly (Effect | undefined)[]>>> = {
  "blob HEAD": [status(500), busy, reset, stall],
  "upload POST": [status(503), reset, lost, late, expired],
  "mount POST": [status(403), busy, lost, stall, digest],
  "blob PUT": [status(500), status(404), busy, reset, cut, lost, stall, late, expired, digest],
  "manifest HEAD": [status(503), reset, digest],
  "manifest GET": [status(500), truncate, short, expired, digest],
  "manifest PUT": [status(500), busy, reset, cut, lost, stall, late, expired, digest],
  "tag HEAD": [status(500), reset, stall, expired, digest],
  "tag PUT": [status(500), status(503), busy, reset, cut, lost, stall, late, expired, digest],
  "tags GET": [status(500), truncate, short, stall],
  "list GET": [status(503), truncate, short, digest],
  "list PUT": [busy, reset, lost, late, digest],
  "config GET": [status(500), truncate, short, expired],
  "referrers GET": [status(503), reset, stall],
};

/** Each kind of request × what may go wrong with it: the first such request, a later one, or all from it on. */
const all: readonly Fault[] = Object.entries(effects).flatMap(([on, each], row) =>
  each.flatMap((effect, column) => {
    if (effect === undefined) return [];
    // Which of them, and whether once or always, goes round, so that all come together.
    const turn = row + column;
    return [{ on: on as Kind, nth: [1, 2, 1][turn % 3] as number, always: turn % 4 === 0, effect }];
  }),
);

/** Three of five, some of each kind of request, as each takes seconds; with FAULTS=all every one. */
export const faults: readonly Fault[] = process.env["FAULTS"] === "all" ? all : all.filter((_, index) => index % 5 < 3);

/** `tag PUT 2 and every later one is done and its answer lost` */
export function describeFault({ on, nth, always, effect }: Fault): string {
  const what = effect.kind === "answer" ? `is answered ${effect.status}` : words[effect.kind];
  return `${on} ${nth}${always ? " and every later one" : ""} ${what}`;
}

const words: Readonly<Record<Exclude<Effect["kind"], "answer">, string>> = {
  reset: "breaks off before the registry hears of it",
  cut: "breaks off in the middle of its body",
  lost: "is done and its answer lost",
  stall: "is never heard of",
  late: "is done and never answered",
  truncate: "is answered with a body that breaks off",
  short: "is answered with half of a body",
  expired: "meets a token that has expired",
  digest: "is answered with another digest",
  refuse: "is refused",
};
