/** Mutants of lowered statements: one index, operand, test or axis changed. */
import type {
  Affine,
  Axis,
  Expr,
  Statement,
  StepLoop,
  Target,
} from "../../compiler/kernels/ir.js";
import { comparisons, scalarAlternatives, symmetric } from "./functions.js";

interface Changed<T> {
  readonly change: string;
  readonly mutated: T;
}

/** Every statement that differs from `s` in one thing. */
export function statementMutants(s: Statement): Changed<Statement>[] {
  return [
    ...exprMutants(s.expr, "").map(({ change, mutated }) => ({
      change,
      mutated: { ...s, expr: mutated },
    })),
    ...affineMutants(s.at).map(({ change, mutated }) => ({
      change: `result: ${change}`,
      mutated: { ...s, at: mutated },
    })),
    ...s.axes
      .filter((a) => a.extent !== "batch")
      .map((axis) => ({
        change: "axis one shorter",
        mutated: {
          ...s,
          axes: s.axes.map((a) => (a === axis ? shorter(axis) : a)),
        },
      })),
    ...s.targets.flatMap((target, i) =>
      targetMutants(target, s.expr).map(({ change, mutated }) => ({
        change: `target ${change}`,
        mutated: { ...s, targets: s.targets.with(i, mutated) },
      })),
    ),
  ];
}

function targetMutants(target: Target, expr: Expr): Changed<Target>[] {
  if ("offset" in target)
    return [1, -1].map((by) => ({
      change: signed(by),
      mutated: { ...target, offset: target.offset + by },
    }));
  if (target.space !== "memory") return [];
  const { example, adds } = target;
  return [
    ...affineMutants(target.index).map(({ change, mutated }) => ({
      change,
      mutated: { ...target, index: mutated },
    })),
    { change: "adds not", mutated: { ...target, adds: !adds } },
    // One term has nothing to be merged with.
    ...(adds && expr.kind === "reduce"
      ? [
          {
            change: "merged not",
            mutated: { ...target, merged: !target.merged },
          },
        ]
      : []),
    ...(example === undefined
      ? []
      : [
          {
            change: "example dropped",
            mutated: { ...target, example: undefined },
          },
        ]),
  ];
}

/** A loop whose steps go the other way, or have one statement changed or dropped. */
function loopMutants(loop: StepLoop): Changed<StepLoop>[] {
  return [
    { change: "order not", mutated: { ...loop, reverse: !loop.reverse } },
    ...loop.sums.map((_, i) => ({
      change: `sum ${String(i)} from anything`,
      mutated: { ...loop, sums: loop.sums.toSpliced(i, 1) },
    })),
    ...(["start", "body", "end", "last"] as const).flatMap((part) =>
      loop[part].flatMap((s, i) => [
        {
          change: `${part} ${String(i)} dropped`,
          mutated: { ...loop, [part]: loop[part].toSpliced(i, 1) },
        },
        ...statementMutants(s).map(({ change, mutated }) => ({
          change: `${part} ${String(i)}: ${change}`,
          mutated: { ...loop, [part]: loop[part].with(i, mutated) },
        })),
      ]),
    ),
  ];
}

const signed = (x: number): string => (x < 0 ? String(x) : `+${String(x)}`);
const shorter = (axis: Axis): Axis => ({
  ...axis,
  extent: (axis.extent as number) - 1,
});

/** An index off by one, with another step, without one of its axes, or with two of them mixed up. */
function affineMutants({ constant, terms }: Affine): Changed<Affine>[] {
  const all = [...terms];
  const found: Changed<Affine>[] = [1, -1].map((by) => ({
    change: `index ${signed(by)}`,
    mutated: { constant: constant + by, terms },
  }));
  all.forEach(([axis, k], i) => {
    const without = new Map(all.filter((_, j) => j !== i));
    found.push({
      change: "axis dropped from index",
      mutated: { constant, terms: without },
    });
    for (const by of [1, -1])
      found.push({
        change: `step ${signed(by)}`,
        mutated: { constant, terms: new Map(terms).set(axis, k + by) },
      });
    for (const [other, m] of all.slice(i + 1))
      if (k !== m)
        found.push({
          change: "axes swapped in index",
          mutated: {
            constant,
            terms: new Map(terms).set(axis, m).set(other, k),
          },
        });
  });
  return found;
}

