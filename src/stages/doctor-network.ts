import type { Distribution } from "../model/catalog.js";
import { Failure } from "../model/failure.js";
import { type Finding, findingsOf } from "../model/finding.js";
import { architectureOf, type Family, type Platform } from "../model/platform.js";
import { readHostMirror } from "../ports/debian-host.js";
import { openMirror } from "../ports/mirror.js";
import { reach } from "../ports/reach.js";
import { readAccess } from "../ports/registry-access.js";
import { isLoopback } from "../ports/registry-address.js";

/** Somebody who says the time: by how many milliseconds it is ahead of this machine's. */
export interface Clock {
  readonly name: string;
  readonly ahead: number;
}

export interface Examined {
  readonly findings: readonly Finding[];
  readonly clocks?: readonly Clock[];
}

export interface MirrorQuestion {
  readonly distributions: readonly Distribution[];
  readonly platform: Platform;
  /** URL or folder by family: what was named, before the catalog's own. */
  readonly mirrors: Readonly<Partial<Record<Family, string>>>;
  /** Milliseconds for one answer. */
  readonly timeout: number;
}

/** Of one distribution: what is found is said once of all of which it is true. */
interface Asked {
  readonly name: string;
  readonly isReached: boolean;
  /** `https://mirror.example.com/alpine: no such host` */
  readonly found: string;
  readonly clock?: Clock;
}

/** Whether each distribution's package index is to be had; of a catalog that is not there, whether the packages of this host's apt are. */
export async function examineMirrors(question: MirrorQuestion): Promise<Examined> {
  const { distributions, mirrors } = question;
  const ofHost = mirrors.debian === undefined ? (await readHostMirror())?.url : undefined;
  const locations = { ...(ofHost === undefined ? {} : { debian: ofHost }), ...mirrors };
  if (distributions.length === 0) return ofHost === undefined ? { findings: [] } : examineHostMirror(ofHost, question);
  const asked = await Promise.all(distributions.map((each) => askMirror(each, locations[each.family], question)));
  const clocks = asked.flatMap(({ clock }) => clock ?? []);
  return { findings: judgeMirrors(asked), clocks: [...new Map(clocks.map((clock) => [clock.name, clock])).values()] };
}

/** Images of what is not to be had are left as they are; where that is all, nothing is left to do. */
export function judgeMirrors(asked: readonly Asked[]): readonly Finding[] {
  const { ok, warn, fail } = findingsOf("mirrors");
  const judge = asked.some(({ isReached }) => isReached) ? warn : fail;
  const groups = new Map<string, Asked[]>();
  for (const each of asked) groups.set(each.found, [...(groups.get(each.found) ?? []), each]);
  return [...groups.values()].map((members) => {
    const [{ isReached, found }] = members as [Asked];
    const text = `${members.map(({ name }) => name).join(", ")}: ${found}`;
    return isReached ? ok(text) : judge(text, "--mirror FAMILY=URL, or mirrors in catalog.yaml, names another");
  });
}

async function askMirror(
  { name, family, branch }: Distribution,
  location: string | undefined,
  { platform, timeout }: MirrorQuestion,
): Promise<Asked> {
  if (location === undefined) return { name, isReached: false, found: `no mirror is known for ${family}` };
  const path =
    family === "debian"
      ? `dists/${branch}/Release`
      : `${branch}/main/${architectureOf(platform, family)}/APKINDEX.tar.gz`;
  try {
    const mirror = openMirror(location).name;
    const { status, ahead } = await reach(location, path, timeout);
    const clock = ahead === undefined ? {} : { clock: { name: new URL(mirror).host, ahead } };
    const isReached = status === 200;
    return {
      name,
      isReached,
      found: isReached ? `${mirror} answers` : `${mirror} answers ${status} for ${path}`,
      ...clock,
    };
  } catch (error) {
    if (error instanceof Failure)
      return { name, isReached: false, found: `${openMirrorName(location)}: ${error.message}` };
    throw error;
  }
}

/** Of what cannot be read as a URL, nothing is shown: it may hold a password. */
const openMirrorName = (location: string): string =>
  URL.canParse(location) || !/^https?:/.test(location) ? openMirror(location).name : "the mirror";

