/** What is written to this process's standard output and standard error while something is done. */
export function captured(work: () => void): { readonly stdout: string; readonly stderr: string } {
  const written = { stdout: "", stderr: "" };
  const real = { stdout: process.stdout.write, stderr: process.stderr.write };
  const restore = asNoTerminal();
  for (const stream of ["stdout", "stderr"] as const)
    process[stream].write = ((text: string) => {
      written[stream] += text;
      return true;
    }) as typeof process.stdout.write;
  try {
    work();
  } finally {
    process.stdout.write = real.stdout;
    process.stderr.write = real.stderr;
    restore();
  }
  return written;
}

/** Has what is written be for a file, whoever started the tests and from where; gives what undoes it. */
export function asNoTerminal(): () => void {
  const streams = [process.stdout, process.stderr];
  const [terminals, force] = [streams.map(({ isTTY }) => isTTY), process.env["FORCE_COLOR"]];
  for (const stream of streams) stream.isTTY = false;
  delete process.env["FORCE_COLOR"];
  return () => {
    for (const [index, stream] of streams.entries()) stream.isTTY = terminals[index] ?? false;
    if (force !== undefined) process.env["FORCE_COLOR"] = force;
  };
}
