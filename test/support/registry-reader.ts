import { createHash } from "node:crypto";

/**
 * Everything that can be read of a registry below a path, read by code that shares nothing with Ingot's. Content is named
 * `acme/base@sha256:…`, a tag `acme/base:1.0`.
 */
export interface RegistryState {
  readonly host: string;
  /** Tag → the digest that it points at; fallback tags, under which referrers are listed, are among them. */
  readonly tags: ReadonlyMap<string, string>;
  /** Every manifest and index that a tag leads to, whose content is whole. */
  readonly manifests: ReadonlyMap<string, ReadManifest>;
  readonly blobs: ReadonlySet<string>;
  /** Manifest → artifact types of what is attached to it. */
  readonly attached: ReadonlyMap<string, readonly string[]>;
  /** Tags on missing manifests, manifests with missing blobs, bytes that are not what their digest says. */
  readonly problems: readonly string[];
}

export interface ReadManifest {
  /** Of its config, or that of an index's first image. */
  readonly labels: Readonly<Record<string, string>>;
  /** `amd64` */
  readonly architectures: readonly string[];
  /** Digests of what an index names. */
  readonly children: readonly string[];
}

interface Document {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
  readonly manifests?: readonly { readonly digest: string; readonly artifactType?: string }[];
}

interface Config {
  readonly architecture?: string;
  readonly config?: { readonly Labels?: Readonly<Record<string, string>> };
}

const accept = ["oci.image.manifest.v1", "oci.image.index.v1"].map((type) => `application/vnd.${type}+json`).join(", ");

export async function readRegistry(host: string, path: string): Promise<RegistryState> {
  const reading = new Reading(host);
  const { repositories } = (await reading.json("/v2/_catalog?n=1000")) as { repositories: readonly string[] };
  const wanted = repositories.filter((name) => name.startsWith(`${path}/`));
  await Promise.all(wanted.map((repository) => reading.repository(repository)));
  return reading;
}

/** What there was in the first state and is not there in the second, whether or not a tag leads to it: tags, manifests and blobs. */
export async function lostBetween(before: RegistryState, after: RegistryState): Promise<readonly string[]> {
  const reading = new Reading(after.host);
  const tags = [...before.tags.keys()].filter((name) => !after.tags.has(name));
  const content = [
    ...[...before.manifests.keys()].filter((name) => !after.manifests.has(name)).map((name) => ["manifests", name]),
    ...[...before.blobs].filter((name) => !after.blobs.has(name)).map((name) => ["blobs", name]),
  ];
  const found = await Promise.all(
    content.map(async ([kind, name = ""]) => ({ name, there: await reading.has(name.replace("@", `/${kind}/`)) })),
  );
  return [...tags, ...found.filter(({ there }) => !there).map(({ name }) => name)].map((name) => `${name} is lost`);
}

/** The same state as if it were that of another path. */
export function movedTo(state: RegistryState, from: string, to: string): RegistryState {
  const renamed = (name: string): string => (name.startsWith(`${from}/`) ? `${to}${name.slice(from.length)}` : name);
  const map = <T>(each: ReadonlyMap<string, T>) => new Map([...each].map(([name, value]) => [renamed(name), value]));
  return {
    ...{ host: state.host, problems: state.problems, blobs: new Set([...state.blobs].map(renamed)) },
    ...{ tags: map(state.tags), manifests: map(state.manifests), attached: map(state.attached) },
  };
}

class Reading implements RegistryState {
  readonly host: string;
  readonly tags = new Map<string, string>();
  readonly manifests = new Map<string, ReadManifest>();
  readonly blobs = new Set<string>();
  readonly attached = new Map<string, string[]>();
  readonly problems: string[] = [];
  /** Manifests that are read, or being read. */
  readonly #begun = new Map<string, Promise<ReadManifest>>();

  constructor(host: string) {
    this.host = host;
  }

