/** What stands where a word of a command line is expected. */
export type Wanted =
  /** Anything: nothing can be proposed. */
  | { readonly kind: "text" }
  | { readonly kind: "files" }
  | { readonly kind: "folders" }
  | { readonly kind: "selectors" }
  /** The names of the program's commands. */
  | { readonly kind: "commands" }
  /** One of them; one that ends in `=` is only the beginning of a word. */
  | { readonly kind: "one"; readonly of: readonly string[] }
  /** Some of them, with commas between. */
  | { readonly kind: "some"; readonly of: readonly string[] };

/** An option of a command. */
export interface OptionShape {
  /** `--format`, `-h` */
  readonly names: readonly string[];
  readonly description: string;
  /** What its value is; absent where it takes none. */
  readonly value?: Wanted;
}

/** A command as far as its words go: the program itself, too. */
export interface CommandShape {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionShape[];
  readonly operands: readonly { readonly wanted: Wanted; readonly isVariadic: boolean }[];
  readonly commands: readonly CommandShape[];
}

/** A word that could stand at the cursor, and what it is. */
export interface Candidate {
  readonly word: string;
  readonly description?: string;
}

/** What could stand at the cursor. Files and folders are the shell's to list. */
export type Completion =
  | { readonly kind: "files" }
  | { readonly kind: "folders" }
  | { readonly kind: "words"; readonly candidates: readonly Candidate[] };

/** What is known of an image without loading its catalog. */
export interface ListedImage {
  readonly language: string;
  /** `ingot/python` */
  readonly repository: string;
  readonly tags: readonly string[];
  /** `python 3.13.5 on trixie, dev` */
  readonly description: string;
}
