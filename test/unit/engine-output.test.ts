import assert from "node:assert/strict";
import {
  engineFailure,
  isEngineFailure,
  isMissingOnly,
  linesOf,
  parseInspected,
  parseList,
} from "../../src/ports/engine-output.js";
import { createRedactor } from "../../src/ports/redact.js";

const [one, two] = [`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`];

describe("what an inspection says", () => {
  const docker = {
    Id: one,
    RepoTags: ["ingot/node:24", "ingot/node:latest"],
    RepoDigests: [`ingot/node@${one}`],
    Config: { Labels: { "ingot.fingerprint": "8f3a" }, User: "65532:65532" },
    Size: 1234,
  };

  it("is found under each reference as it was asked for", () => {
    const asked = ["docker.io/ingot/node:24", "ingot/node", `docker.io/ingot/node@${one}`, one, "docker.io/ingot/go:1"];
    const images = parseInspected(JSON.stringify([docker]), asked);
    assert.deepEqual([...images.keys()], asked.slice(0, 4));
    const image = { id: one, labels: { "ingot.fingerprint": "8f3a" }, user: "65532:65532", size: 1234 };
    for (const each of images.values()) assert.deepEqual(each, image);
  });

  it("of Podman has an id without its algorithm", () => {
    const podman = { ...docker, Id: "1".repeat(64), RepoTags: ["docker.io/ingot/node:24"] };
    assert.equal(parseInspected(JSON.stringify([podman]), ["ingot/node:24"]).get("ingot/node:24")?.id, one);
  });

  it("may lack names, labels and a user", () => {
    for (const bare of [
      { Id: one, Size: 0 },
      { Id: one, RepoTags: null, RepoDigests: null, Config: { Labels: null }, Size: 0 },
    ]) {
      const images = parseInspected(JSON.stringify([bare]), [one]);
      assert.deepEqual(images.get(one), { id: one, labels: {}, user: "", size: 0 });
    }
  });

  it("of nothing is nothing", () => {
    assert.equal(parseInspected("[]\n", ["ingot/node:24"]).size, 0);
  });

  it("that is in another form is a bug, not an image", () => {
    assert.throws(() => parseInspected(JSON.stringify([{ ...docker, Id: "none" }]), []), /not an image id: none/);
    assert.throws(() => parseInspected(JSON.stringify([{ Id: one }]), []));
  });

  it("may be complained about for no other reason than that images are missing", () => {
    for (const stderr of [
      "Error response from daemon: No such image: ingot/none:1\nError response from daemon: No such image: x:2",
      "error inspecting object: docker.io/x/none:2: image not known\nError: inspecting object: docker.io/x/none:1: image not known",
      `Error response from daemon: content digest ${one}: not found`,
      "",
    ])
      assert.equal(isMissingOnly(stderr), true, stderr);
    const stderr = "Error response from daemon: No such image: ingot/none:1\nError response from daemon: i/o timeout";
    assert.equal(isMissingOnly(stderr), false);
  });
});

describe("a list of images", () => {
  const said = `ingot/node:24 ${one}
localhost/ingot-tested/node:24-8f3a ${two}
docker.io/ingot/node:25 ${"2".repeat(64)}
ingot/node:<none> ${one}
<none>:<none> ${one}
`;

  it("has the short reference and the id of those that match a pattern, in any spelling", () => {
    for (const pattern of ["ingot/*", "docker.io/ingot/*", "docker.io/ingot/node", "*/node"])
      assert.deepEqual(
        [...parseList(said, pattern)],
        [
          ["ingot/node:24", one],
          ["ingot/node:25", two],
        ],
        pattern,
      );
    assert.deepEqual([...parseList(said, "ingot/node:24")], [["ingot/node:24", one]]);
    assert.deepEqual([...parseList(said, "localhost/ingot-tested/*").keys()], ["localhost/ingot-tested/node:24-8f3a"]);
  });

  it("has not what an engine adds because the image has that name as well", () => {
    assert.equal(parseList(said, "docker.io/other/*").size, 0);
    assert.equal(parseList("", "ingot/*").size, 0);
  });
});

