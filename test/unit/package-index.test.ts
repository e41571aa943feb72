import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Failure } from "../../src/model/failure.js";
import type { Platform } from "../../src/model/platform.js";
import { openMirror } from "../../src/ports/mirror.js";
import { readPackageIndex } from "../../src/ports/package-index.js";
import { useTemporaryFolder } from "../support/folders.js";
import { listen } from "../support/memory-registry.js";
import { fixtures, mirrors } from "../support/paths.js";
import { alpine324, trixie } from "../support/subjects.js";

const debian13 = { ...trixie, branch: "trixie" };
const alpine = { ...alpine324, branch: "v3.24" };

const isFailure =
  (message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof Failure, String(error));
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };

interface Server {
  readonly url: string;
  readonly asked: readonly { readonly path: string; readonly authorization: string | undefined }[];
  readonly stop: () => Promise<void>;
}

/** Serves the mirrors of the tests on loopback; `answer` may answer in their place. */
async function serveMirrors(
  answer: (
    path: string,
  ) => { readonly status: number; readonly body?: Buffer; readonly length?: number } | undefined = () => undefined,
): Promise<Server> {
  const asked: { path: string; authorization: string | undefined }[] = [];
  const { host, stop } = await listen(async (request, response) => {
    const path = request.url ?? "";
    asked.push({ path, authorization: request.headers.authorization });
    const own = answer(path);
    if (own !== undefined) {
      response.writeHead(own.status, own.length === undefined ? {} : { "content-length": String(own.length) });
      if (own.length === undefined) response.end(own.body);
      else response.write(own.body ?? "", () => response.destroy());
      return;
    }
    try {
      response.end(readFileSync(join(fixtures, "mirrors", path)));
    } catch {
      response.writeHead(404).end();
    }
  });
  return { url: `http://${host}`, asked, stop };
}

describe("a package index", () => {
  it("of Alpine has the packages of both repositories, and the branch's own version", async () => {
    const { version, packages } = await readPackageIndex(alpine, "linux/amd64", mirrors.alpine);
    assert.equal(version, "3.24.0");
    assert.equal(packages.get("nodejs"), "24.16.0-r0");
    assert.equal(packages.get("npm"), "11.12.1-r0");
    assert.equal(packages.get("nothing"), undefined);
  });

  it("of Debian has the suite's packages, and the release's own version", async () => {
    const { version, packages } = await readPackageIndex(debian13, "linux/amd64", mirrors.debian);
    assert.equal(version, "13.5");
    assert.equal(packages.get("python3.13"), "3.13.5-2");
  });

  it("of Debian has the updates and the security fixes where they are newer, and only there", async () => {
    const { packages } = await readPackageIndex(debian13, "linux/amd64", mirrors.debian);
    assert.equal(packages.get("tzdata"), "2026b-0+deb13u1", "from trixie-updates, which has gzip");
    assert.equal(packages.get("nodejs"), "20.19.2+dfsg-1+deb13u2", "from trixie-security, which has xz");
    assert.equal(packages.get("libc6"), "2.41-12+deb13u3", "newer in trixie itself");
  });

  it("is that of the platform", async () => {
    const has = async (platform: Platform) =>
      (await readPackageIndex(debian13, platform, mirrors.debian)).packages.has("only-amd64");
    assert.deepEqual([await has("linux/amd64"), await has("linux/arm64")], [true, false]);
    assert.ok((await readPackageIndex(alpine, "linux/arm64", mirrors.alpine)).packages.size > 10);
  });

  it("may be read from a URL, with the same result", async () => {
    const server = await serveMirrors();
    try {
      assert.deepEqual(
        await readPackageIndex(debian13, "linux/amd64", `${server.url}/debian/`),
        await readPackageIndex(debian13, "linux/amd64", mirrors.debian),
      );
      assert.deepEqual(
        await readPackageIndex(alpine, "linux/arm64", `${server.url}/alpine`),
        await readPackageIndex(alpine, "linux/arm64", mirrors.alpine),
      );
    } finally {
      await server.stop();
    }
  });

  it("may need a login, which is in the mirror's URL and in no message", async () => {
    const server = await serveMirrors((path) => (path.includes("v3.99") ? { status: 503 } : undefined));
    const location = `${server.url.replace("http://", "http://us%65r:s%40cret@")}/alpine`;
    try {
      await readPackageIndex(alpine, "linux/amd64", location);
      assert.ok(
        server.asked.every(
          ({ authorization }) => authorization === `Basic ${Buffer.from("user:s@cret").toString("base64")}`,
        ),
      );
      await assert.rejects(
        readPackageIndex({ ...alpine, branch: "v3.99" }, "linux/amd64", location),
        isFailure(/^(?!.*(cret|us%65r|user)).*answers 503/),
      );
    } finally {
      await server.stop();
    }
  });
});

