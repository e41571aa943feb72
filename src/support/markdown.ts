/** Free text on a page is text: no HTML. */
export const inline = (text: string): string => text.replaceAll("<", "&lt;");

/** The same in a cell of a table, which it does not end; a backslash that stands before a | already does not undo that. */
export const cell = (text: string): string =>
  inline(text).replace(/(\\*)\|/g, (pipe, { length }: string) => (length % 2 === 1 ? pipe : `${pipe.slice(0, -1)}\\|`));