describe("the failure of an engine", () => {
  const message = (name: string, text: string): string => engineFailure(name, "cannot work", linesOf(text), 1).message;

  // What Docker 26 with buildx 0.13, and Podman 4.3, say.
  const refused = "dial tcp 127.0.0.1:9: connect: connection refused";
  const cases = [
    {
      title: "of a build gives the command and its status",
      name: "docker",
      said: `#5 0.298 reason
#5 ERROR: process "/bin/sh -c exit 7" did not complete successfully: exit code: 7
------
 > [2/2] RUN exit 7:
0.298 reason
------
Dockerfile:3
--------------------
   3 | >>> RUN exit 7
--------------------
ERROR: failed to solve: process "/bin/sh -c exit 7" did not complete successfully: exit code: 7`,
      message: 'docker cannot work: process "/bin/sh -c exit 7" did not complete successfully: exit code: 7',
    },
    {
      title: "of a build with Podman as well",
      name: "podman",
      said: `STEP 3/3: RUN exit 7
reason
Error: building at STEP "RUN exit 7": while running runtime: exit status 7
time="2026-11-21T08:39:42Z" level=warning msg="later"`,
      message: 'podman cannot work: building at STEP "RUN exit 7": while running runtime: exit status 7',
    },
    {
      title: "of a build whose packages have moved on from the lock says what to do",
      name: "docker",
      said: `#9 4.101 E: Version '3.3.13-*' for 'ruby3.3' was not found
#9 4.105 microroot: could not install ruby3.3=3.3.13-* ruby
#9 ERROR: process "/bin/sh -c microroot 'ruby3.3=3.3.13-*' ruby" did not complete successfully: exit code: 1`,
      message:
        "docker cannot work: there is no ruby3.3 3.3.13-* to install; where the packages have moved on since the lock was made, run `ingot resolve` and `ingot generate`",
    },
    {
      title: "of a build whose packages have moved on from the lock says what to do on Alpine as well",
      name: "podman",
      said: `ERROR: unable to select packages:
  ruby-3.4.10-r0:
    breaks: world[ruby~3.4.9]
microroot: could not install ruby~3.4.9
Error: building at STEP "RUN microroot ruby~3.4.9": while running runtime: exit status 1`,
      message:
        "podman cannot work: there is no ruby 3.4.9 to install; where the packages have moved on since the lock was made, run `ingot resolve` and `ingot generate`",
    },
    {
      title: "that does not answer says what to do",
      name: "docker",
      said: "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      message:
        "docker does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock; start it (ingot doctor says how)",
    },
    {
      title: "that this user may not use says so",
      name: "docker",
      said: 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/version": dial unix /var/run/docker.sock: connect: permission denied',
      message: "docker does not answer: this user may not open unix:///var/run/docker.sock",
    },
    {
      title: "without buildx says what to install",
      name: "docker",
      said: "docker: 'buildx' is not a docker command.\nSee 'docker --help'",
      message: "docker has no buildx: install the package docker-buildx, or docker-buildx-plugin from Docker's own",
    },
    {
      title: "without buildx says it as well where its client complains about an option first",
      name: "docker",
      said: "unknown flag: --output\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information",
      message: "docker has no buildx: install the package docker-buildx, or docker-buildx-plugin from Docker's own",
    },
    {
      title: "whose disk is full says that before all",
      name: "docker",
      said: "#7 ERROR: failed to copy: write /x: no space left on device\nERROR: failed to solve: something else",
      message: "docker cannot work: no space left on device",
    },
    {
      title: "that cannot pull a FROM names the image and the reason",
      name: "docker",
      said: `ERROR: failed to solve: 127.0.0.1:9/x:1: failed to resolve source metadata for 127.0.0.1:9/x:1: failed to do request: Head "https://127.0.0.1:9/v2/x/manifests/1": ${refused}`,
      message: `docker cannot pull 127.0.0.1:9/x:1: ${refused}`,
    },
    {
      title: "that cannot pull a FROM with Podman as well, without its attempts",
      name: "podman",
      said: `Trying to pull 127.0.0.1:9/x:1...
time="2026-11-21T10:20:56Z" level=warning msg="Failed, retrying in 2s ... (1/3). Error: initializing source docker://127.0.0.1:9/x:1: pinging container registry 127.0.0.1:9: Get \\"https://127.0.0.1:9/v2/\\": dial tcp: i/o timeout"
Error: creating build container: initializing source docker://127.0.0.1:9/x:1: pinging container registry 127.0.0.1:9: Get "https://127.0.0.1:9/v2/": ${refused}`,
      message: `podman cannot pull 127.0.0.1:9/x:1: ${refused}`,
    },
    {
      title: "gives the attempts where there is nothing else",
      name: "podman",
      said: 'time="2026-11-21T10:20:56Z" level=warning msg="Failed, retrying in 2s"',
      message: 'podman cannot work: time="2026-11-21T10:20:56Z" level=warning msg="Failed, retrying in 2s"',
    },
    {
      title: "gives the last complaint, whatever is said after it",
      name: "docker",
      said: "docker: Error response from daemon: No such image: x/none:1\n\nRun 'docker run --help' for more information",
      message: "docker cannot work: No such image: x/none:1",
    },
    {
      title: "gives the last line where none is a complaint",
      name: "docker",
      said: "The push refers to repository [127.0.0.1:9/x]\ntag does not exist: 127.0.0.1:9/x:1",
      message: "docker cannot work: tag does not exist: 127.0.0.1:9/x:1",
    },
    {
      title: "gives the status where nothing is said",
      name: "podman",
      said: "\n------\n",
      message: "podman cannot work: exit status 1",
    },
  ];
  for (const { title, name, said, message: expected } of cases)
    it(title, () => {
      assert.equal(message(name, said), expected);
    });

  it("has the last lines that were said, and no rules between them", () => {
    const said = [...Array.from({ length: 30 }, (_, index) => `line ${index}`), "------", "ERROR: the end"];
    const { log } = engineFailure("docker", "cannot work", said, 1);
    assert.equal(log.length, 20);
    assert.equal(log[0], "line 11");
    assert.equal(log.at(-1), "ERROR: the end");
    assert.ok(!log.includes("------"));
  });

  it("has the last lines of the command that ended a build, without what ran beside it and what is said twice", () => {
    const said = [
      "#4 [one 1/1] RUN one",
      "#5 [two 1/1] RUN two",
      ...Array.from({ length: 30 }, (_, index) => [
        `#5 0.${index} line ${index}`,
        `#4 0.${index} beside ${index}`,
      ]).flat(),
      '#5 ERROR: process "/bin/sh -c two" did not complete successfully: exit code: 3',
      "#4 CANCELED",
      " > [two 1/1] RUN two:",
      "0.29 line 29",
      'ERROR: failed to solve: process "/bin/sh -c two" did not complete successfully: exit code: 3',
    ];
    const { message: text, log } = engineFailure("docker", "cannot build", said, 1);
    assert.equal(text, 'docker cannot build: process "/bin/sh -c two" did not complete successfully: exit code: 3');
    assert.deepEqual(
      log,
      Array.from({ length: 20 }, (_, index) => `line ${index + 10}`),
    );
  });

  it("is one line, however long its reason and whatever is in it", () => {
    const text = message("docker", `ERROR: failed to solve: \t a ${"very ".repeat(200)} long command`);
    assert.match(text, /^docker cannot work: a very very .*…$/);
    assert.ok(text.length <= 401, `${text.length}`);
  });

  it("tells no login of a URL", () => {
    const { message: text, log } = engineFailure(
      "docker",
      "cannot work",
      ["ERROR: https://me:sec@ret@host/x failed"],
      1,
    );
    assert.equal(text, "docker cannot work: https://host/x failed");
    assert.deepEqual(log, ["ERROR: https://host/x failed"]);
  });
});

