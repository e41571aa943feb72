/** What is written to this process's standard output and standard error while something is done. */
export function captured(work: () => void): { readonly stdout: string; readonly stderr: string } {
  const written = { stdout: "", stderr: "" };
  const real = { stdout: process.stdout.write, stderr: process.stderr.write };
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
  }
  return written;
}