  async repository(repository: string): Promise<void> {
    const { tags } = (await this.json(`/v2/${repository}/tags/list?n=1000`)) as { tags: readonly string[] | null };
    await Promise.all((tags ?? []).map((tag) => this.#tag(repository, tag)));
  }

  async json(path: string): Promise<unknown> {
    const response = await fetch(`http://${this.host}${path}`, { headers: { accept } });
    if (response.status !== 200) throw new Error(`${path} was answered ${response.status}`);
    return response.json();
  }

  /** `acme/base/blobs/sha256:…` */
  async has(path: string): Promise<boolean> {
    const response = await fetch(`http://${this.host}/v2/${path}`, { method: "HEAD", headers: { accept } });
    return response.status === 200;
  }

  async #tag(repository: string, tag: string): Promise<void> {
    const path = `/v2/${repository}/manifests/${tag}`;
    const response = await fetch(`http://${this.host}${path}`, { method: "HEAD", headers: { accept } });
    const digest = response.headers.get("docker-content-digest");
    if (response.status !== 200 || digest === null) {
      this.problems.push(`${repository}:${tag} is answered ${response.status}`);
      return;
    }
    this.tags.set(`${repository}:${tag}`, digest);
    await this.#manifest(repository, digest);
    if (/^sha256-[0-9a-f]{64}$/.test(tag)) await this.#list(repository, tag.replace("-", ":"), digest);
  }

  async #list(repository: string, subject: string, digest: string): Promise<void> {
    const list = (await this.json(`/v2/${repository}/manifests/${digest}`)) as Document;
    const types = (list.manifests ?? []).map(({ artifactType = "" }) => artifactType);
    this.attached.set(`${repository}@${subject}`, types);
  }

  #manifest(repository: string, digest: string): Promise<ReadManifest> {
    const name = `${repository}@${digest}`;
    const read = this.#begun.get(name) ?? this.#read(repository, digest);
    this.#begun.set(name, read);
    return read;
  }

  async #read(repository: string, digest: string): Promise<ReadManifest> {
    const bytes = await this.#bytes(`${repository}@${digest}`, `/v2/${repository}/manifests/${digest}`);
    const document = parse<Document>(bytes);
    const children = await Promise.all(
      document.manifests?.map((each) => this.#manifest(repository, each.digest)) ?? [],
    );
    const { config, layers = [] } = document;
    const blobs = [...(config === undefined ? [] : [config]), ...layers].map((each) => each.digest);
    const contents = await Promise.all(blobs.map((each) => this.#blob(repository, each)));
    const said = config === undefined ? {} : parse<Config>(contents[0]);
    const manifest: ReadManifest = {
      labels: children[0]?.labels ?? said.config?.Labels ?? {},
      children: document.manifests?.map(({ digest }) => digest) ?? [],
      architectures: [
        ...children.flatMap(({ architectures }) => architectures),
        ...(said.architecture === undefined ? [] : [said.architecture]),
      ],
    };
    this.manifests.set(`${repository}@${digest}`, manifest);
    return manifest;
  }

  async #blob(repository: string, digest: string): Promise<Buffer | undefined> {
    const name = `${repository}@${digest}`;
    this.blobs.add(name);
    return this.#bytes(name, `/v2/${repository}/blobs/${digest}`);
  }

  async #bytes(name: string, path: string): Promise<Buffer | undefined> {
    const response = await fetch(`http://${this.host}${path}`, { headers: { accept } });
    const bytes = Buffer.from(await response.arrayBuffer());
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    if (response.status !== 200) this.problems.push(`${name} is needed and answered ${response.status}`);
    else if (!name.endsWith(digest)) this.problems.push(`${name} is ${digest}`);
    else return bytes;
    return undefined;
  }
}

/** An empty object for what is not there, or not JSON. */
function parse<T extends object>(bytes: Buffer | undefined): Partial<T> {
  try {
    return JSON.parse(bytes?.toString() ?? "{}") as T;
  } catch {
    return {};
  }
}
