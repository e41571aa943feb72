import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import ssri from "ssri";

/** A version of a package as a registry of the tests has it. */
export interface PublishedVersion {
  readonly tarball?: Buffer;
  /** Instead of that of the tarball; empty for none. */
  readonly integrity?: string;
  readonly deprecated?: string;
}

/** By name, then version. */
export type Published = Readonly<Record<string, Readonly<Record<string, PublishedVersion>>>>;

export interface NpmRegistry {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

/** As much of npm's registry as npm needs to read a package, on loopback. */
export async function startNpmRegistry(packages: Published): Promise<NpmRegistry> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    asked.push(path);
    const [name = "", version] = path.split("/-/");
    const published = packages[name];
    const tarball = version === undefined ? undefined : published?.[version.replace(/\.tgz$/, "")]?.tarball;
    if (tarball !== undefined) response.end(tarball);
    else if (version === undefined && published !== undefined)
      response.end(JSON.stringify(describe(name, published, urlOf(server))));
    else response.writeHead(404).end('{"error":"Not found"}');
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: urlOf(server), asked, close: () => new Promise((closed) => server.close(() => closed())) };
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

function describe(name: string, published: Published[string], url: string): object {
  const versions = Object.entries(published).map(([version, { tarball = Buffer.from(""), integrity, deprecated }]) => {
    const sum = integrity ?? ssri.fromData(tarball, { algorithms: ["sha512"] }).toString();
    const dist = {
      tarball: `${url}${name}/-/${version}.tgz`,
      shasum: "0".repeat(40),
      ...(sum === "" ? {} : { integrity: sum }),
    };
    return [version, { name, version, dist, ...(deprecated === undefined ? {} : { deprecated }) }] as const;
  });
  const [latest] = versions.at(-1) ?? [];
  return { name, "dist-tags": { latest }, versions: Object.fromEntries(versions) };
}

/** Has npm ask a registry of the tests for as long as a suite runs, with a cache of its own and no second try. */
export function useNpmRegistry(packages: Published, cache: () => string): () => NpmRegistry {
  let registry: NpmRegistry | undefined;
  const settings = () => ({
    npm_config_registry: registry?.url ?? "",
    npm_config_cache: cache(),
    npm_config_fetch_retries: "0",
  });
  const before = new Map<string, string | undefined>();
  beforeEach(async () => {
    registry = await startNpmRegistry(packages);
    for (const [name, value] of Object.entries(settings())) {
      before.set(name, process.env[name]);
      process.env[name] = value;
    }
  });
  afterEach(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await registry?.close();
  });
  return () => registry as NpmRegistry;
}
