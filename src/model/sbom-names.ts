/**
 * An SPDX identifier for each of some words, in their order: letters, digits, dots and hyphens, no two alike. It says what
 * it stands for, so that two documents can be compared: `SPDXRef-File-usr-bin-python3.13`.
 */
export function nameUniquely(words: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return words.map((word) => {
    const name = word.replace(/[^A-Za-z0-9.]/g, "-");
    let free = name;
    for (let count = counts.get(name) ?? 2; taken.has(free); count += 1) {
      free = `${name}.${count}`;
      counts.set(name, count + 1);
    }
    taken.add(free);
    return free;
  });
}
