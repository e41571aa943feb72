import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import ssri from "ssri";
import { Failure } from "../../src/model/failure.js";
import { cacheFolder, fetchArtifact } from "../../src/ports/artifact-store.js";
import { download } from "../../src/ports/download.js";
import { useTemporaryFolder } from "../support/folders.js";

const content = Buffer.alloc(100_000, "what is published\n");
const integrityOf = (bytes: Buffer): string => ssri.fromData(bytes, { algorithms: ["sha256"] }).toString();

const answers: Readonly<Record<string, RequestListener>> = {
  "/file": (_, response) => response.end(content),
  "/cut": (request, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 1000), () => request.socket.destroy());
  },
  "/short": (_, response) => response.end(content.subarray(0, 1000)),
  "/moved": (_, response) => response.writeHead(302, { location: "/file?signature=secret" }).end(),
  "/away": (_, response) => response.writeHead(302, { location: "http://example.org/file?signature=secret" }).end(),
  "/elsewhere": (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(),
  "/round": (_, response) => response.writeHead(302, { location: "/round" }).end(),
};

describe("an artifact's file", () => {
  const cache = useTemporaryFolder();
  let server: Server;
  let asked: string[];
  before(async () => {
    server = createServer((request, response) => {
      const path = (request.url ?? "").split("?")[0] ?? "";
      asked.push(path);
      (answers[path] ?? ((_, each) => each.writeHead(404).end()))(request, response);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  });
  beforeEach(() => {
    asked = [];
  });
  after(() => server.close());
  const urlOf = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const fetched = (path: string, integrity = integrityOf(content)) =>
    fetchArtifact({ integrity, from: { kind: "url", url: urlOf(path) } }, cache());

  async function refusal(asking: Promise<unknown>): Promise<string> {
    const error: unknown = await asking.then(
      () => assert.fail("it was taken"),
      (reason: unknown) => reason,
    );
    if (!(error instanceof Failure)) throw error;
    assert.match(error.message, /^[^\n]+$/);
    return error.message.replace(/127\.0\.0\.1:\d+/, "HOST");
  }

  it("is fetched once, checked, and kept under its checksum", async () => {
    const file = await fetched("/file");
    assert.deepEqual(readFileSync(file), content);
    assert.equal(await fetched("/file"), file);
    assert.deepEqual(asked, ["/file"]);
    assert.deepEqual(readdirSync(cache()).length, 1);
  });

  it("is fetched again where what the cache has was spoiled", async () => {
    writeFileSync(await fetched("/file"), "spoiled");
    assert.deepEqual(readFileSync(await fetched("/file")), content);
    assert.deepEqual(asked, ["/file", "/file"]);
  });

  it("comes through a redirect that stays on this machine", async () => {
    assert.deepEqual(readFileSync(await fetched("/moved")), content);
  });

  const refused: Readonly<Record<string, RegExp>> = {
    "/cut": /^HOST: the download broke off$/,
    "/short": /^what came is not what the lock says: its checksum is not sha256-/,
    "/missing": /^HOST answers 404$/,
    "/away": /^HOST redirects to something that is not HTTPS$/,
    "/elsewhere": /^HOST redirects to something that is not HTTPS$/,
    "/round": /^HOST redirects more than 5 times$/,
  };
  for (const [path, message] of Object.entries(refused)) {
    it(`is refused in one line, and nothing of it kept, where the server answers ${path}`, async () => {
      assert.match(await refusal(fetched(path)), message);
      assert.deepEqual(readdirSync(cache()), []);
    });
  }

  it("is refused with another checksum than the lock's, and nothing of it kept", async () => {
    const other = integrityOf(Buffer.from("other"));
    assert.equal(
      await refusal(fetched("/file", other)),
      `what came is not what the lock says: its checksum is not ${other}`,
    );
    assert.deepEqual(readdirSync(cache()), []);
  });

  it("is refused where there is more of it than is allowed, whatever the server said before", async () => {
    const file = join(cache(), "file");
    assert.equal(await refusal(download(urlOf("/file"), file, 50_000)), "HOST gives more than 50000 bytes");
  });

  it("is refused where nothing answers", async () => {
    const nowhere = { integrity: integrityOf(content), from: { kind: "url", url: "http://127.0.0.1:9/file" } } as const;
    assert.match(await refusal(fetchArtifact(nowhere, cache())), /^HOST: /);
    assert.deepEqual(readdirSync(cache()), []);
  });

  it("is kept where XDG_CACHE_HOME says, if that is a whole path", () => {
    const before = process.env["XDG_CACHE_HOME"];
    try {
      process.env["XDG_CACHE_HOME"] = "/somewhere";
      assert.equal(cacheFolder(), "/somewhere/ingot");
      process.env["XDG_CACHE_HOME"] = "here";
      assert.match(cacheFolder(), /^\/.*\.cache\/ingot$/);
    } finally {
      if (before === undefined) delete process.env["XDG_CACHE_HOME"];
      else process.env["XDG_CACHE_HOME"] = before;
    }
  });
});
