import {
  call as callScalar,
  eager,
  functions,
  inlined,
  variable,
  type Keeps,
  type Scalar,
} from "../../dsl/math/index.js";
import type { Node } from "../../dsl/graph.js";
import { argumentNames } from "../kernels/bodies.js";
import { countOf } from "../kernels/ir.js";
import type { SliceStatement } from "../kernels/slice.js";
import { exampleOf, type CellOptions } from "./cells.js";
import {
  at,
  binary,
  call,
  declare,
  loop,
  name,
  num,
  read,
  type Code,
  type FunctionCode,
  type Parameter,
} from "./code.js";
import { wrapped } from "./functions.js";
import { printAssignment } from "./scalarCode.js";

/** Name of the loop that applies an elementary function to a slice of memory. */
export const sliceName = (f: string): string => `${f}Over`;

/**
 * A run of such a loop: arguments and result are places in memory, or numbers that the compiler knows.
 *
 * @param place an array and where a value begins in it
 */
export function sliceCall(
  e: SliceStatement["expr"],
  place: (v: Node) => readonly Code[],
  to: readonly Code[],
  count: Code,
): Code {
  const args = e.calls.args.flatMap((x): readonly Code[] => {
    if (x.kind === "number") return [num(x.value)];
    const own =
      x.kind === "variable" ? e.args[argumentNames.indexOf(x.name)] : undefined;
    return own?.kind === "load" ? place(own.value) : [];
  });
  return call(sliceName(e.calls.name), ...args, ...to, count);
}

/** The run that a statement is, for all examples; the result is in memory, or is an output that nobody else reads. */
export function sliceRun(
  s: SliceStatement,
  { storage, memory, form }: CellOptions,
): Code {
  const place = (v: Node): readonly Code[] => {
    const { name: array, offset } = storage.array(v);
    return [name(array), num(offset)];
  };
  const [target] = s.targets;
  const to =
    target?.space === "output" && !memory.has(s.value)
      ? [name(target.name), num(0)]
      : place(s.value);
  const count = countOf(s.axes);
  const ofAll = count === 1 ? name("n") : binary("*", name("n"), num(count));
  const batched = exampleOf(s) !== undefined && form === "rows";
  return sliceCall(s.expr, place, to, batched ? ofAll : num(count));
}

const letters = ["x", "y", "z"];

/**
 * The slices of functions, and of the rare parts that their loops leave to loops of their own; callees first.
 *
 * No double crosses a call in such a loop, and none is chosen there among values that a call may have returned: V8 would
 * allocate it.
 *
 * @param list the type of the arrays that they run over
 */
export function sliceFunctions(
  names: readonly string[],
  list = "Float64Array",
): FunctionCode[] {
  return slicesOf(names, list).map((s) => s.code);
}

/** What the loops of functions need beside themselves: tables. */
export const sliceBodies = (names: readonly string[]): Scalar[] =>
  slicesOf(names, "").map((s) => s.body);

interface Slice {
  readonly code: FunctionCode;
  /** What it computes, rare parts with loops of their own written out. */
  readonly body: Scalar;
  readonly rare: readonly string[];
}

/** What is printed of a function depends on nothing else: programs ask for the same loops again. */
const printed = new Map<string, Slice>();

function slicesOf(names: readonly string[], list: string): Slice[] {
  const made = new Map<string, Slice>();
  const visit = (f: string): void => {
    if (made.has(f)) return;
    const key = `${f} ${list}`;
    const slice = printed.get(key) ?? sliceFunction(f, list);
    printed.set(key, slice);
    slice.rare.forEach(visit);
    made.set(f, slice);
  };
  names.forEach(visit);
  return [...made.values()];
}

/** What the loop of a function calls its arguments: one array each, but for numbers, which keep their names. */
function paramsOf(f: string): readonly string[] {
  const { params = ["x"], constants = [] } = functions[f] ?? {};
  return params.map((param, i) =>
    constants.includes(param) ? param : (letters[i] as string),
  );
}

const number = (id: string): Parameter => ({ name: id, type: "number" });
const place = (
  array: string,
  start: string,
  type: string,
): readonly Parameter[] => [{ name: array, type }, number(start)];

/** to[toAt + i] = f(x[xAt + i]) for 0 <= i < count, and the rare parts that it runs. */
function sliceFunction(f: string, list: string): Slice {
  const params = paramsOf(f);
  const args = params.filter((p) => letters.includes(p));
  const whole = callScalar(f, ...params.map(variable));
  const rare = new Set<string>();
  const hasLoop: Keeps = (g, given, last) =>
    g.cold === true &&
    g.name !== f &&
    last &&
    given.length === args.length &&
    given.every((a, i) => a.kind === "variable" && a.name === args[i]);
  const cell = (array: string): Code =>
    binary("+", name(`${array}At`), name("i"));
  const arrays = [...args.map((a) => `${a}s`), "to"];
  const target = at("to", cell("to"));
  const body = printAssignment(target, eager(inlined(whole, hasLoop)), {
    taken: [
      "i",
      "toAt",
      "count",
      ...params,
      ...arrays,
      ...args.map((a) => `${a}At`),
    ],
    stored: {
      target,
      by: ({ name: g, args: given }) => {
        const cold = functions[g];
        if (cold === undefined || !hasLoop(cold, given, true)) return undefined;
        rare.add(g);
        const places = [...args, "to"].flatMap((a, i) => [
          name(arrays[i] ?? a),
          cell(a),
        ]);
        return { kind: "run", code: call(sliceName(g), ...places, num(1)) };
      },
    },
  });
  const code: FunctionCode = {
    name: sliceName(f),
    exported: false,
    doc: wrapped(
      `to = ${f}(${params.join(", ")}) entrywise; in place, so that no double crosses a call.`,
    ),
    params: [
      ...params.flatMap((p) =>
        args.includes(p) ? place(`${p}s`, `${p}At`, list) : [number(p)],
      ),
      ...place("to", "toAt", list),
      number("count"),
    ],
    result: "void",
    body: [
      loop("i", name("count"), [
        ...args.map((a) => declare(a, read(`${a}s`, cell(a)))),
        ...body,
      ]),
    ],
  };
  return { code, body: inlined(whole, () => false), rare: [...rare] };
}
