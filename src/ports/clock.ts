/** `2026-11-21`, in UTC: of SOURCE_DATE_EPOCH where it is set, so that a run can be repeated; of today otherwise. */
export function today(env: NodeJS.ProcessEnv = process.env): string {
  const epoch = env["SOURCE_DATE_EPOCH"];
  const milliseconds = epoch !== undefined && /^\d{1,12}$/.test(epoch) ? Number(epoch) * 1000 : Date.now();
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** Milliseconds since `start`, which an earlier call returned; from an arbitrary origin without it. */
export function elapsed(start = 0): number {
  return Math.round(performance.now() - start);
}
