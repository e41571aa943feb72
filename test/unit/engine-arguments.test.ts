import assert from "node:assert/strict";
import type { BuildRequest } from "../../src/ports/engine.js";
import {
  buildArguments,
  type Dialect,
  dockerDialect,
  inspectArguments,
  listArguments,
  podmanDialect,
  runArguments,
  saveArguments,
  serveArguments,
} from "../../src/ports/engine-arguments.js";
import {
  imagesIn,
  isOnLoopback,
  referenceKey,
  shortReference,
  wholeReference,
} from "../../src/ports/engine-references.js";

const dialects: readonly Dialect[] = [dockerDialect, podmanDialect];

const request: BuildRequest = {
  folder: "/catalog/generated/node/24",
  tags: ["docker.io/ingot/node:24", "docker.io/ingot/node:latest"],
  platform: "linux/arm64",
  buildArguments: { SOURCE_DATE_EPOCH: "1700000000", ANOTHER: "a b" },
  labels: { "ingot.fingerprint": "8f3a", "a.label": "" },
  contexts: { "ingot/base:trixie": "docker.io/ingot/base:trixie" },
  secrets: [{ id: "mirror", file: "/run/trixie.mirror" }],
  cache: false,
};
const plain: BuildRequest = {
  folder: "/catalog",
  tags: [],
  buildArguments: {},
  labels: {},
  contexts: {},
  secrets: [],
  cache: true,
};

