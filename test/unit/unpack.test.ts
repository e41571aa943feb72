import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import type { ArtifactLayout } from "../../src/model/artifact.js";
import { Failure } from "../../src/model/failure.js";
import { type Limits, unpack } from "../../src/ports/unpack.js";
import { readTree, useTemporaryFolder } from "../support/folders.js";

type Entry = Partial<Header> & { readonly name: string; readonly text?: string };

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { text, ...header } of entries) archive.entry(header as Header, text ?? "");
  archive.finalize();
  return buffer(archive);
}

const good: readonly Entry[] = [
  { name: "package/bin/tool", mode: 0o4777, text: "program" },
  { name: "package/lib/", type: "directory", mode: 0o700 },
  { name: "package/lib/a.so", mode: 0o600, text: "library" },
  { name: "package/lib/b.so", type: "symlink", linkname: "a.so" },
  { name: "package/lib/c.so", type: "link", linkname: "package/lib/a.so" },
  { name: "package/README.md", text: "not taken" },
];

const layout: ArtifactLayout = {
  strip: 1,
  files: { "bin/tool": "/usr/local/bin/tool", lib: "/opt/tool/lib" },
  links: { "/usr/local/bin/t": "tool" },
};

const everything: ArtifactLayout = { strip: 0, files: { ".": "/opt/all" }, links: {} };

