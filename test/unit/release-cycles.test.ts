import assert from "node:assert/strict";
import { join } from "node:path";
import { Failure } from "../../src/model/failure.js";
import { readCycles } from "../../src/ports/release-cycles.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { listen } from "../support/memory-registry.js";
import { cycles } from "../support/paths.js";

describe("release cycles", () => {
  const folder = useTemporaryFolder();
  const at = (path: string): string => join(folder(), path);
  const write = (files: Readonly<Record<string, unknown>>): void =>
    writeFiles(
      folder(),
      Object.fromEntries(
        Object.entries(files).map(([path, content]) => [
          path,
          typeof content === "string" ? content : JSON.stringify(content),
        ]),
      ),
    );

  it("are read from a folder with a file for each product", async () => {
    const python = await readCycles(cycles, "python");
    assert.deepEqual(python?.["3.14"], { released: "2025-10-07", eol: "2030-10-31" });
    assert.deepEqual(Object.keys(python ?? {}), ["3.12", "3.13", "3.14"].reverse());
  });

  it("are read from one file with all products, in either form of it", async () => {
    const row = {
      cycle: "24",
      releaseDate: "2025-05-06",
      lts: "2025-10-28",
      eol: "2028-04-30",
      eoes: false,
      latest: "24.19.0",
    };
    write({ "all.json": { _provenance: { from: "somewhere" }, nodejs: { releases: [row] }, deno: [row] } });
    const expected = { "24": { released: "2025-05-06", lts: "2025-10-28", eol: "2028-04-30" } };
    assert.deepEqual(await readCycles(at("all.json"), "nodejs"), expected);
    assert.deepEqual(await readCycles(at("all.json"), "deno"), expected);
    assert.equal(await readCycles(at("all.json"), "python"), undefined);
    assert.equal(await readCycles(at("all.json"), "constructor"), undefined);
  });

  it("are read from a URL", async () => {
    const { host, stop } = await listen(async (request, response) => {
      if (request.url === "/api/python.json") response.end(JSON.stringify([{ cycle: "3.14", eol: false }]));
      else response.writeHead(404).end();
    });
    try {
      assert.deepEqual(await readCycles(`http://${host}/api/`, "python"), { "3.14": { eol: false } });
      assert.equal(await readCycles(`http://${host}/api`, "perl"), undefined);
    } finally {
      await stop();
    }
  });

  it("may have no date of the end, or none yet", async () => {
    write({ "x.json": [{ cycle: "1", eol: true }, { cycle: "2", eol: false, lts: true }, { cycle: "3" }] });
    assert.deepEqual(await readCycles(folder(), "x"), { "1": { eol: true }, "2": { eol: false }, "3": {} });
  });

  it("have an end of extended support where a product has one", async () =>
    assert.equal((await readCycles(cycles, "debian"))?.["13"]?.extended, "2030-06-30"));
  it("of a product that is not there are none", async () => assert.equal(await readCycles(cycles, "perl"), undefined));

  const refused: Readonly<Record<string, string>> = {
    "not JSON": "<html>",
    "no list": '{"eol":1}',
    "a date in another form": '[{"cycle":"1","eol":"soon"}]',
    "a release line with a line end": '[{"cycle":"1\\n2"}]',
  };
  for (const [what, content] of Object.entries(refused)) {
    it(`that are ${what} are a failure of one line that names where`, async () => {
      write({ "x.json": content });
      await assert.rejects(
        readCycles(folder(), "x"),
        (error) => error instanceof Failure && error.message.includes(folder()) && !error.message.includes("\n"),
      );
    });
  }

  it("in a file that is not there, or has no products, are a failure and no unknown product", async () => {
    write({ "list.json": "[]" });
    for (const name of ["none.json", "list.json"])
      await assert.rejects(
        readCycles(at(name), "python"),
        (error) => error instanceof Failure && /is no file of release cycles$/.test(error.message),
      );
  });
});
