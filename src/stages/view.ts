import type { Image } from "../model/image.js";
import { namesArchitecture, splitAtArchitecture } from "../model/placeholder.js";
import type { Shape, ShapeOf } from "../support/template.js";

/** What a Dockerfile template may place. Every value is text that stands as it is: quoting is done here. */
export interface DockerfileView {
  /** What a FROM names. */
  readonly from: string;
  /** The same where it is an image, so that its content can be left out of the layer; empty for scratch. */
  readonly base: string;
  /** The image in which the root file system is made; empty where there are no packages. */
  readonly builder: string;
  /** Arguments for microroot, quoted for a shell; empty where there are none. */
  readonly packages: string;
  /** Options of microroot that go before them, with a space at the end; empty where there are none. */
  readonly overrides: string;
  /** Options of RUN that make the build context readable; empty where there is nothing in it. */
  readonly context: string;
  /** `microroot`, or where it is in the build context of the image that gets it first. */
  readonly microroot: string;
  /** Seconds since 1970. */
  readonly epoch: string;
  /** The engine's argument that environment values name; empty where none does. */
  readonly argument: string;
  /** `NAME="value"` */
  readonly env: readonly string[];
  readonly labels: readonly string[];
  /** `65532:65532`; empty where the parent's is kept. */
  readonly user: string;
  /** Empty where the parent's is kept: naming it again would add an empty layer. */
  readonly workdir: string;
  /** A JSON array; empty where the parent's is kept. */
  readonly cmd: string;
  /** `languages/python.yaml` */
  readonly definition: string;
}

export const dockerfileShape = {
  from: true,
  base: true,
  builder: true,
  packages: true,
  overrides: true,
  context: true,
  microroot: true,
  epoch: true,
  argument: true,
  env: [true],
  labels: [true],
  user: true,
  workdir: true,
  cmd: true,
  definition: true,
} as const satisfies ShapeOf<DockerfileView> & Shape;

export function dockerfileView(image: Image): DockerfileView {
  const { parent, builder, user } = image;
  return {
    from: parent.kind === "scratch" ? "scratch" : parent.reference,
    base: parent.kind === "scratch" ? "" : parent.reference,
    builder: builder?.reference ?? "",
    packages: image.packages.map(shellWord).join(" "),
    overrides: [...options("--drop", image.drop), ...options("--keep", image.keep)].join(""),
    context: image.files.length === 0 ? "" : "--mount=type=bind,target=/context ",
    microroot: parent.kind === "distribution" ? "/context/microroot" : "microroot",
    epoch: String(image.sourceDateEpoch),
    argument: Object.values(image.env).some(namesArchitecture) ? architectureArgument : "",
    env: Object.entries(image.env).map(environmentPair),
    labels: Object.entries(image.labels).map(dockerfilePair),
    user: user === undefined || parent.kind === "image" ? "" : `${user}:${user}`,
    workdir: parent.kind === "image" ? "" : "/app",
    cmd: image.cmd.length === 0 ? "" : JSON.stringify(image.cmd),
    definition: `languages/${image.language}.yaml`,
  };
}

const options = (name: string, patterns: readonly string[]): readonly string[] =>
  patterns.map((pattern) => `${name} ${shellWord(pattern)} `);

/** Quoted for a POSIX shell where it is more than plain characters. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9@%+=:,./_-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Dockerfile reference, "Automatic platform ARGs in the global scope": `amd64`, once a stage has asked for it. */
const architectureArgument = "TARGETARCH";

function environmentPair([name, value]: readonly [string, string]): string {
  return `${name}="${splitAtArchitecture(value).map(quoted).join(`\${${architectureArgument}}`)}"`;
}

const dockerfilePair = ([name, value]: readonly [string, string]): string => `${name}="${quoted(value)}"`;

/** Dockerfile reference, "Environment replacement": in double quotes, backslash, quote and dollar are written with a backslash. */
const quoted = (text: string): string => text.replace(/[\\"$]/g, "\\$&");