describe("the arguments of a build", () => {
  it("for Docker are those of buildx, with short references", () => {
    assert.deepEqual(buildArguments(dockerDialect, request), [
      ...["buildx", "build", "--output", "type=docker,oci-mediatypes=true", "--provenance=false", "--sbom=false"],
      ...["--progress=plain", "--platform", "linux/arm64", "--no-cache"],
      ...["--build-arg", "ANOTHER=a b", "--build-arg", "SOURCE_DATE_EPOCH=1700000000"],
      ...["--label", "a.label=", "--label", "ingot.fingerprint=8f3a"],
      ...["--build-context", "ingot/base:trixie=docker-image://ingot/base:trixie"],
      ...["--secret", "id=mirror,src=/run/trixie.mirror"],
      ...["--tag", "ingot/node:24", "--tag", "ingot/node:latest"],
      "/catalog/generated/node/24",
    ]);
  });

  it("for Podman have whole references, every spelling of a context, and the date of the content", () => {
    assert.deepEqual(buildArguments(podmanDialect, request), [
      ...["build", "--identity-label=false", "--pull=false", "--timestamp", "1700000000"],
      ...["--platform", "linux/arm64", "--no-cache"],
      ...["--build-arg", "ANOTHER=a b", "--build-arg", "SOURCE_DATE_EPOCH=1700000000"],
      ...["--label", "a.label=", "--label", "ingot.fingerprint=8f3a"],
      ...["--build-context", "docker.io/ingot/base:trixie=docker-image://docker.io/ingot/base:trixie"],
      ...["--build-context", "ingot/base:trixie=docker-image://docker.io/ingot/base:trixie"],
      ...["--secret", "id=mirror,src=/run/trixie.mirror"],
      ...["--tag", "docker.io/ingot/node:24", "--tag", "docker.io/ingot/node:latest"],
      "/catalog/generated/node/24",
    ]);
  });

  it("have Docker write a layout too, into a folder of any name, and Podman none", () => {
    const layout = '/tmp/a "b", c';
    const [docker, podman] = [dockerDialect, podmanDialect].map((dialect) =>
      buildArguments(dialect, { ...request, layout }),
    );
    const added = docker?.filter((each) => !buildArguments(dockerDialect, request).includes(each));
    assert.deepEqual(added, ['type=oci,tar=false,"dest=/tmp/a ""b"", c"']);
    assert.deepEqual(podman, buildArguments(podmanDialect, request));
  });

  it("have nothing of what is not asked for", () => {
    for (const dialect of dialects) {
      const text = buildArguments(dialect, plain).join(" ");
      assert.doesNotMatch(text, /--(?:platform|build-arg|label|build-context|secret|tag|timestamp)\b/);
      assert.match(text, / \/catalog$/);
    }
  });

  it("let Docker use earlier results, and Podman never, which would take outdated ones", () => {
    for (const [dialect, cache, cached] of [
      [dockerDialect, true, true],
      [dockerDialect, false, false],
      [podmanDialect, true, false],
      [podmanDialect, false, false],
    ] as const) {
      const options = buildArguments(dialect, { ...plain, cache }).filter((word) => word === "--no-cache");
      assert.equal(options.length, cached ? 0 : 1, `${dialect.name} ${cache}`);
    }
  });

  it("are the same in whatever order the request was written", () => {
    const turned = (values: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(values).reverse());
    const contexts = { b: "docker.io/x/b:1", a: "docker.io/x/a:1" };
    const { buildArguments: named, labels } = request;
    for (const dialect of dialects)
      assert.deepEqual(
        buildArguments(dialect, { ...request, contexts }),
        buildArguments(dialect, {
          ...request,
          contexts: turned(contexts),
          buildArguments: turned(named),
          labels: turned(labels),
        }),
      );
  });

  it("give a folder as it is, and an image as one", () => {
    for (const dialect of dialects) {
      const contexts = { "ingot/artifact:a-1": "/tmp/a b", "ingot/base:trixie": "docker.io/ingot/base:trixie" };
      const args = buildArguments(dialect, { ...plain, contexts });
      assert.ok(args.includes("ingot/artifact:a-1=/tmp/a b"), args.join(" "));
      assert.ok(args.some((each) => /^ingot\/base:trixie=docker-image:\/\//.test(each)));
    }
  });

  it("know a fully qualified FROM of an official image by both its names", () => {
    const contexts = { "docker.io/library/debian:trixie-slim": "docker.io/ingot/bootstrap:trixie" };
    const text = buildArguments(podmanDialect, { ...plain, contexts }).join(" ");
    for (const name of ["debian:trixie-slim", "docker.io/library/debian:trixie-slim"])
      assert.ok(text.includes(` ${name}=docker-image://docker.io/ingot/bootstrap:trixie`), text);
  });
});

describe("the arguments of a container", () => {
  const run = { image: "docker.io/ingot/node:24", command: ["node", "--version"] };

  it("for a command: it goes when it ends, is never pulled, can be found, and has no network", () => {
    assert.deepEqual(runArguments(dockerDialect, run, "ingot-1"), [
      ...["run", "--rm", "--pull", "never", "--name", "ingot-1", "--label", "ingot.test=true"],
      ...["--network", "none", "ingot/node:24", "node", "--version"],
    ]);
    assert.deepEqual(runArguments(podmanDialect, run, "ingot-1"), [
      ...["run", "--rm", "--pull", "never", "--name", "ingot-1", "--label", "ingot.test=true", "--passwd=false"],
      ...["--network", "none", "docker.io/ingot/node:24", "node", "--version"],
    ]);
  });

  it("have what else is asked for before the image", () => {
    const more = { ...run, env: { B: "2", A: "1 = 1" }, user: "1234:0", network: "bridge" as const, confined: true };
    const [docker, podman] = dialects.map((dialect) => runArguments(dialect, more, "ingot-1").join(" "));
    const rights = "--cap-drop ALL --security-opt no-new-privileges";
    const before = "--env A=1 = 1 --env B=2 --network bridge --user 1234:0 --read-only";
    assert.ok(docker?.endsWith(` ${before} ${rights} ingot/node:24 node --version`), docker);
    assert.ok(podman?.endsWith(` --read-only-tmpfs=false ${rights} docker.io/ingot/node:24 node --version`), podman);
  });

  it("for a service: it stays when it ends, and its port is published on loopback only", () => {
    for (const dialect of dialects) {
      const args = serveArguments(dialect, { image: "docker.io/ingot/node:24", port: 8080 }, "ingot-1");
      assert.deepEqual(args.slice(0, 2), ["run", "--detach"]);
      assert.ok(!args.includes("--rm"));
      assert.deepEqual(args.slice(-3), ["--publish", "127.0.0.1::8080", dialect.reference("docker.io/ingot/node:24")]);
    }
  });
});

describe("the other arguments of an engine", () => {
  it("inspect all images at once", () => {
    assert.deepEqual(inspectArguments(dockerDialect, ["docker.io/ingot/a:1", "localhost/b:1"]), [
      ...["image", "inspect", "ingot/a:1", "localhost/b:1"],
    ]);
  });

  it("list by a pattern in the engine's own form", () => {
    const [docker, podman] = dialects.map((dialect) => listArguments(dialect, "docker.io/ingot/*").join(" "));
    assert.match(docker ?? "", /^image ls --no-trunc --filter reference=ingot\/\* --format /);
    assert.match(podman ?? "", /^image ls --no-trunc --filter reference=docker\.io\/ingot\/\* --format /);
  });

  it("save an image as an OCI layout", () => {
    const [docker, podman] = dialects.map((each) => saveArguments(each, "docker.io/ingot/a:1", "/x/a.tar").join(" "));
    assert.equal(docker, "image save --output /x/a.tar ingot/a:1");
    assert.equal(podman, "image save --quiet --format oci-archive --output /x/a.tar docker.io/ingot/a:1");
  });
});

describe("the spellings of a reference", () => {
  const id = `sha256:${"0f".repeat(32)}`;
  const pairs = [
    ["debian:trixie", "docker.io/library/debian:trixie"],
    ["ingot/node:24", "docker.io/ingot/node:24"],
    ["a/b/c", "docker.io/a/b/c"],
    ["localhost/ingot-tested/x:1", "localhost/ingot-tested/x:1"],
    ["localhost:5000/x", "localhost:5000/x"],
    ["registry.example.org/x:1", "registry.example.org/x:1"],
    ["[::1]:5000/x:1", "[::1]:5000/x:1"],
    [`debian@${id}`, `docker.io/library/debian@${id}`],
    ["ingot/*", "docker.io/ingot/*"],
    [id, id],
  ] as const;

  for (const [short, whole] of pairs)
    it(`are ${short} and ${whole}`, () => {
      assert.equal(wholeReference(short), whole);
      assert.equal(wholeReference(whole), whole);
      assert.equal(shortReference(whole), short);
      assert.equal(shortReference(short), short);
    });

  it("without library/ are whole as well", () => {
    assert.equal(wholeReference("docker.io/debian:trixie"), "docker.io/library/debian:trixie");
  });

  it("stay whole where another image would be meant without the registry", () => {
    assert.equal(shortReference("docker.io/localhost/x:1"), "docker.io/localhost/x:1");
    assert.equal(shortReference("docker.io/registry.example.org/x:1"), "docker.io/registry.example.org/x:1");
  });

  it("have one key", () => {
    assert.equal(referenceKey("debian"), "docker.io/library/debian:latest");
    assert.equal(referenceKey("docker.io/debian:latest"), "docker.io/library/debian:latest");
    assert.equal(referenceKey("localhost:5000/x"), "localhost:5000/x:latest");
    assert.equal(referenceKey(`ingot/node:24@${id}`), `docker.io/ingot/node@${id}`);
    assert.equal(referenceKey(`ingot/node@${id}`), `docker.io/ingot/node@${id}`);
  });

  it("say whether the registry is on this machine", () => {
    for (const reference of ["localhost/x", "localhost:5000/x", "127.0.0.1:5000/x:1", "127.1.2.3/x", "[::1]:5000/x"])
      assert.equal(isOnLoopback(reference), true, reference);
    for (const reference of ["x", "ingot/x", "localhost.example.org/x", "127.0.0.1.example.org/x", "10.0.0.1:5000/x"])
      assert.equal(isOnLoopback(reference), false, reference);
  });
});

describe("the images that a build takes from registries", () => {
  const none = { buildArguments: {}, contexts: {} };

  it("are those of each FROM and mount, with the arguments filled in", () => {
    const dockerfile = `ARG DEV=docker.io/x/dev:1
ARG RUNTIME
FROM --platform=linux/amd64 $DEV AS build
RUN --mount=type=bind,from=ghcr.io/a/b:1,target=/x true
FROM \${RUNTIME}
COPY --from=build /x /x
COPY --from=0 /y /y
COPY --from=127.0.0.1:5000/z:1 /z /z
`;
    const buildArguments = { RUNTIME: "127.0.0.1:5000/x/runtime:1" };
    assert.deepEqual(imagesIn(dockerfile, { ...none, buildArguments }), [
      ...["docker.io/x/dev:1", "127.0.0.1:5000/x/runtime:1", "ghcr.io/a/b:1", "127.0.0.1:5000/z:1"],
    ]);
  });

  it("are no stages, no contexts in any spelling, and not nothing", () => {
    const dockerfile = "FROM ingot/base:trixie AS Base\nFROM base AS other\nFROM scratch\nCOPY --from=base / /\n";
    const contexts = { "docker.io/ingot/base:trixie": "docker.io/ingot/base:trixie" };
    assert.deepEqual(imagesIn(dockerfile, { ...none, contexts }), []);
  });
});