/** @param path the expressions around, outermost first */
function exprMutants(e: Expr, path: string): Changed<Expr>[] {
  const here = path === "" ? nameOf(e) : `${path} > ${nameOf(e)}`;
  const within = <T>(
    changes: readonly Changed<T>[],
    put: (x: T) => Expr,
  ): Changed<Expr>[] =>
    changes.map(({ change, mutated }) => ({ change, mutated: put(mutated) }));
  const at = <T>(
    changes: readonly Changed<T>[],
    put: (x: T) => Expr,
  ): Changed<Expr>[] =>
    changes.map(({ change, mutated }) => ({
      change: `${here}: ${change}`,
      mutated: put(mutated),
    }));
  const one = (change: string, mutated: Expr): Changed<Expr> => ({
    change: `${here}: ${change}`,
    mutated,
  });
  // The sign of what is true or false says nothing.
  const negated = isComparison(e)
    ? one("not", {
        kind: "apply",
        op: "sub",
        args: [{ kind: "number", value: 1 }, e],
      })
    : one("neg", { kind: "apply", op: "neg", args: [e] });
  switch (e.kind) {
    case "number":
      return [
        negated,
        one("+ 1", { ...e, value: e.value + 1 }),
        one("- 1", { ...e, value: e.value - 1 }),
      ];
    case "batchSize":
      return [negated, one("1", { kind: "number", value: 1 })];
    case "index":
    case "table":
      return [
        negated,
        ...at(affineMutants(e.index), (index) => ({ ...e, index })),
      ];
    case "load": {
      const { example, picked, ...rest } = e;
      return [
        negated,
        ...at(affineMutants(e.index), (index) => ({ ...e, index })),
        ...(example === undefined
          ? []
          : [
              one("example dropped", {
                ...rest,
                ...(picked !== undefined && { picked }),
              }),
            ]),
        ...(picked === undefined
          ? []
          : [
              one("choice dropped", {
                ...rest,
                ...(example !== undefined && { example }),
              }),
              ...[1, -1].map((by) =>
                one(`stride of choice ${signed(by)}`, {
                  ...e,
                  picked: { ...picked, stride: picked.stride + by },
                }),
              ),
              ...within(exprMutants(picked.by, here), (by) => ({
                ...e,
                picked: { ...picked, by },
              })),
            ]),
      ];
    }
    case "apply": {
      const { op, args } = e;
      return [
        negated,
        ...scalarAlternatives(op).map((name) =>
          one(`-> ${name}`, { ...e, op: name }),
        ),
        ...args.map((a, i) => one(`only operand ${String(i)}`, a)),
        ...(args.length === 2 && !symmetric.has(op)
          ? [one("swapped operands", { ...e, args: [...args].reverse() })]
          : []),
        ...(args.length === 3
          ? [
              one("swapped operands", {
                ...e,
                args: [args[0], args[2], args[1]] as Expr[],
              }),
            ]
          : []),
        ...args.flatMap((a, i) =>
          within(exprMutants(a, `${here}[${String(i)}]`), (x) => ({
            ...e,
            args: args.with(i, x),
          })),
        ),
      ];
    }
    case "guard":
      return [
        one("dropped", e.body),
        one("otherwise + 1", { ...e, otherwise: e.otherwise + 1 }),
        ...e.tests.flatMap((t, i) => [
          one("test dropped", { ...e, tests: e.tests.toSpliced(i, 1) }),
          ...[1, -1].map((by) =>
            one(`length ${signed(by)}`, {
              ...e,
              tests: e.tests.with(i, { ...t, length: t.length + by }),
            }),
          ),
          one("divisor + 1", {
            ...e,
            tests: e.tests.with(i, { ...t, divisor: t.divisor + 1 }),
          }),
          ...at(affineMutants(t.index), (index) => ({
            ...e,
            tests: e.tests.with(i, { ...t, index }),
          })),
        ]),
        ...within(exprMutants(e.body, here), (body) => ({ ...e, body })),
      ];
    case "reduce":
      return [
        negated,
        one("missing reduction", e.body),
        ...(["sum", "prod", "max", "min"] as const)
          .filter((by) => by !== e.by)
          .map((by) => one(`-> ${by}`, { ...e, by })),
        ...e.over.flatMap((axis, i) => [
          one("axis not reduced", { ...e, over: e.over.toSpliced(i, 1) }),
          ...(axis.extent === "batch"
            ? []
            : [
                one("axis one shorter", {
                  ...e,
                  over: e.over.with(i, shorter(axis)),
                  body: e.body,
                }),
              ]),
        ]),
        ...within(exprMutants(e.body, here), (body) => ({ ...e, body })),
        ...(e.from === undefined
          ? []
          : [one("starts at -0", { ...e, from: -0 })]),
        ...(e.scatter === undefined
          ? []
          : [
              ...within(exprMutants(e.scatter.by, `${here} place`), (by) => ({
                ...e,
                scatter: {
                  ...(e.scatter as NonNullable<typeof e.scatter>),
                  by,
                },
              })),
              ...within(
                exprMutants(e.scatter.term, `${here} term`),
                (term) => ({
                  ...e,
                  scatter: {
                    ...(e.scatter as NonNullable<typeof e.scatter>),
                    term,
                  },
                }),
              ),
            ]),
      ];
    case "scan":
      return within(loopMutants(e.loop), (loop) => ({ ...e, loop }));
  }
}

const isComparison = (e: Expr): boolean =>
  e.kind === "apply" && comparisons.has(e.op);

const nameOf = (e: Expr): string =>
  e.kind === "apply"
    ? e.op
    : e.kind === "reduce"
      ? e.by
      : e.kind === "load" && e.picked !== undefined
        ? "chosen load"
        : e.kind;