describe("the status of a container", () => {
  const runc = "runc create failed: unable to start container process:";
  const docker = `docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: ${runc}`;
  const help = "\n\nRun 'docker run --help' for more information";

  it("is the command's own, whatever it is", () => {
    for (const exitCode of [0, 1, 7, 124, 125, 126, 127, 137])
      assert.equal(isEngineFailure({ exitCode, stderr: "sh: nope: not found\n" }), false, `${exitCode}`);
    assert.equal(isEngineFailure({ exitCode: 1, stderr: "Error: my own\n" }), false);
  });

  it("is an answer where the image has not the command, or may not run it", () => {
    for (const [exitCode, stderr] of [
      [127, `${docker} exec: "nope": executable file not found in $PATH: unknown${help}`],
      [127, `${docker} exec: "/nope": stat /nope: no such file or directory: unknown${help}`],
      [126, `${docker} exec: "/tmp": permission denied: unknown${help}`],
      [
        127,
        `Error: runc: ${runc} exec: "nope": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found`,
      ],
      [126, `Error: runc: ${runc} exec: "/tmp": permission denied: OCI permission denied`],
      [
        127,
        "Error: crun: executable file `nope` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found",
      ],
    ] as const)
      assert.equal(isEngineFailure({ exitCode, stderr }), false, stderr);
  });

  it("is the engine's where it could not start the container", () => {
    for (const [exitCode, stderr] of [
      [125, `docker: Error response from daemon: No such image: x/none:1${help}`],
      [125, "Error: docker.io/x/none:1: image not known"],
      [126, "Error: unable to find user nobody: no matching entries in passwd file"],
      [
        126,
        `Error: runc: ${runc} error during container init: error setting rlimits for ready process: error setting rlimit type 6: operation not permitted: OCI permission denied`,
      ],
      [127, `${docker} error during container init: open /proc/x: no such file or directory: unknown${help}`],
    ] as const)
      assert.equal(isEngineFailure({ exitCode, stderr }), true, stderr);
  });
});