describe("a mirror's login", () => {
  const index = { ...alpine, branch: "v3.99" };

  for (const [login, authorization] of [
    ["user:p'w", "user:p'w"],
    ['user:p"w', 'user:p"w'],
    ["user:p`w", "user:p`w"],
    ["user:p@w", "user:p@w"],
    [":p'w", ":p'w"],
    ["us'er", "us'er:"],
  ] as const)
    it(`is sent and not named where it is ${login}`, async () => {
      const server = await serveMirrors(() => ({ status: 503 }));
      try {
        const location = `${server.url.replace("http://", `http://${login}@`)}/alpine/`;
        assert.equal(openMirror(location).name, `${server.url}/alpine`);
        await assert.rejects(
          readPackageIndex(index, "linux/amd64", location),
          isFailure(/^(?!.*(us'er|user|w@|p['"`@%])).*answers 503/),
        );
        assert.deepEqual(
          new Set(server.asked.map((each) => each.authorization)),
          new Set([`Basic ${Buffer.from(authorization).toString("base64")}`]),
        );
      } finally {
        await server.stop();
      }
    });
});

describe("a package index that is refused", () => {
  const folder = useTemporaryFolder();
  const indexPath = (...path: readonly string[]): string => join(folder(), ...path);
  const debianIndex = ["debian", "dists", "trixie", "main", "binary-amd64", "Packages.xz"];
  const alpineIndex = ["alpine", "v3.24", "main", "x86_64", "APKINDEX.tar.gz"];
  const readDebian = () => readPackageIndex(debian13, "linux/amd64", indexPath("debian"));
  const readAlpine = () => readPackageIndex(alpine, "linux/amd64", indexPath("alpine"));

  beforeEach(() => cpSync(join(fixtures, "mirrors"), folder(), { recursive: true }));

  it("is one of Debian that is not what its Release file lists: a torn mirror", async () => {
    const bytes = readFileSync(indexPath(...debianIndex));
    writeFileSync(indexPath(...debianIndex), bytes.subarray(0, bytes.length - 20));
    await assert.rejects(readDebian(), isFailure(/Packages\.xz of trixie is not the one that its Release file lists$/));
  });

  it("is one of Debian that its Release file lists and that is not there", async () => {
    rmSync(indexPath(...debianIndex));
    await assert.rejects(readDebian(), isFailure(/has no main\/binary-amd64\/Packages\.xz for trixie$/));
  });

  it("is one of a suite that the mirror does not have", async () => {
    await assert.rejects(
      readPackageIndex({ ...debian13, branch: "forky" }, "linux/amd64", indexPath("debian")),
      isFailure(/has no suite forky$/),
    );
  });

  it("is one of a suite without packages for the platform", async () => {
    const release = indexPath("debian", "dists", "trixie", "Release");
    writeFileSync(release, readFileSync(release, "utf8").replace(/^.*binary-amd64.*\n/gm, ""));
    await assert.rejects(readDebian(), isFailure(/has no index of packages in main\/binary-amd64$/));
  });

  it("is one of Alpine that was cut off", async () => {
    const bytes = readFileSync(indexPath(...alpineIndex));
    writeFileSync(indexPath(...alpineIndex), bytes.subarray(0, bytes.length - 20));
    await assert.rejects(readAlpine(), isFailure(/not a whole gzip file$/));
  });

  it("is one of Alpine that is something else, packed", async () => {
    writeFileSync(indexPath(...alpineIndex), gzipSync("<html>Not an index</html>"));
    await assert.rejects(readAlpine(), isFailure(/there is no APKINDEX in v3\.24\/main\/x86_64\/APKINDEX\.tar\.gz$/));
  });

  it("is one of Alpine of which a repository is missing", async () => {
    rmSync(indexPath("alpine", "v3.24", "community", "x86_64", "APKINDEX.tar.gz"));
    await assert.rejects(readAlpine(), isFailure(/has no v3\.24\/community\/x86_64\/APKINDEX\.tar\.gz$/));
  });
});

describe("a mirror that does not do what it should", () => {
  const failsWith = async (answer: Parameters<typeof serveMirrors>[0], message: RegExp): Promise<void> => {
    const server = await serveMirrors(answer);
    try {
      await assert.rejects(readPackageIndex(alpine, "linux/amd64", `${server.url}/alpine`), isFailure(message));
    } finally {
      await server.stop();
    }
  };

  it("is named with its answer", () =>
    failsWith(
      () => ({ status: 500 }),
      /^http:\/\/127\.0\.0\.1:\d+\/alpine answers 500 for main\/x86_64\/APKINDEX\.tar\.gz$/,
    ));
  it("is named where it breaks off in the middle", () =>
    failsWith(() => ({ status: 200, body: Buffer.from("x"), length: 1000 }), /does not answer: /));
  it("is named where it offers more than any index is long", () =>
    failsWith(() => ({ status: 200, body: Buffer.from("x"), length: 1e12 }), /offers an index of more than/));
  it("is named where nothing listens", async () => {
    const { url, stop } = await serveMirrors();
    await stop();
    await assert.rejects(
      readPackageIndex(alpine, "linux/amd64", `${url}/alpine`),
      isFailure(/^http:\/\/127\.0\.0\.1:\d+\/alpine does not answer: /),
    );
  });
});
