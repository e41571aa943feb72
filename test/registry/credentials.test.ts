import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Credential, storedCredentials } from "../../src/ports/registry-credentials.js";
import { failureOf } from "../support/failures.js";

const host = "registry.example:5000";
const secret = "pa:ss-w0rd-of-ada";
const auth = Buffer.from(`ada:${secret}`).toString("base64");
const ada: Credential = { kind: "password", username: "ada", password: secret };

describe("stored logins", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ingot-logins-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (path: string, value: unknown): void => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  };
  const helper = (name: string, lines: string): void => {
    const file = join(folder, "bin", `docker-credential-${name}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  };
  /** Nothing of the person who runs the tests is in it. */
  const environment = (more: Record<string, string> = {}): Record<string, string> => ({
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, "run"),
    PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
    ...more,
  });
  const find = (name = host, more?: Record<string, string>): Promise<Credential | undefined> =>
    storedCredentials(environment(more))(name);

  const failing = async (promise: Promise<unknown>): Promise<string> => {
    const message = await failureOf(promise);
    for (const hidden of [secret, auth]) assert.equal(message.includes(hidden), false, message);
    return message;
  };

  it("are none where there is no file, and none for another host", async () => {
    assert.equal(await find(), undefined);
    write(".docker/config.json", { auths: { "registry.example": { auth }, [`${host}.evil`]: { auth } } });
    assert.equal(await find(), undefined);
  });

  it("are read from Docker's file, in the home folder or where DOCKER_CONFIG says", async () => {
    write(".docker/config.json", { auths: { [host]: { auth } }, currentContext: "default" });
    write("elsewhere/config.json", { auths: { [host]: { username: "grace", password: "g" } } });
    assert.deepEqual(await find(), ada);
    assert.deepEqual(await find(host, { DOCKER_CONFIG: join(folder, "elsewhere") }), {
      kind: "password",
      username: "grace",
      password: "g",
    });
  });

  it("are read from Podman's file where Docker's has none", async () => {
    write(".docker/config.json", { auths: {} });
    write("run/containers/auth.json", { auths: { [host]: { auth } } });
    assert.deepEqual(await find(), ada);
    write("mine.json", { auths: { [host]: { identitytoken: "t" } } });
    assert.deepEqual(await find(host, { REGISTRY_AUTH_FILE: join(folder, "mine.json") }), {
      kind: "identity-token",
      token: "t",
    });
    write(".docker/config.json", { auths: { [host]: { auth: Buffer.from("first:1").toString("base64") } } });
    assert.deepEqual(await find(), { kind: "password", username: "first", password: "1" });
  });

  it("are found under an address of the host", async () => {
    for (const key of [`https://${host}`, `https://${host}/v1/`, `http://${host}/v2/`]) {
      write(".docker/config.json", { auths: { [key]: { auth } } });
      assert.deepEqual(await find(), ada, key);
    }
  });

  it("of Docker Hub are found under each of its names", async () => {
    for (const key of ["https://index.docker.io/v1/", "docker.io", "registry-1.docker.io"]) {
      write(".docker/config.json", { auths: { [key]: { auth } } });
      assert.deepEqual(await find("docker.io"), ada, key);
    }
  });

  it("may be an identity token beside a name", async () => {
    write(".docker/config.json", {
      auths: { [host]: { auth: Buffer.from("ada:").toString("base64"), identitytoken: "t" } },
    });
    assert.deepEqual(await find(), { kind: "identity-token", token: "t" });
  });

  it("may be a helper's, which hears the host on its standard input", async () => {
    helper(
      "vault",
      `read -r server; printf '{"ServerURL":"%s","Username":"%s %s","Secret":"${secret}"}' "$server" "$1" "$server"`,
    );
    write(".docker/config.json", { auths: { [host]: {} }, credHelpers: { [host]: "vault" }, credsStore: "absent" });
    assert.deepEqual(await find(), { kind: "password", username: `get ${host}`, password: secret });
  });

  it("may be a store's, which marks an identity token by its name", async () => {
    helper("store", `printf '{"Username":"<token>","Secret":"t"}'`);
    write(".docker/config.json", { credsStore: "store" });
    assert.deepEqual(await find(), { kind: "identity-token", token: "t" });
  });

  it("of Docker Hub are asked of a helper by its old address", async () => {
    helper("store", `read -r server; printf '{"Username":"%s","Secret":"s"}' "$server"`);
    write(".docker/config.json", { credsStore: "store" });
    assert.deepEqual(await find("docker.io"), {
      kind: "password",
      username: "https://index.docker.io/v1/",
      password: "s",
    });
  });

  it("are looked for further where a helper has none", async () => {
    helper("store", `echo "credentials not found in native keychain"; exit 1`);
    write(".docker/config.json", { credsStore: "store" });
    write("run/containers/auth.json", { auths: { [host]: { auth } } });
    assert.deepEqual(await find(), ada);
  });

  it("are the file's own for a host whose helper has an empty name", async () => {
    write(".docker/config.json", { auths: { [host]: { auth } }, credHelpers: { [host]: "" }, credsStore: "absent" });
    assert.deepEqual(await find(), ada);
  });

  it("are not read from a helper that fails, and its reason is told", async () => {
    helper("store", `echo "the keychain\nis locked" >&2; exit 2`);
    write(".docker/config.json", { credsStore: "store" });
    assert.equal(await failing(find()), "docker-credential-store get: the keychain is locked");
  });

  it("are not read from a helper that is not there or that talks of something else", async () => {
    write(".docker/config.json", { credsStore: "absent" });
    assert.equal(await failing(find()), "docker-credential-absent is not installed");
    helper("odd", `echo '${secret}'`);
    write(".docker/config.json", { credsStore: "odd" });
    assert.equal(await failing(find()), "docker-credential-odd get: it did not print a username and a secret");
  });

  it("never make a path or an option into a helper", async () => {
    const trap = join(folder, "trap");
    for (const name of ["../x", "a b", "a;b", "é"]) {
      helper("x", `touch ${trap}`);
      write(".docker/config.json", { credHelpers: { [host]: name } });
      assert.match(await failing(find()), /names a credential helper by what is no name$/, name);
    }
    assert.equal(existsSync(trap), false);
  });

  it("are not read from a file that is none of logins, which is named and not quoted", async () => {
    for (const text of [`{"auths":{"${host}":{"auth":"${auth}"`, `{"auths":{"${host}":"${auth}"}}`, `["${auth}"]`]) {
      write(".docker/config.json", text);
      assert.equal(await failing(find()), `${join(folder, ".docker/config.json")} is not a file of logins`);
    }
  });
});
