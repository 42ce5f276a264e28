/** Programs as files of TypeScript: what the types say of valid ones and of ones that are wrong in one place. */
import { Random } from "../support/random.js";
import { createProject, sentenceOf, type Project } from "../types/project.js";
import { Fault } from "./check.js";
import type { Failure } from "./chunk.js";
import { generate } from "./generate.js";
import {
  isCode,
  isValue,
  namesIn,
  operandsOf,
  printLines,
  printModel,
  type Argument,
  type Leaf,
  type Program,
  type Step,
  type Value,
} from "./program.js";
import { operatorOf, operators } from "./rows/index.js";
import { runLines } from "./run.js";

/** One function of a file, and what the types have to say of it. */
export interface Typed {
  readonly lines: readonly string[];
  /** The message of the first thing that is wrong; undefined where nothing is. */
  readonly message: string | undefined;
}

const shaped = (name: string, shape: readonly number[]): string =>
  `shaped<[${shape.join(", ")}]>(${name});`;

/** A valid program: every shape is what it is said to be. */
export const typedProgram = (p: Program): Typed => ({
  lines: [
    ...printLines(p),
    ...knownToTypes(p).map(({ value }) => shaped(value.name, value.shape)),
    `return ${printModel(p)};`,
  ],
  message: undefined,
});

/** Steps whose shapes the types know: those that are made of nothing that they do not. */
function knownToTypes({ steps }: Pick<Program, "steps">): Step[] {
  const unknown = new Set<Value>();
  for (const { value, call } of steps)
    if (call.untyped === true || operandsOf(call).some((v) => unknown.has(v)))
      unknown.add(value);
  return steps.filter((s) => !unknown.has(s.value));
}

/** Nothing to be said of, by nobody. */
const nothing: Typed = { lines: ["return;"], message: undefined };

/** A program with one dimension or attribute changed, and what happens when it runs. */
export function mistaken(p: Program, random: Random): Typed {
  const changed = random.chance(40)
    ? withOtherLeaf(p, random)
    : withOtherNumber(p, random);
  if (knownToTypes(changed).length < changed.steps.length) return nothing;
  const lines = printLines(changed);
  const names = changed.steps.map(({ value }) => value.name);
  try {
    const values = runLines(lines, `{ ${names.join(", ")} }`) as Readonly<
      Record<string, { readonly shape: readonly number[] }>
    >;
    const shapes = names.map((n) => shaped(n, values[n]?.shape ?? []));
    return { lines: [...lines, ...shapes], message: undefined };
  } catch (error) {
    const { message } = error as Error;
    const [callee = ""] = message.split(":");
    // What the types do not look at they may refuse later, in other words.
    const unseen =
      failsInside(changed) ||
      /the indices were declared with|indices go up to|paddingIndex is/.test(
        message,
      ) ||
      operators.some((o) => o.name === callee && o.untyped);
    return unseen ? nothing : { lines, message };
  }
}

/** True where a function of the program fails: the types may first speak of what it returns. */
function failsInside({ leaves, steps }: Parts): boolean {
  const first = steps.findIndex(({ call }) => call.args.some(isCode));
  if (first < 0) return false;
  try {
    runLines(printLines({ leaves, steps: steps.slice(0, first) }), "undefined");
    return true;
  } catch {
    return false;
  }
}

type Parts = Pick<Program, "leaves" | "steps">;

/** One declaration has another dimension. */
function withOtherLeaf(p: Program, random: Random): Parts {
  const able = p.leaves.filter(
    (l) => l.value.shape.length > 0 && l.value.classes === undefined,
  );
  if (able.length === 0) return withOtherNumber(p, random);
  const chosen = random.pick(able);
  const { shape, name } = chosen.value;
  const axis = random.roll(shape.length);
  const other = shape.with(axis, (shape[axis] as number) + 1 + random.roll(3));
  const changed: Leaf = {
    kind: chosen.value.batched ? "input" : "whole",
    value: { name, shape: other, batched: chosen.value.batched },
    data: [],
  };
  return {
    leaves: p.leaves.map((l) => (l === chosen ? changed : l)),
    steps: p.steps,
  };
}

