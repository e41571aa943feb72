import assert from "node:assert/strict";
import { join } from "node:path";
import { sum } from "../../src/model/size.js";
import { createEngine } from "../../src/ports/engines.js";
import { createContentReader } from "../../src/ports/image-content.js";
import { askHello, withHello } from "../../src/stages/hello.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";

const namespace = "ingot-static";
const [runtime, goDev, baseDev] = ["ingot/base:trixie-static", "ingot/go:trixie-dev", "ingot/base:trixie-dev"];

const dockerfile = `ARG DEV
ARG RUNTIME
FROM $DEV AS build
COPY hello.c /src/
RUN cc -static -O2 -s -o /app/hello /src/hello.c
FROM $RUNTIME
COPY --from=build /app/hello /app/hello
CMD ["/app/hello"]
`;

const program = `#include <stdio.h>
#include <time.h>

int main(void) {
    char text[16];
    time_t start = 0;
    strftime(text, sizeof text, "%H:%M %Z", localtime(&start));
    puts(text);
    return fopen("/etc/ssl/certs/ca-certificates.crt", "r") == NULL;
}
`;

// The programs of rust, crystal and zig run on the same layer: their own pairs' tests run them.
describe("a static program on base:static", () => {
  const folder = useTemporaryFolder();
  const engine = createEngine("docker");
  const tag = (name: string) => `docker.io/${namespace}/${name}:test`;

  before(async function () {
    this.timeout(1_200_000);
    await requireEngine(this);
    const { status, stderr } = await ingot(repository, ["build", "base:*trixie*", "go:*trixie*"]);
    assert.equal(status, 0, stderr);
  });
  after(() => removeNamespace(namespace));

  it("of Go answers over HTTP, and its image weighs at most 2.5 MB more than the program", async () => {
    const hello = { engine, folder: join(repository, "languages/go/hello"), dev: goDev, runtime, tag: tag("go") };
    await withHello(hello, async (image) => {
      const { application, stops } = await askHello(engine, image, { language: "go", timezone: "+0900" });
      assert.deepEqual([...application, ...stops], []);
      const { entries } = await createContentReader(engine)(image);
      const files = [...entries.values()].filter(({ type }) => type === "file");
      const binary = entries.get("/app/hello")?.size ?? 0;
      const more = sum(files.map(({ size }) => ({ bytes: size }))) - binary;
      const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);
      process.stdout.write(`      the program ${megabytes(binary)} MB, the rest of its image ${megabytes(more)} MB\n`);
      assert.ok(binary > 1e6, "the program is there");
      assert.ok(more <= 2.5e6, `${more} bytes more than the program`);
    });
  });

  it("of C, linked with -static, finds the time zone and the authorities, with nothing but its own file", async () => {
    writeFiles(folder(), { Dockerfile: dockerfile, "hello.c": program });
    await withHello({ engine, folder: folder(), dev: baseDev, runtime, tag: tag("c") }, async (image) => {
      const env = { TZ: "Asia/Tokyo" };
      const { exitCode, stdout, stderr } = await engine.run({ image, command: ["/app/hello"], env, confined: true });
      assert.equal(stdout.trim(), "09:00 JST", stderr);
      assert.equal(exitCode, 0, "the authorities are there");
      const { entries } = await createContentReader(engine)(image);
      const programs = [...entries.values()].filter(({ type, mode }) => type === "file" && (mode & 0o111) !== 0);
      assert.deepEqual(
        programs.map(({ path }) => path),
        ["/app/hello"],
      );
    });
  });
});