describe("the hiding of secrets", () => {
  const sources = `deb [check-valid-until=no] https://me:pa%40ss@mirror.example.org:8443/debian trixie main
deb https://other.example.org/debian/ trixie-updates main
`;
  const redact = createRedactor([sources]);

  it("leaves nothing of a list of sources in what a package manager says", () => {
    for (const line of [
      "E: Failed to fetch https://me:pa%40ss@mirror.example.org:8443/debian/dists/trixie/InRelease",
      "E: Failed to fetch https://mirror.example.org:8443/debian/pool/main/x.deb  404",
      "Err:1 mirror.example.org:8443 trixie InRelease",
      "Could not resolve 'mirror.example.org'",
      "login pa@ss and pa%40ss",
      "Get:2 https://other.example.org/debian trixie-updates",
      sources.split("\n")[0] ?? "",
    ]) {
      assert.doesNotMatch(redact(line), /example\.org|pa@ss|pa%40ss/, line);
      assert.ok(redact(line).includes("***"), line);
    }
  });

  it("leaves other lines as they are", () => {
    const line = "Setting up python3 (3.13.5-1) ... main trixie";
    assert.equal(redact(line), line);
    assert.equal(createRedactor([])(line), line);
    assert.equal(createRedactor(["", "\n\n", "main\n"])("remain"), "re***");
  });

  it("does not hide a login or a line of a letter or three everywhere", () => {
    assert.equal(createRedactor(["a\nabc\nhttps://me@host.example/x"])("a name of abc"), "a name of abc");
  });
});
