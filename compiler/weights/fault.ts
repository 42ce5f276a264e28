import { CompileError, type Problem } from "../diagnostics.js";

/** What is wrong with a file, without its name. */
export type FileProblem = Omit<Problem, "file">;

/** Makes the error of a file, of one problem or more. */
export type Fault = (
  first: FileProblem,
  ...others: readonly FileProblem[]
) => CompileError;

/** @param file absolute path of the file that is read */
export const faultOf = (file: string): Fault => {
  const placed = (problem: FileProblem): Problem => ({ ...problem, file });
  return (first, ...others) =>
    new CompileError(placed(first), ...others.map(placed));
};

/** A name of a file, which may hold anything, in a sentence: short and quoted. */
export const quoted = (name: string): string =>
  JSON.stringify(name.length <= 80 ? name : `${name.slice(0, 77)}...`);
