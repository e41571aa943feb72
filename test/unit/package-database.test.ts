import assert from "node:assert/strict";
import fc from "fast-check";
import type { ImageContent } from "../../src/model/content.js";
import { isDatabaseFile, readPackageDatabase } from "../../src/model/package-database.js";
import { contentOf } from "../support/image-content.js";

const texts = (record: Readonly<Record<string, string>>): ImageContent["texts"] => new Map(Object.entries(record));

const runtime = contentOf({
  files: ["/usr/lib/libz.so.1", "/usr/share/zoneinfo/UTC", "/etc/passwd"],
  texts: {
    "/var/lib/dpkg/status.d/zlib1g": [
      "Package: zlib1g",
      "Status: install ok installed",
      "Maintainer: Zed Packager <zed@example.org>",
      "Architecture: amd64",
      "Source: zlib (1:1.3-2)",
      "Version: 1:1.3-2+b1",
      "Homepage: https://zlib.example/",
      "X-License: Zlib,",
      " Expat",
      "Description: compression",
      " .",
      " Version: 9",
      "",
    ].join("\n"),
    "/var/lib/dpkg/status.d/zlib1g.md5sums":
      "00000000000000000000000000000000  lib/libz.so.1\n00000000000000000000000000000000  usr/share/doc/zlib1g/copyright\n",
    "/var/lib/dpkg/status.d/tzdata": "Package: tzdata\nArchitecture: all\nVersion: 2026a-1\n",
    "/var/lib/dpkg/status.d/tzdata.md5sums": "00000000000000000000000000000000  usr/share/zoneinfo/UTC\n",
  },
  links: { "/lib": "usr/lib" },
});

