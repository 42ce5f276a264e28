import {
  call,
  name,
  type FunctionCode,
  type Parameter,
  type Statement as Line,
} from "./code.js";
import { wrapText } from "./comments.js";
import type { KernelFacts } from "./kernelFacts.js";
import type { Names } from "./names.js";
import { objectsOf } from "./objects.js";
import { isSame } from "./same.js";

/** A function of the handle that does one layer. */
export interface Part {
  readonly name: string;
  /** What it does, in words. */
  readonly doc: string;
  readonly lines: readonly Line[];
  /** Its kernels; none where no report is asked for. */
  readonly kernels: readonly KernelFacts[];
  /** Estimated bytecode: all of it, and what a call for one example runs through. */
  readonly bytes: number;
  readonly executed: number;
  /** True for what stands in the function of its body. */
  readonly inline?: true;
}

type PartCode = Pick<Part, "lines" | "kernels" | "bytes" | "executed">;

/** What a function is written from. */
type PartText = Pick<Part, "name" | "doc" | "lines">;

/** Functions that bodies are made of: two of one form that do the same are one. */
export class Parts {
  readonly #names: Names;
  /** By form, proposal and how they begin: few are compared. */
  readonly #known = new Map<string, Part[]>();

  /** @param names those of the arrays too: a function and what it reads have different names. */
  constructor(names: Names) {
    this.#names = names;
  }
  part(
    proposal: string,
    form: "plain" | "rows",
    doc: string,
    { lines, kernels, bytes, executed }: PartCode,
  ): Part {
    const [first] = lines;
    const start =
      first?.kind === "comment" ? first.text : JSON.stringify(first);
    const key = `${form} ${proposal} ${String(lines.length)} ${start}`;
    const alike = this.#known.get(key);
    const known = alike?.find((p) => isSame(p.lines, lines));
    if (known !== undefined) return known;
    const name = this.#names.fresh(proposal);
    const part = { name, doc, lines, kernels, bytes, executed };
    if (alike === undefined) this.#known.set(key, [part]);
    else alike.push(part);
    return part;
  }
}

/** Calls in one function: about 12 bytes of bytecode each. */
const mostCalls = 400;

/** A function made of others. */
export interface Sequence {
  readonly functions: readonly FunctionCode[];
  readonly lines: readonly Line[];
}

/**
 * The parts of a function as functions of their own, and the calls that run them in order. Each takes what it uses of
 * `given`; a long list of calls is cut into functions again.
 */
export function sequence(
  id: string,
  parts: readonly Part[],
  given: readonly Parameter[],
): Sequence {
  const functions: FunctionCode[] = [];
  const run = (part: PartText): Line => {
    const used = objectsOf(part.lines);
    const params = given.filter((p) => used.has(p.name));
    functions.push({
      name: part.name,
      exported: false,
      doc: wrapText(part.doc, 76),
      params,
      result: "void",
      body: part.lines,
    });
    return {
      kind: "run",
      code: call(part.name, ...params.map((p) => name(p.name))),
    };
  };
  if (parts.some(({ inline }) => inline)) {
    const lines = parts.flatMap((p) => (p.inline ? p.lines : [run(p)]));
    return { functions, lines };
  }
  let lines = parts.map(run);
  while (lines.length > mostCalls) {
    const chunks: PartText[] = [];
    for (let i = 0; i < lines.length; i += mostCalls)
      chunks.push({
        name: `${id}Part${String(functions.length + chunks.length)}`,
        doc: `Part of ${id}.`,
        lines: lines.slice(i, i + mostCalls),
      });
    lines = chunks.map(run);
  }
  return { functions, lines };
}
