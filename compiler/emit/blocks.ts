import {
  binary,
  call,
  declare,
  loop,
  name,
  num,
  operandsOf,
  withBlocks,
  type Code,
  type FunctionCode,
  type Statement as Line,
} from "./code.js";
import { objectsOf } from "./objects.js";

type Loop = Line & { readonly kind: "for" };

/** Bytes of V8's bytecode: about those of a part of an expression, and half of what V8 runs through between two looks. */
const [bytesOfPart, mostBytes] = [4, 32_768];

/**
 * The functions with their long loops as loops over blocks of entries.
 *
 * V8 compiles a loop while it runs, where it looks at the function twice in one call. Each call then starts in the
 * interpreter, which allocates the numbers of the loop's first turn, and goes on in what was compiled; as what is
 * interpreted between the two counts for nothing, V8 may never compile the function as a whole. A block is over before V8
 * looks again, so that it is the loop over blocks that V8 compiles: each call interprets a block, and after some hundred calls
 * the whole function is compiled. Loops over the entries of each example are such loops too.
 */
export const inBlocks = (functions: readonly FunctionCode[]): FunctionCode[] =>
  functions.map((f) => ({ ...f, body: blocksIn(f.body, 0) }));

/** The same of loops over slices, which are as long as callers say: for one example, at most. */
export function slicesInBlocks(
  slices: readonly FunctionCode[],
  callers: readonly FunctionCode[],
): FunctionCode[] {
  const longest = new Map<string, number>();
  for (const { body } of callers) see(body, longest);
  return slices.map((f) => ({
    ...f,
    body: blocksIn(f.body, longest.get(f.name) ?? 0),
  }));
}

function see(lines: readonly Line[], longest: Map<string, number>): void {
  for (const line of lines) {
    if (line.kind === "for") see(line.body, longest);
    if (line.kind !== "run" || line.code.kind !== "call") continue;
    const { callee, args } = line.code;
    const count = args.at(-1);
    // So many, or so many of each example.
    const entries = count?.kind === "binary" ? count.right : count;
    if (entries?.kind === "number")
      longest.set(callee, Math.max(longest.get(callee) ?? 0, entries.value));
  }
}

/** @param count entries of a loop whose end is no number, and not that of the examples */
const blocksIn = (lines: readonly Line[], count: number): Line[] => {
  const of = (block: readonly Line[]): Line[] => blocksIn(block, count);
  return lines.map((line) => {
    if (line.kind !== "for") return withBlocks(line, of);
    if (line.body.some((inner) => inner.kind === "for"))
      // A loop over examples, or not one over entries alone.
      return line.to.kind === "number" ? line : withBlocks(line, of);
    return isLong(line, count) ? blocksOf(line) : line;
  });
};

function isLong({ from, to, body }: Loop, count: number): boolean {
  const entries =
    to.kind === "number" && from.kind === "number"
      ? to.value - from.value
      : to.kind === "name" && to.text === "count"
        ? count
        : 0;
  return entries * bytesOf(body) > mostBytes && entriesOfBlock(body) > 1;
}

const entriesOfBlock = (body: readonly Line[]): number =>
  2 ** Math.floor(Math.log2(mostBytes / bytesOf(body)));

function blocksOf({ variable, from, to, body }: Loop): Line {
  const used = objectsOf(body);
  const fresh = (id: string): string => (used.has(id) ? fresh(`${id}_`) : id);
  const [start, end] = [fresh("start"), fresh("end")];
  const size = entriesOfBlock(body);
  return {
    kind: "for",
    variable: start,
    from,
    to,
    step: size,
    body: [
      declare(end, call("Math.min", binary("+", name(start), num(size)), to)),
      loop(variable, name(end), body, name(start)),
    ],
  };
}

/** Bytecode that a turn runs through, or what is chosen in it. */
function bytesOf(lines: readonly Line[]): number {
  const of = (...codes: readonly (Code | undefined)[]): number =>
    codes.reduce(
      (sum, c) =>
        sum + (c === undefined ? 0 : bytesOfPart + of(...operandsOf(c))),
      0,
    );
  return lines.reduce((sum, line) => {
    switch (line.kind) {
      case "declare":
        return sum + bytesOfPart + of(line.value);
      case "assign":
        return sum + of(line.target, line.value);
      case "run":
        return sum + of(line.code);
      case "if":
        return (
          sum +
          of(line.test) +
          bytesOf(line.then) +
          bytesOf(line.otherwise ?? [])
        );
      default:
        return sum;
    }
  }, 0);
}
