/** How code is spelled: the printer reads nothing else. */
export interface Dialect {
  /** False for plain JavaScript: annotations and casts are left out. */
  readonly types: boolean;
  /** False for text that nobody reads: no comments, no blank lines, statements of any length on one line. */
  readonly laidOut: boolean;
  /** The words of 2009: `var` and `function`, no method and no template, no comma after the last argument. */
  readonly es5: boolean;
  /** Whether what a module gives away is marked where it stands: `export function`. */
  readonly marksExports: boolean;
}

export const typescript: Dialect = {
  types: true,
  laidOut: true,
  es5: false,
  marksExports: true,
};
export const javascript: Dialect = { ...typescript, types: false };
/** What other files reach through an object that the module fills at its end. */
export const script: Dialect = { ...javascript, marksExports: false };
export const es5: Dialect = { ...script, es5: true };
/** What is run to verify a module of TypeScript: the statements of its text, and nothing else. */
export const runnable: Dialect = { ...script, laidOut: false };