describe("unpacking an artifact", () => {
  const folder = useTemporaryFolder();
  const target = () => join(folder(), "target");

  async function unpackFrom(bytes: Buffer, name: string, how: ArtifactLayout = layout, limits?: Limits): Promise<void> {
    mkdirSync(target(), { recursive: true });
    writeFileSync(join(folder(), "file"), bytes);
    await unpack({
      file: join(folder(), "file"),
      name,
      layout: how,
      folder: target(),
      ...(limits === undefined ? {} : { limits }),
    });
  }

  async function refusal(unpacking: Promise<void>): Promise<string> {
    const error: unknown = await unpacking.then(
      () => assert.fail("it was unpacked"),
      (reason: unknown) => reason,
    );
    if (!(error instanceof Failure)) throw error;
    assert.match(error.message, /^[^\n]+$/);
    return error.message;
  }

  for (const [name, wrap] of [
    ["x.tgz", gzipSync],
    ["x.tar.gz", gzipSync],
    ["x.tar", (bytes: Buffer) => bytes],
  ] as const) {
    it(`of ${name} takes what the layout names, to where it says, with rights that all files have`, async () => {
      await unpackFrom(wrap(await tarOf(good)), name);
      const modes = (path: string) => (lstatSync(join(target(), path)).mode & 0o7777).toString(8);
      assert.deepEqual(Object.keys(readTree(join(target(), "usr"))), ["local/bin/tool"]);
      assert.deepEqual(readdirSync(join(target(), "opt/tool/lib")).sort(), ["a.so", "b.so", "c.so"]);
      assert.deepEqual(["usr/local/bin/tool", "opt/tool/lib/a.so", "opt/tool/lib", "usr"].map(modes), [
        "755",
        "644",
        "755",
        "755",
      ]);
      assert.equal(readlinkSync(join(target(), "usr/local/bin/t")), "tool");
      assert.equal(readlinkSync(join(target(), "opt/tool/lib/b.so")), "a.so");
      assert.ok(statSync(join(target(), "opt/tool/lib/c.so")).isFile());
    });
  }

  it("of a plain file makes a program where it goes among programs", async () => {
    const plain = (place: string): ArtifactLayout => ({ strip: 0, files: { ".": place }, links: {} });
    await unpackFrom(Buffer.from("#!/bin/sh"), "/releases/tool-amd64", plain("/usr/local/bin/tool"));
    await unpackFrom(Buffer.from("text"), "/releases/data", plain("/opt/data"));
    assert.deepEqual(readTree(target()), { "opt/data": "text", "usr/local/bin/tool": "#!/bin/sh" });
    assert.equal(statSync(join(target(), "usr/local/bin/tool")).mode & 0o777, 0o755);
    assert.equal(statSync(join(target(), "opt/data")).mode & 0o777, 0o644);
  });

  const bad: Readonly<Record<string, readonly [Entry, RegExp]>> = {
    "a path with ..": [{ name: "package/../../evil", text: "x" }, /leads out of it: "package\/\.\.\/\.\.\/evil"$/],
    "an absolute path": [{ name: "/etc/evil", text: "x" }, /leads out of it/],
    "a path with a backslash": [{ name: "package\\..\\evil", text: "x" }, /leads out of it/],
    "a path of two lines": [
      { name: "package/a\n/etc/evil", text: "x" },
      /a control character: "package\/a\\n\/etc\/evil"$/,
    ],
    "a link to an absolute path": [
      { name: "package/evil", type: "symlink", linkname: "/etc/passwd" },
      /link that leads out/,
    ],
    "a link out": [{ name: "package/evil", type: "symlink", linkname: "../../etc/passwd" }, /link that leads out/],
    "a hard link out": [{ name: "package/evil", type: "link", linkname: "../../etc/passwd" }, /leads out of it/],
    "a hard link to an absolute path": [
      { name: "package/evil", type: "link", linkname: "/etc/passwd" },
      /leads out of it/,
    ],
    "a device": [{ name: "package/evil", type: "character-device", devmajor: 1, devminor: 3 }, /a device or the like/],
    "a pipe": [{ name: "package/evil", type: "fifo" }, /a device or the like/],
  };
  for (const [what, [entry, message]] of Object.entries(bad)) {
    it(`refuses an archive with ${what}, whether or not it is asked for`, async () => {
      for (const how of [layout, everything])
        assert.match(await refusal(unpackFrom(await tarOf([...good, entry]), "x.tar", how)), message);
    });
  }

  it("refuses what is written through a link of the archive, and links that lead out through links", async () => {
    const through = [
      { name: "a", type: "symlink", linkname: "b" },
      { name: "a/evil", text: "x" },
    ] as const;
    assert.match(await refusal(unpackFrom(await tarOf(through), "x.tar", everything)), /below a link/);
    const chain = [
      { name: "x/y/z/file", text: "x" },
      { name: "x/y/d", type: "symlink", linkname: "../.." },
      { name: "evil", type: "symlink", linkname: "x/y/d/../../../../../etc" },
    ] as const;
    assert.match(
      await refusal(unpackFrom(await tarOf(chain), "y.tar", { ...everything, files: { ".": "/opt" } })),
      /leads out/,
    );
  });

  it("makes no link through another, which would be outside of its folder, whatever their order", async () => {
    // Deep in the archive it stays inside; where the layout puts it, it leads to the folder beside the target.
    const out = { name: "a/b/c/out", type: "symlink", linkname: "../../beside" } as const;
    const below = { name: "a/b/c/out/evil", type: "symlink", linkname: "x" } as const;
    const how: ArtifactLayout = { strip: 0, files: { "a/b/c": "/opt" }, links: {} };
    mkdirSync(join(folder(), "beside"));
    for (const entries of [
      [out, below],
      [below, out],
      [out, { ...below, type: "link", linkname: "a/b/c/x" } as const],
    ])
      assert.match(await refusal(unpackFrom(await tarOf(entries), "x.tar", how)), /below a link: "\/opt\/out\/evil"$/);
    const through = { ...how, links: { "/opt/out/evil": "x" } };
    assert.match(await refusal(unpackFrom(await tarOf([out]), "x.tar", through)), /below a link/);
    assert.deepEqual(readdirSync(join(folder(), "beside")), []);
  });

  it("refuses a hard link to what the layout does not take", async () => {
    const link = { name: "package/lib/d", type: "link", linkname: "package/README.md" } as const;
    assert.match(
      await refusal(unpackFrom(await tarOf([...good, link]), "x.tar")),
      /not taken from it: "package\/lib\/d"$/,
    );
  });

  it("refuses more files, or more bytes, than are allowed", async () => {
    const limits = { size: 14, entries: 100 };
    assert.equal(
      await refusal(unpackFrom(await tarOf(good), "x.tar", layout, limits)),
      "the archive has more than 14 bytes",
    );
    const few = { size: 1000, entries: 5 };
    assert.equal(
      await refusal(unpackFrom(await tarOf(good), "x.tar", layout, few)),
      "the archive has more than 5 entries",
    );
  });

  it("refuses an archive that is cut off, or is none", async () => {
    const whole = gzipSync(await tarOf([{ name: "package/bin/tool", text: "program".repeat(10_000) }]));
    for (const bytes of [whole.subarray(0, whole.length - 20), Buffer.from("no archive")])
      assert.match(await refusal(unpackFrom(bytes, "x.tgz")), /^the archive cannot be unpacked: /);
  });

  it("names what the layout asks for and the archive does not have", async () => {
    const lacking = { ...layout, files: { ...layout.files, "share/x": "/opt/x" } };
    assert.equal(await refusal(unpackFrom(await tarOf(good), "x.tar", lacking)), "the archive has no share/x");
  });

  it("reads zip and tar.xz", async function () {
    const made = (program: string, args: readonly string[]): Buffer | undefined => {
      const { status, stdout } = spawnSync(program, args, { cwd: join(folder(), "made"), maxBuffer: 1 << 24 });
      return status === 0 ? stdout : undefined;
    };
    mkdirSync(join(folder(), "made/tool/bin"), { recursive: true });
    writeFileSync(join(folder(), "made/tool/bin/tool"), "program", { mode: 0o755 });
    const python =
      "import sys, zipfile; z = zipfile.ZipFile(sys.stdout.buffer, 'w'); z.write('tool/bin/tool'); z.close()";
    const archives = { "x.tar.xz": made("tar", ["-cJf", "-", "tool"]), "x.zip": made("python3", ["-c", python]) };
    if (Object.values(archives).some((bytes) => bytes === undefined)) this.skip();
    for (const [name, bytes] of Object.entries(archives)) {
      await unpackFrom(bytes ?? Buffer.from(""), name, { strip: 1, files: { bin: `/opt/${name}` }, links: {} });
      assert.equal(readTree(target())[`opt/${name}/tool`], "program");
      assert.equal(statSync(join(target(), `opt/${name}/tool`)).mode & 0o777, 0o755);
    }
  });
});
