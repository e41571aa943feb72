import { execFileSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

/** A terminal with a shell in it, as tmux makes one. */
export interface Terminal {
  /** Types a command and the key that starts it. */
  readonly run: (command: string) => void;
  /** Types text, and no key after it. */
  readonly type: (text: string) => void;
  /** Presses a key by tmux's name for it: `C-c` */
  readonly press: (key: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** What is to be seen, without spaces at the ends of lines. */
  readonly screen: () => string;
  /** All that was written, as far as it was not erased. */
  readonly history: () => string;
  /** All lines that were written, each whole however the window broke it. */
  readonly lines: () => readonly string[];
  /** What is to be seen, with the sequences that colour it. */
  readonly painted: () => string;
  /** The screen as soon as it is so; fails, and shows the screen, where it is not within so many milliseconds. */
  readonly waitFor: (pattern: RegExp, timeout?: number) => Promise<string>;
  readonly showsCursor: () => boolean;
  readonly close: () => void;
}

export interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env: Readonly<Record<string, string>>;
}

let count = 0;

/** Whether there are terminals to try. */
export const requireTmux = (suite: Mocha.Context): void => requireProgram(suite, "tmux", ["-V"]);

/** Whether there is a program: loudly not on a laptop, a failure where CI is set. */
export function requireProgram(suite: Mocha.Context, name: string, args: readonly string[]): void {
  try {
    execFileSync(name, args, { stdio: "pipe" });
  } catch (error) {
    if (process.env["CI"]) throw error;
    console.warn(`SKIPPED: ${name} is not there (apt-get install ${name})`);
    suite.skip();
  }
}

/** Starts a server of tmux's own for it, so that it can end nobody else's. */
export function openTerminal({ columns, rows, env }: TerminalOptions): Terminal {
  count += 1;
  const server = ["-u", "-L", `ingot-test-${process.pid}-${count}`, "-f", "/dev/null"];
  const tmux = (...args: readonly string[]): string =>
    execFileSync("tmux", [...server, ...args], { encoding: "utf8", env: { ...process.env, LC_ALL: "C.UTF-8" } });
  const size = ["-x", String(columns), "-y", String(rows)];
  const variables = Object.entries({ LC_ALL: "C.UTF-8", PS1: "$ ", ...env }).map(([name, value]) => `${name}=${value}`);
  // A continuous integration's own variables would make this no terminal for people.
  const unset = ["CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR", "FORCE_COLOR"].flatMap((name) => [
    "-u",
    name,
  ]);
  tmux("new-session", "-d", ...size, "env", ...unset, ...variables, "sh");
  const screen = (): string => tmux("capture-pane", "-p").trimEnd();
  const type = (text: string): void => void tmux("send-keys", "-l", text);
  return {
    run: (command) => {
      type(command);
      tmux("send-keys", "Enter");
    },
    type,
    press: (key) => tmux("send-keys", key),
    resize: (width, height) => tmux("resize-window", "-x", String(width), "-y", String(height)),
    screen,
    lines: () =>
      tmux("capture-pane", "-p", "-J", "-S", "-")
        .trimEnd()
        .split("\n")
        .map((line) => line.trimEnd()),
    painted: () => tmux("capture-pane", "-p", "-e"),
    history: () => tmux("capture-pane", "-p", "-S", "-").trimEnd(),
    waitFor: async (pattern, timeout = 20_000) => {
      for (const start = performance.now(); ; await wait(50)) {
        const shown = screen();
        if (pattern.test(shown)) return shown;
        if (performance.now() - start > timeout) throw new Error(`${pattern} is not to be seen:\n${shown}`);
      }
    },
    showsCursor: () => tmux("display-message", "-p", "#{cursor_flag}").trim() === "1",
    close: () => tmux("kill-server"),
  };
}
