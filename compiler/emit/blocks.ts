import { freeName } from "../load/identifiers.js";
import {
  binary,
  call,
  declare,
  name,
  num,
  operandsOf,
  withBlocks,
  type Code,
  type FunctionCode,
  type Loop,
  type Statement as Line,
} from "./code.js";
import { objectsOf } from "./objects.js";

/** About the bytes of V8's bytecode that a part of an expression takes. */
const bytesOfPart = 4;

/** What a loop, and a block, may run through: half of the 66 KB after which V8 looks at a function again. */
const mostBytes = 32_768;

/**
 * The functions with their long loops as loops over blocks of turns.
 *
 * V8 compiles a loop while it runs, where it looks at the function twice in one call. Each call then starts in the
 * interpreter, which allocates the numbers of the loop's first turn, and goes on in what was compiled; as what is
 * interpreted between the two counts for nothing, V8 may never compile the function as a whole. A block is over before V8
 * looks again, so that it is the loop over blocks that V8 compiles: each call interprets a block, and after some hundred calls
 * the whole function is compiled. Loops over the entries of each example are such loops too.
 */
export const inBlocks = (functions: readonly FunctionCode[]): FunctionCode[] =>
  functions.map((f) => ({ ...f, body: blocksIn(f.body) }));

/** The same of loops over slices, where they are long for one example. */
export function slicesInBlocks(
  slices: readonly FunctionCode[],
  callers: readonly FunctionCode[],
): FunctionCode[] {
  const counts = new Map<string, number>();
  for (const { body } of callers) see(body, counts);
  return slices.map((f) => ({
    ...f,
    body: blocksIn(f.body, counts.get(f.name)),
  }));
}

/** The most entries of one example that functions are called about. */
function see(lines: readonly Line[], counts: Map<string, number>): void {
  for (const line of lines) {
    if (line.kind === "for") see(line.body, counts);
    if (line.kind === "if") {
      see(line.then, counts);
      see(line.otherwise ?? [], counts);
    }
    if (line.kind !== "run" || line.code.kind !== "call") continue;
    const { callee, args } = line.code;
    const count = args.at(-1);
    // So many, or so many of each example.
    const entries = count?.kind === "binary" ? count.right : count;
    if (entries?.kind === "number")
      counts.set(callee, Math.max(counts.get(callee) ?? 0, entries.value));
  }
}

/** @param count how many entries a slice has, where the lines are its loop */
const blocksIn = (lines: readonly Line[], count?: number): Line[] => {
  const of = (block: readonly Line[]): Line[] => blocksIn(block, count);
  return lines.map((line) => {
    if (line.kind !== "for") return withBlocks(line, of);
    const turns = turnsOf(line, count);
    if (turns === undefined) return withBlocks(line, of);
    const isAlone = line.body.every((inner) => inner.kind !== "for");
    const each = bytesOf(line.body);
    const ofBlock = 2 ** Math.floor(Math.log2(mostBytes / each));
    return isAlone && turns * each > mostBytes && ofBlock > 1
      ? blocksOf(line, ofBlock)
      : line;
  });
};

/** How many turns a loop has; undefined for one over examples. */
function turnsOf({ from, to, step }: Loop, count?: number): number | undefined {
  if (to.kind !== "number") return count;
  return from.kind === "number" ? (to.value - from.value) / step : undefined;
}

/** @param turns those of a block: it begins where a tile does */
function blocksOf(s: Loop, turns: number): Line {
  const { from, to, step, body } = s;
  const used = objectsOf(body);
  const free = (id: string): string => freeName(id, (other) => used.has(other));
  const [start, end] = [free("start"), free("end")];
  const size = step * turns;
  return {
    kind: "for",
    variable: start,
    from,
    to,
    step: size,
    body: [
      declare(end, call("Math.min", binary("+", name(start), num(size)), to)),
      { ...s, from: name(start), to: name(end) },
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