const dev = contentOf({
  files: ["/usr/bin/bash", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/share/doc/bash/README"],
  folders: ["/usr/share/doc", "/usr/share/doc/bash"],
  links: { "/lib": "/usr/lib", "/bin": "usr/bin", "/usr/bin/rbash": "bash" },
  texts: {
    "/var/lib/dpkg/status": [
      "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nSource: glibc\nVersion: 2.41-12\n",
      "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-1\n",
      "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n",
    ].join("\n"),
    "/var/lib/dpkg/info/libc6:amd64.list":
      "/.\n/lib\n/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu/libc.so.6\n/usr/share/doc/libc6/copyright\n",
    "/var/lib/dpkg/info/bash.list":
      "/.\n/bin\n/bin/bash\n/bin/rbash\n/usr\n/usr/share\n/usr/share/doc\n/usr/share/doc/bash\n/usr/share/doc/bash/README\n",
  },
});

const alpineText = [
  "C:Q1AAAA=",
  "P:musl",
  "V:1.2.5-r21",
  "A:x86_64",
  "T:the C library",
  "U:https://musl.example/",
  "L:MIT",
  "o:musl-src",
  "m:Anna Alpine <anna@example.org>",
  "F:lib",
  "R:ld-musl-x86_64.so.1",
  "a:0:0:755",
  "Z:Q1BBBB=",
  "R:libc.musl-x86_64.so.1",
  "F:",
  "R:odd",
  "",
  "P:alpine-baselayout-data",
  "V:3.7-r0",
  "A:noarch",
  "",
].join("\n");

const alpine = contentOf({
  files: ["/lib/ld-musl-x86_64.so.1", "/odd"],
  links: { "/lib/libc.musl-x86_64.so.1": "ld-musl-x86_64.so.1" },
  texts: { "/lib/apk/db/installed": alpineText },
});

describe("an image's package database", () => {
  it("of a Debian runtime image has a stanza and the checksums of each package", () => {
    assert.deepEqual(readPackageDatabase(runtime), {
      family: "debian",
      packages: [
        {
          name: "tzdata",
          version: "2026a-1",
          architecture: "all",
          source: { name: "tzdata", version: "2026a-1" },
          files: ["/usr/share/zoneinfo/UTC"],
        },
        {
          name: "zlib1g",
          version: "1:1.3-2+b1",
          architecture: "amd64",
          source: { name: "zlib", version: "1:1.3-2" },
          maintainer: "Zed Packager <zed@example.org>",
          homepage: "https://zlib.example/",
          licence: "Zlib, Expat",
          files: ["/usr/lib/libz.so.1"],
        },
      ],
    });
  });

  it("of a Debian dev image is dpkg's own: what is installed, with its files and no folders", () => {
    const database = readPackageDatabase(dev);
    assert.equal(database?.family, "debian");
    assert.deepEqual(
      database.packages.map(({ name, source, files }) => [name, source.name, files]),
      [
        ["bash", "bash", ["/usr/bin/bash", "/usr/bin/rbash", "/usr/share/doc/bash/README"]],
        ["libc6", "glibc", ["/usr/lib/x86_64-linux-gnu/libc.so.6"]],
      ],
    );
    assert.deepEqual(database.packages[1]?.source, { name: "glibc", version: "2.41-12" });
  });

  it("of Alpine says the licence, and the folder and name of each file", () => {
    assert.deepEqual(readPackageDatabase(alpine), {
      family: "alpine",
      packages: [
        {
          name: "alpine-baselayout-data",
          version: "3.7-r0",
          architecture: "noarch",
          source: { name: "alpine-baselayout-data", version: "3.7-r0" },
          files: [],
        },
        {
          name: "musl",
          version: "1.2.5-r21",
          architecture: "x86_64",
          source: { name: "musl-src", version: "1.2.5-r21" },
          maintainer: "Anna Alpine <anna@example.org>",
          homepage: "https://musl.example/",
          licence: "MIT",
          files: ["/lib/ld-musl-x86_64.so.1", "/lib/libc.musl-x86_64.so.1", "/odd"],
        },
      ],
    });
  });

  it("of Alpine is found where /lib is merged into /usr", () => {
    const merged = contentOf({
      files: ["/usr/lib/ld-musl-x86_64.so.1"],
      links: { "/lib": "usr/lib" },
      texts: { "/usr/lib/apk/db/installed": alpineText },
    });
    assert.deepEqual(readPackageDatabase(merged)?.packages[1]?.files, ["/usr/lib/ld-musl-x86_64.so.1"]);
  });

  it("is not there in an image that has none, which is not the same as an empty one", () => {
    assert.equal(readPackageDatabase(contentOf({})), undefined);
    assert.deepEqual(readPackageDatabase(contentOf({ texts: { "/var/lib/dpkg/status": "" } })), {
      family: "debian",
      packages: [],
    });
  });

  it("passes over what makes no sense, and takes no name from what objects inherit", () => {
    const rubbish = [
      "constructor: x\n__proto__: y\nPackage: constructor\nArchitecture: all\nVersion: 1\nVersion: 2\nSource: ../x (1)\n",
      "Package: ../../etc/passwd\nArchitecture: amd64\nVersion: 1\n",
      "Package: no-version\nArchitecture: amd64\n",
      "Package: bad\nArchitecture: amd64\nVersion: 1 $(reboot)\n",
      "\u001b[31m\n: \nno colon\n",
    ].join("\n");
    const content = contentOf({ texts: { "/var/lib/dpkg/status.d/x": rubbish } });
    assert.deepEqual(readPackageDatabase(content)?.packages, [
      {
        name: "constructor",
        version: "1",
        architecture: "all",
        source: { name: "constructor", version: "1" },
        files: [],
      },
    ]);
  });

  it("is read to its end whatever is in it, and names no file that the image lacks", () => {
    const line = fc.constantFrom(
      "Package: a",
      "Version: 1",
      "Architecture: all",
      "F:lib",
      "R:x",
      "P:b",
      "V:1",
      "A:noarch",
      "",
    );
    const text = fc.array(fc.oneof(line, fc.string()), { maxLength: 30 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(
        text,
        text,
        fc.constantFrom("/lib/apk/db/installed", "/var/lib/dpkg/status.d/a"),
        (some, sums, path) => {
          const content = contentOf({ files: ["/lib/x"], texts: { [path]: some, [`${path}.md5sums`]: sums } });
          for (const { files } of readPackageDatabase(content)?.packages ?? [])
            assert.ok(files.every((file) => content.entries.has(file)));
        },
      ),
    );
  });

  it("ends where links go in a circle", () => {
    const circle = contentOf({
      files: ["/a/x"],
      links: { "/b": "c", "/c": "/b/.." },
      texts: { "/lib/apk/db/installed": "P:p\nV:1\nA:noarch\nF:b\nR:x\nF:b/../a/.\nR:x\n" },
    });
    assert.deepEqual(readPackageDatabase(circle)?.packages[0]?.files, []);
  });

  it("is made from these files' texts and no others", () => {
    const needed = [
      "/var/lib/dpkg/status",
      "/var/lib/dpkg/status.d/libc6",
      "/var/lib/dpkg/status.d/libc6.md5sums",
      "/var/lib/dpkg/info/libc6:amd64.list",
      "/lib/apk/db/installed",
      "/usr/lib/apk/db/installed",
    ];
    assert.deepEqual(needed.filter(isDatabaseFile), needed);
    const others = ["/var/lib/dpkg/info/libc6:amd64.md5sums", "/var/lib/dpkg/status-old", "/x/lib/apk/db/installed"];
    assert.deepEqual(others.filter(isDatabaseFile), []);
    const trimmed = {
      ...runtime,
      texts: texts(Object.fromEntries([...runtime.texts].filter(([path]) => isDatabaseFile(path)))),
    };
    assert.deepEqual(readPackageDatabase(trimmed), readPackageDatabase(runtime));
  });
});