/** One number of a call is another one; later calls are left out. */
function withOtherNumber(p: Program, random: Random): Parts {
  const able = p.steps.filter(({ call }) =>
    [...call.args].some((a) => integersIn(a) > 0),
  );
  if (able.length === 0) return { leaves: p.leaves, steps: p.steps };
  const chosen = random.pick(able);
  const { args } = chosen.call;
  let left = random.roll(args.reduce((s: number, a) => s + integersIn(a), 0));
  const by = random.pick([1, -1, 2, 7, -9]);
  const { least = -Infinity } = operatorOf(chosen.call.callee);
  const change = (a: Argument): Argument => {
    if (typeof a === "number" && Number.isInteger(a))
      return left-- === 0 ? Math.max(least, a + by) : a;
    if (isValue(a) || isCode(a)) return a;
    if (Array.isArray(a)) return (a as Argument[]).map(change);
    if (typeof a === "object")
      return Object.fromEntries(
        Object.entries(a).map(([key, v]) => [
          key,
          inTypes.test(key) ? change(v) : v,
        ]),
      );
    return a;
  };
  const step: Step = {
    ...chosen,
    call: { ...chosen.call, args: args.map(change) },
  };
  const steps = [...p.steps.slice(0, p.steps.indexOf(chosen)), step];
  const read = new Set(steps.flatMap((s) => operandsOf(s.call)));
  return { leaves: p.leaves.filter((l) => read.has(l.value)), steps };
}

/** Options that the types know. */
const inTypes = /axis|shape|sizes/i;

/** Whole numbers in an argument, those in options that the types do not know left out. */
function integersIn(a: Argument): number {
  if (typeof a === "number") return Number.isInteger(a) ? 1 : 0;
  if (typeof a !== "object" || isValue(a) || isCode(a)) return 0;
  if (Array.isArray(a))
    return (a as Argument[]).reduce((s: number, v) => s + integersIn(v), 0);
  return Object.entries(a)
    .filter(([key]) => inTypes.test(key))
    .reduce((s, [, v]) => s + integersIn(v), 0);
}

/** What the types say otherwise than expected, for each program of which they do. */
export async function typeFaults(
  project: Project,
  programs: readonly Typed[],
): Promise<Map<number, Fault>> {
  const functions = programs.map(
    ({ lines }, i) =>
      `export function p${String(i)}() {\n${lines.join("\n")}\n}`,
  );
  const body = functions.join("\n");
  const names = namesIn(body).filter((n) => n !== "shaped" && !/^p\d/.test(n));
  const head = [
    `import { ${names.join(", ")}, type Shape, type Tensor } from "gradc";`,
    "declare function shaped<S extends Shape>(x: Tensor<S>): void;",
  ];
  project.write("random.ts", `${head.join("\n")}\n${body}\n`);
  const { diagnostics, output } = await project.check(
    "typescript7",
    "random.ts",
  );
  if (diagnostics.some((d) => d.line <= head.length))
    throw new Error(`the file of programs is wrong:\n${output}`);
  const faults = new Map<number, Fault>();
  let line = head.length + 1;
  programs.forEach(({ lines, message }, i) => {
    const last = line + lines.length + 1;
    const first = diagnostics.find((d) => d.line >= line && d.line <= last);
    const said = first && (sentenceOf(first.text) ?? first.text);
    if (said !== message)
      faults.set(
        i,
        new Fault(
          `the types say ${JSON.stringify(said ?? "nothing")}, the program says ${JSON.stringify(message ?? "nothing")} when it runs: ${lines[(first?.line ?? line) - line - 1] ?? ""}`,
        ),
      );
    line = last + 1;
  });
  return faults;
}

/** Failures of the types of programs `from` .. `to` - 1, as they are and with a mistake each. */
export async function checkTypes(
  seed: number,
  from: number,
  to: number,
): Promise<{
  readonly failures: readonly Failure[];
  readonly refused: number;
}> {
  const programs = Array.from({ length: to - from }, (_, i) =>
    generate(seed, from + i),
  );
  const wrong = programs.map((p, i) =>
    mistaken(p, new Random(seed * 7919 + from + i)),
  );
  const project = createProject();
  try {
    const all = [...programs.map(typedProgram), ...wrong];
    const faults = await typeFaults(project, all);
    return {
      failures: [...faults].map(([i, fault]) => ({
        index: from + (i % programs.length),
        message: fault.message,
        source: (all[i]?.lines ?? []).join("\n"),
      })),
      refused: wrong.filter((w) => w.message !== undefined).length,
    };
  } finally {
    project.remove();
  }
}
