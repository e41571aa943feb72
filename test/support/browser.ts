import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, extname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import type { Tree } from "../../src/ports/files.js";

const programs = ["chromium", "chromium-browser", "google-chrome"];

const findProgram = (): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => programs.map((name) => join(folder, name)))
    .find(existsSync);

/** The system's Chromium. Skips a suite, loudly, where there is none; fails where CI is set. */
export async function requireBrowser(suite: Mocha.Context): Promise<Browser> {
  const executablePath = findProgram();
  if (executablePath === undefined) {
    if (process.env["CI"]) throw new Error("chromium is not installed");
    console.warn("SKIPPED: chromium is not installed (apt-get install chromium)");
    return suite.skip();
  }
  // Root has no sandbox of its own.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

export interface SiteServer {
  /** `http://127.0.0.1:41023/` */
  readonly address: string;
  /** Paths that were asked for and are not there. */
  readonly missing: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Serves a tree on a free port of loopback, as the dullest of servers does. */
export async function serveTree(tree: Tree): Promise<SiteServer> {
  const missing: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://host").pathname).slice(1);
    const content = tree.get(path);
    if (content === undefined) missing.push(path);
    response.writeHead(content === undefined ? 404 : 200, { "content-type": types[extname(path)] ?? "text/plain" });
    response.end(content?.text ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    missing,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
