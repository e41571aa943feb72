import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import { oneLine } from "../support/text.js";
import { readText } from "./files.js";
import { run } from "./process.js";

/** What `docker login` stored for a registry: a user's password, or a token that stands for the user. */
export type Credential =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  | { readonly kind: "identity-token"; readonly token: string };

/** Finds the login for a registry's host; undefined where none is stored. Throws a Failure without any secret in it. */
export type CredentialSource = (host: string) => Promise<Credential | undefined>;

type Environment = Readonly<Record<string, string | undefined>>;

const login = z.object({
  auth: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  identitytoken: z.string().nullish(),
});
const loginFile = z.object({
  auths: z.record(z.string(), login).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});
const helperAnswer = z.object({ Username: z.string(), Secret: z.string() });

type LoginFile = z.infer<typeof loginFile>;

const helperName = /^[A-Za-z0-9_-]+$/;
const helperTimeout = 30_000;

/** Docker's `config.json` (docker-login(1)), then Podman's `auth.json` (containers-auth.json(5)), each with its helpers. */
export function storedCredentials(env: Environment = process.env): CredentialSource {
  return async (host) => {
    for (const file of loginFiles(env)) {
      const credential = await credentialIn(file, host, env);
      if (credential !== undefined) return credential;
    }
    return undefined;
  };
}

function loginFiles(env: Environment): readonly string[] {
  const docker = env["DOCKER_CONFIG"] || join(env["HOME"] || homedir(), ".docker");
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    join(docker, "config.json"),
    ...(env["REGISTRY_AUTH_FILE"] ? [env["REGISTRY_AUTH_FILE"]] : []),
    runtime ? join(runtime, "containers", "auth.json") : `/run/containers/${process.getuid?.() ?? 0}/auth.json`,
  ];
}

async function credentialIn(path: string, host: string, env: Environment): Promise<Credential | undefined> {
  const text = readText(path);
  if (text === undefined) return undefined;
  const file = parseLoginFile(path, text);
  // An empty name sends a host back to the file, past the store.
  const helper = findHost(file.credHelpers ?? {}, host) ?? file.credsStore ?? "";
  const asked = helper === "" ? undefined : await askHelper(helper, path, host, env);
  return asked ?? storedLogin(file, host);
}

function parseLoginFile(path: string, text: string): LoginFile {
  try {
    return loginFile.parse(JSON.parse(text));
  } catch {
    // The parser's own complaint quotes the file.
    throw new Failure(`${path} is not a file of logins`);
  }
}

/** `https://registry.example/v1/` in a login file is `registry.example`. */
const hostOf = (key: string): string => key.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "");

const namesOf = (host: string): readonly string[] =>
  host === "docker.io" ? ["index.docker.io", "docker.io", "registry-1.docker.io"] : [host];

function findHost<T>(byHost: Readonly<Record<string, T>>, host: string): T | undefined {
  const names = namesOf(host);
  return Object.entries(byHost).find(([key]) => names.includes(hostOf(key)))?.[1];
}

function storedLogin(file: LoginFile, host: string): Credential | undefined {
  const found = findHost(file.auths ?? {}, host);
  if (found === undefined) return undefined;
  if (found.identitytoken) return { kind: "identity-token", token: found.identitytoken };
  const [username = "", password = ""] = found.auth
    ? splitAuth(found.auth)
    : [found.username ?? "", found.password ?? ""];
  return username === "" && password === "" ? undefined : { kind: "password", username, password };
}

/** `dXNlcjpwYXNz` → user, pass. A password may hold colons. */
function splitAuth(auth: string): readonly string[] {
  const text = Buffer.from(auth, "base64").toString("utf8").replace(/\0+$/, "");
  const colon = text.indexOf(":");
  return colon === -1 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** The protocol of docker-credential-helpers: a host on standard input, JSON on standard output. */
async function askHelper(name: string, path: string, host: string, env: Environment): Promise<Credential | undefined> {
  if (!helperName.test(name)) throw new Failure(`${path} names a credential helper by what is no name`);
  const command = `docker-credential-${name}`;
  const server = host === "docker.io" ? "https://index.docker.io/v1/" : host;
  const given = Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  const { exitCode, stdout, stderr } = await run(command, ["get"], {
    input: server,
    env: given,
    timeout: helperTimeout,
  });
  if (exitCode === 0) return parseHelperAnswer(command, stdout);
  if (/credentials not found/i.test(stdout)) return undefined;
  throw new Failure(`${command} get: ${oneLine(stderr || stdout) || `exit status ${exitCode}`}`);
}

function parseHelperAnswer(command: string, stdout: string): Credential | undefined {
  let answer: z.infer<typeof helperAnswer>;
  try {
    answer = helperAnswer.parse(JSON.parse(stdout));
  } catch {
    throw new Failure(`${command} get: it did not print a username and a secret`);
  }
  const { Username: username, Secret: secret } = answer;
  if (secret === "") return undefined;
  // The name by which a helper marks a secret that is no password.
  if (username === "<token>") return { kind: "identity-token", token: secret };
  return { kind: "password", username, password: secret };
}
