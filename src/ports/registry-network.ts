const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection broke off",
  EPIPE: "the connection broke off",
  UND_ERR_SOCKET: "the connection broke off",
  UND_ERR_CONNECT_TIMEOUT: "no connection within the time allowed",
  ETIMEDOUT: "no connection within the time allowed",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name of the host cannot be resolved now",
  ERR_SSL_WRONG_VERSION_NUMBER: "HTTPS was expected and it speaks something else",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "HTTPS was expected and it speaks something else",
  EPROTO: "HTTPS was expected and it speaks something else",
};

/** Why no answer came, from what fetch throws. Its own message may hold a URL or a header and is never used. */
export function describeNetworkError(error: unknown, timeout: number): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no whole answer within ${timeout / 1000} s`;
  const code = networkCode(error);
  // Not the network's: a mistake in this program, which a retry or a kind word would hide.
  if (code === undefined) throw error;
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return `its certificate is not trusted (${code})`;
  if (code.startsWith("HPE_")) return `it does not speak HTTP (${code})`;
  return reasons[code] ?? `no connection (${code})`;
}

/** `ECONNRESET`, of the error that fetch wraps; `bad port` where fetch has only words for it. */
export function networkCode(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? cause?.message;
}
