import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { failing, isInImage, type Trial } from "./engine-trial.js";
import { writeFiles } from "./folders.js";

const password = "b7f3-not-to-be-seen";
const mirror = `https://ingot:${password}@mirror.example.org/debian trixie main\n`;
const secretMount = "--mount=type=secret,id=mirror";

/** What an engine must do with a Dockerfile. */
export function describeBuilds(trial: () => Trial): void {
  const read = async (image: string, ...paths: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await trial().engine.run({ image, command: ["cat", ...paths] });
    assert.equal(exitCode, 0, stderr);
    return stdout.trim();
  };
  const secretFile = (): string => {
    const file = join(trial().newFolder(), "mirror");
    writeFileSync(file, mirror);
    return file;
  };

  describe("a build", () => {
    it("gives every tag, and says the image", async () => {
      const { engine, newReference, newFolder } = trial();
      const tags = [newReference(), newReference(), newReference()];
      const folder = newFolder();
      writeFileSync(join(folder, "Dockerfile"), "FROM tools\nENV TAGGED=1\n");
      const contexts = { tools: trial().tools };
      const image = await engine.build({
        folder,
        tags,
        contexts,
        buildArguments: {},
        labels: {},
        secrets: [],
        cache: true,
      });
      const images = await engine.inspect(tags);
      assert.deepEqual([...images.keys()], tags);
      for (const each of images.values()) assert.deepEqual(each, image);
    });

    it("moves a tag from the image that had it", async () => {
      const { engine, build, newReference } = trial();
      const tags = [newReference()];
      const ids: (string | undefined)[] = [];
      for (const text of ["older", "newer"]) {
        await build(["FROM tools", `RUN echo ${text} >/text`], { tags });
        ids.push((await engine.inspect(tags)).get(tags[0] ?? "")?.id);
      }
      assert.notEqual(ids[0], ids[1]);
      assert.equal(await read(tags[0] ?? "", "/text"), "newer");
    });

    it("gets its arguments as they are", async () => {
      const value = `it's "so" $HOME = a\\b, ü`;
      const image = await trial().build(["FROM tools", "ARG VALUE", 'RUN echo "$VALUE" >/value'], {
        buildArguments: { VALUE: value },
      });
      assert.equal(await read(image, "/value"), value);
    });

    it("for this machine's own platform is built when it is asked for", async () => {
      const { build, ask, tools } = trial();
      const architecture = ask("image", "inspect", "--format", "{{.Architecture}}", tools).trim();
      assert.ok(architecture === "amd64" || architecture === "arm64");
      const image = await build(["FROM tools", "ENV PLATFORM=1"], { platform: `linux/${architecture}` });
      assert.equal(ask("image", "inspect", "--format", "{{.Architecture}}", image).trim(), architecture);
    });

    it("uses no earlier results where it may not", async () => {
      const { build } = trial();
      const dockerfile = ["FROM tools", "RUN cat /proc/sys/kernel/random/uuid >/uuid"];
      const first = await read(await build(dockerfile), "/uuid");
      assert.notEqual(await read(await build(dockerfile, { cache: false }), "/uuid"), first);
    });

    it("uses no earlier result of a command that now reads another file, or another image, by a mount", async () => {
      const { build, tools } = trial();
      const mounts = "--mount=type=bind,from=base,target=/base --mount=type=bind,target=/context";
      const dockerfile = [
        "FROM engine-contract-none AS base",
        "FROM tools",
        `RUN ${mounts} cat /base/text /context/text >/read`,
      ];
      const bases = [
        await build(["FROM tools", "RUN echo one >/text"]),
        await build(["FROM tools", "RUN echo two >/text"]),
      ];
      for (const [base, text] of [
        [0, "one"],
        [0, "two"],
        [1, "two"],
      ] as const) {
        const contexts = { tools, "engine-contract-none": bases[base] ?? "" };
        const image = await build(dockerfile, { contexts, files: { text: `${text}\n` } });
        assert.equal(await read(image, "/read"), `${base === 0 ? "one" : "two"}\n${text}`);
      }
    });

    it("says what it does, line by line, while it does it", async () => {
      const lines: string[] = [];
      await trial().build(["FROM tools", "RUN echo one-$((1 + 1))-three && echo four >&2"], {
        cache: false,
        onLine: (line) => lines.push(line),
      });
      assert.ok(lines.some((line) => line.endsWith("one-2-three")));
      assert.ok(lines.some((line) => line.endsWith("four")));
      for (const line of lines) assert.doesNotMatch(line, /[\r\n]/);
    });

    it("done twice without earlier results gives the same image", async () => {
      const { engine, build } = trial();
      const dockerfile = [
        "FROM tools AS rootfs",
        "ARG SOURCE_DATE_EPOCH",
        "RUN mkdir -p /rootfs/etc && echo hello >/rootfs/etc/motd && ln -s motd /rootfs/etc/issue",
        'RUN find /rootfs -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +',
        "FROM scratch",
        "COPY --from=rootfs /rootfs/ /",
        'CMD ["sh"]',
      ];
      const request = { cache: false, buildArguments: { SOURCE_DATE_EPOCH: "1700000000" } };
      const [one, two] = [await build(dockerfile, request), await build(dockerfile, request)];
      const images = await engine.inspect([one, two]);
      assert.ok(images.get(one)?.id);
      assert.equal(images.get(one)?.id, images.get(two)?.id);
    });
  });

  describe("a named context", () => {
    const names = [
      "engine-contract-none",
      "engine-contract-none:1.2",
      "engine-contract/none:1.2-dev",
      "docker.io/engine-contract/none:1.2",
      "docker.io/library/engine-contract-none:trixie-slim",
      "registry.example.org/engine-contract/none:1.2",
    ];
    for (const name of names)
      it(`stands for FROM ${name}`, async () => {
        const { build, tools } = trial();
        const other = await build(["FROM tools", "RUN echo this-one >/which"]);
        const image = await build([`FROM ${name}`, "RUN cat /which >/read"], { contexts: { tools, [name]: other } });
        assert.equal(await read(image, "/read"), "this-one");
      });

    const spellings = [
      ["engine-contract/none:1.2", "docker.io/engine-contract/none:1.2"],
      ["engine-contract-none:1.2", "docker.io/library/engine-contract-none:1.2"],
    ] as const;
    for (const [short, whole] of spellings)
      it(`stands for ${short} in either spelling`, async () => {
        const { build, tools } = trial();
        const other = await build(["FROM tools", "RUN echo this-one >/which"]);
        for (const [name, from] of [
          [short, whole],
          [whole, short],
        ] as const) {
          const image = await build([`FROM ${from}`, "RUN cat /which >/read"], { contexts: { tools, [name]: other } });
          assert.equal(await read(image, "/read"), "this-one");
        }
      });

    it("stands for each stage's, in a Dockerfile that adds to one what another makes, and stays", async () => {
      const { engine, build } = trial();
      const [lower, upper] = [
        await build(["FROM tools", "RUN echo lower >/lower"]),
        await build(["FROM tools", "RUN echo upper >/upper"]),
      ];
      const [base, dev] = ["engine-contract/none:trixie", "engine-contract/none:trixie-dev"];
      const image = await build(
        [
          `FROM ${base} AS base`,
          `FROM ${dev} AS rootfs`,
          "RUN --mount=type=bind,from=base,target=/base mkdir /rootfs && cat /base/lower /upper >/rootfs/both",
          "FROM base",
          "COPY --from=rootfs /rootfs/ /",
        ],
        { contexts: { [base]: lower, [dev]: upper } },
      );
      assert.equal(await read(image, "/both", "/lower"), "lower\nupper\nlower");
      assert.deepEqual([...(await engine.inspect([lower, upper])).keys()], [lower, upper]);
    });
  });

  describe("a command of a build", () => {
    it("reads another stage, and the folder of the Dockerfile, where they are mounted", async () => {
      const image = await trial().build(
        [
          "FROM tools AS base",
          "RUN echo from the stage >/text",
          "FROM tools",
          "RUN --mount=type=bind,from=base,target=/base --mount=type=bind,target=/context cat /base/text /context/text >/read",
        ],
        { files: { text: "from the folder\n" } },
      );
      assert.equal(await read(image, "/read"), "from the stage\nfrom the folder");
    });

    it("reads a folder of this machine, where a mount names it as an image would be named", async () => {
      const { build, tools, newFolder } = trial();
      const folder = newFolder();
      writeFiles(folder, { "usr/local/answer": "forty-two\n" });
      const name = "engine-contract/artifact:tool-1.2.3";
      const mount = `--mount=type=bind,from=${name},target=/artifacts/tool`;
      const image = await build(["FROM tools", `RUN ${mount} cat /artifacts/tool/usr/local/answer >/read`], {
        contexts: { tools, [name]: folder },
      });
      assert.equal(await read(image, "/read"), "forty-two");
    });

    it("reads a secret, which is in no layer, config or history of the image", async () => {
      const image = await trial().build(
        ["FROM tools", `RUN ${secretMount} sha256sum </run/secrets/mirror >/sum`, "COPY marker /marker"],
        { secrets: [{ id: "mirror", file: secretFile() }], files: { marker: "a text that is in a layer" } },
      );
      const sum = createHash("sha256").update(mirror).digest("hex");
      assert.equal(await read(image, "/sum"), `${sum}  -`);
      assert.equal(await isInImage(trial(), image, "a text that is in a layer"), true);
      assert.equal(await isInImage(trial(), image, password), false);
    });

    it("has no secret where none is given, and works", async () => {
      const image = await trial().build(["FROM tools", `RUN ${secretMount} ls /run/secrets/mirror >/found || true`]);
      assert.equal(await read(image, "/found"), "");
    });
  });

  describe("a failing build", () => {
    it("is a failure of one line, with the last that its command said", async () => {
      const { engine, name, build, newReference } = trial();
      const tags = [newReference(), newReference()];
      const { message, log } = await failing(
        build(["FROM tools", "RUN echo the reason of $((40 + 2)) >&2; exit 7"], { tags }),
      );
      assert.match(message, new RegExp(`^${name} cannot build: .*\\b7\\b`));
      assert.ok(
        log.some((line) => line.endsWith("the reason of 42")),
        log.join("\n"),
      );
      assert.equal((await engine.inspect(tags)).size, 0, "it leaves no tag");
    });

    it("leaves a tag where it was", async () => {
      const { engine, build } = trial();
      const reference = await build(["FROM tools", "ENV STAYS=1"]);
      const before = await engine.inspect([reference]);
      await failing(build(["FROM tools", "RUN false"], { tags: [reference] }));
      assert.deepEqual(await engine.inspect([reference]), before);
    });

    it("tells no secret, in what it said nor in the failure", async () => {
      const lines: string[] = [];
      const { message, log } = await failing(
        trial().build(["FROM tools", `RUN ${secretMount} cat /run/secrets/mirror >&2; exit 7`], {
          secrets: [{ id: "mirror", file: secretFile() }],
          onLine: (line) => lines.push(line),
        }),
      );
      assert.ok(
        lines.some((line) => line.includes("***")),
        lines.join("\n"),
      );
      for (const line of [message, ...log, ...lines]) assert.doesNotMatch(line, /not-to-be-seen|mirror\.example\.org/);
    });

    it("names the image that it is FROM and that no registry has", async () => {
      const { message } = await failing(trial().build(["FROM 127.0.0.1:9/engine-contract/none:1"]));
      assert.match(message, new RegExp(`^${trial().name} cannot pull 127\\.0\\.0\\.1:9/engine-contract/none:1: `));
    });

    it("names a line that is no instruction", async () => {
      const { message } = await failing(trial().build(["FROM tools", "RUNN true"]));
      assert.match(message, /runn/i);
    });
  });
}
