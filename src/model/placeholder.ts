/** Stands in the names of packages and in environment values for the release line: `openjdk-{line}-jdk-headless`. */
const line = "{line}";

/** Stands in the same places for the release line without its points: `php{digits}-curl`, where the line is 8.4. */
const digits = "{digits}";

/** Stands in environment values for the machine's, as Debian and engines call it: `amd64`, `arm64`. */
const architecture = "{architecture}";

export const fillLine = (text: string, ofPair: string): string =>
  text.replaceAll(line, ofPair).replaceAll(digits, ofPair.replaceAll(".", ""));

export function fillLines(texts: Readonly<Record<string, string>>, ofPair: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillLine(text, ofPair)]));
}

export const namesArchitecture = (text: string): boolean => text.includes(architecture);

/** What stands between the places where the architecture goes. */
export const splitAtArchitecture = (text: string): readonly string[] => text.split(architecture);