async function examineHostMirror(url: string, { timeout }: MirrorQuestion): Promise<Examined> {
  const { ok, warn } = findingsOf("mirrors");
  const { name } = openMirror(url);
  try {
    const { ahead } = await reach(url, "", timeout);
    const clocks = ahead === undefined ? [] : [{ name: new URL(name).host, ahead }];
    return { findings: [ok(`debian: ${name}, the mirror of this host's apt, answers`)], clocks };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      findings: [warn(`debian: ${name}, the mirror of this host's apt: ${error.message}`, "apt-get update says more")],
    };
  }
}

export interface RegistryQuestion {
  readonly host: string;
  readonly plainHttp: boolean;
  /** One that will be published to; undefined where none is known. */
  readonly repository: string | undefined;
  readonly timeout: number;
}

/** Whether a registry answers, and lets this user in. */
export async function examineRegistry({ host, plainHttp, repository, timeout }: RegistryQuestion): Promise<Examined> {
  const { ok, warn, fail } = findingsOf("registry");
  try {
    // Whoever asks for patience is told of now, and not waited for.
    const options = { host, timeout, sleep: async () => {}, ...(plainHttp ? { plainHttp } : {}) };
    const { hasLogin, isAsked, ahead, mayWrite } = await readAccess(options, repository);
    const clocks = ahead === undefined ? [] : [{ name: host, ahead }];
    const toLogin = `docker login ${host}`;
    if (mayWrite === false)
      return {
        clocks,
        findings: [
          fail(
            `${host} lets this ${hasLogin ? "login" : "user, who has no login,"} read and not write in ${repository}`,
            toLogin,
          ),
        ],
      };
    if (mayWrite === undefined && !hasLogin && !isOnThisMachine(host))
      return { clocks, findings: [warn(`${host} answers; no login is stored, and it may want one to write`, toLogin)] };
    const rights = mayWrite === true ? `, to write in ${repository} too` : "";
    const login = hasLogin ? (isAsked ? " and accepts the login" : ", and did not ask for the login") : "";
    return { clocks, findings: [ok(`${host} answers${login}${rights}`)] };
  } catch (error) {
    if (error instanceof Failure) return { findings: [fail(error.message, adviceFor(error.message, host))] };
    throw error;
  }
}

/** Such a one seldom wants a login. */
const isOnThisMachine = (host: string): boolean => isLoopback(new URL(`http://${host}`).hostname);

/** By what the client of registries says. */
function adviceFor(message: string, host: string): string {
  const reason = message.replaceAll(host, "");
  if (/\b40[13]\b|login/.test(reason)) return `docker login ${host}`;
  if (/certificate/.test(message)) return "NODE_EXTRA_CA_CERTS=FILE names the authority that signed it";
  if (/HTTPS was expected/.test(message)) return "--plain-http, if it is one that speaks plain HTTP";
  return "the same command on another machine shows whether it is the registry or the way to it";
}

/** Milliseconds beyond which signatures, tokens and lists of packages are taken for expired, or not valid yet. */
const mostSkew = 60_000;

/** Where all say so, it is this machine that is wrong. */
export function judgeClock(clocks: readonly Clock[]): readonly Finding[] {
  const { ok, warn, fail } = findingsOf("clock");
  const wrong = clocks.filter(({ ahead }) => Math.abs(ahead) > mostSkew);
  const advice = "sudo timedatectl set-ntp true, here or there: signatures, logins and package lists have an end";
  const said = wrong
    .map(({ name, ahead }) => `${name} is ${formatSkew(ahead)} ${ahead > 0 ? "ahead" : "behind"}`)
    .join(", ");
  if (clocks.length === 0) return [];
  if (wrong.length === 0) return [ok(`as that of ${clocks.map(({ name }) => name).join(", ")}, to a minute`)];
  return [wrong.length === clocks.length ? fail(said, advice) : warn(said, advice)];
}

/** `3 min`, `2 h`, `400 d` */
function formatSkew(milliseconds: number): string {
  const minutes = Math.abs(milliseconds) / 60_000;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
}
