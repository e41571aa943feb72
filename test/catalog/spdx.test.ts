import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "../../src/ports/engines.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { requireEngine } from "../support/require-engine.js";
import { writeSources } from "../support/sources.js";

/** Reads documents as SPDX's own library for Go does, and checks what they refer to. */
const program = `package main

import (
	"fmt"
	"os"

	"github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdxlib"
)

func main() {
	for _, name := range os.Args[1:] {
		file, err := os.Open(name)
		if err != nil {
			panic(err)
		}
		document, err := json.Read(file)
		if err == nil {
			err = spdxlib.ValidateDocument(document)
		}
		if err != nil {
			fmt.Println(name, "is refused:", err)
			os.Exit(1)
		}
		fmt.Println(name, "holds", len(document.Packages), "packages and", len(document.Files), "files")
	}
}
`;
const dockerfile = `FROM docker.io/ingot/go:1.24-trixie-dev
RUN --mount=type=secret,id=sources,target=/etc/apt/sources.list \\
    apt-get update && apt-get install --yes --no-install-recommends golang-github-spdx-tools-golang-dev
ENV GO111MODULE=off GOPATH=/usr/share/gocode
COPY validate.go /validate/
RUN go build -o /usr/local/bin/validate /validate/validate.go
`;

describe("a bill of materials", () => {
  const folder = useTemporaryFolder();
  const engine = createEngine("docker");
  const validator = "localhost/ingot-test/spdx:1";

  before(async function () {
    await requireEngine(this);
    const { status, stderr } = await ingot(repository, ["build", "base:*trixie*", "go:*trixie*"]);
    assert.equal(status, 0, stderr);
  });
  after(async () => {
    if ((await engine.inspect([validator])).has(validator)) await engine.untag([validator]);
  });

  const build = async (tag: string, files: Readonly<Record<string, string>>) => {
    writeFiles(folder(), files);
    const secrets = [{ id: "sources", file: await writeSources(folder()) }];
    const labels = { "ingot.test": "true" };
    return engine.build({
      folder: folder(),
      tags: [tag],
      buildArguments: {},
      labels,
      contexts: {},
      secrets,
      cache: true,
    });
  };

  it("is accepted by the library of SPDX itself, and one that refers to nothing is not", async () => {
    await build(validator, { Dockerfile: dockerfile, "validate.go": program });
    const [sbom, other] = ["base/13/trixie/runtime", "go/1.24/trixie/dev"].map((id) =>
      readFileSync(join(repository, "build/sbom", `${id}.spdx.json`), "utf8"),
    ) as [string, string];
    const broken = sbom.replace(/("relatedSpdxElement": ")SPDXRef-File/, "$1SPDXRef-Nowhere");
    assert.notEqual(broken, sbom);
    const validated = "localhost/ingot-test/spdx:2";
    const documents = { "a.json": sbom, "b.json": other, "broken.json": broken };
    await build(validated, { ...documents, Dockerfile: `FROM ${validator}\nCOPY *.json /\n` });
    try {
      const run = (...names: readonly string[]) => engine.run({ image: validated, command: ["validate", ...names] });
      const accepted = await run("/a.json", "/b.json");
      assert.equal(accepted.exitCode, 0, accepted.stdout);
      assert.match(accepted.stdout, /^\/a\.json holds \d\d packages and \d+ files\n\/b\.json holds \d+ packages/);
      const refused = await run("/broken.json");
      assert.equal(refused.exitCode, 1, refused.stdout);
      assert.match(refused.stdout, /broken\.json is refused/);
    } finally {
      await engine.untag([validated]);
    }
  });
});
