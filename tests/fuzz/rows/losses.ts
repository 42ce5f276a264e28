/** Losses of one, two or three operands of one shape, entry by entry. */
import { sizeOf, zipGrids, type Grid } from "../../oracles/grid.js";
import type { Id, Tape } from "../../oracles/tape.js";
import { isNarrow, type Domain, type Draft } from "../draft.js";
import type { Operator } from "../operator.js";
import type { Argument, Context, Value } from "../program.js";
import { absolute } from "./elementwise.js";

export const reductions = ["omitted", "mean", "sum", "none"] as const;

/** The entries of a loss as one number, or as they are. */
export function reducedBy(
  c: Context,
  entries: Grid,
  reduction: string,
  batched: boolean,
): Grid {
  const { tape: t } = c;
  if (reduction === "none" || entries.shape.length === 0) return entries;
  const sum = t.sum(entries.ids);
  const count =
    reduction === "sum"
      ? 1
      : reduction === "batchmean"
        ? batched
          ? 1
          : (entries.shape[0] as number)
        : sizeOf(entries.shape);
  const id = count === 1 ? sum : t.div(sum, t.constant(count));
  return { shape: [], ids: [id] };
}

/** Options as they are written: none where all are left out. */
export function optionsOf(
  options: Readonly<Record<string, Argument>>,
): Argument {
  const given = Object.entries(options).filter(([, v]) => v !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

export const reductionOption = (reduction: string): string | undefined =>
  reduction === "omitted" ? undefined : reduction;

interface Loss {
  readonly name: string;
  /** Domain of each operand. */
  readonly domains: readonly Domain[];
  /** Choices of an option, and what is written for each. */
  readonly settings?: Readonly<
    Record<string, Readonly<Record<string, Argument>>>
  >;
  readonly reductions?: readonly string[];
  readonly entry: (
    t: Tape,
    operands: readonly Id[],
    settings: Readonly<Record<string, Argument>>,
  ) => Id;
}

function row({ name, domains, settings = {}, entry, ...rest }: Loss): Operator {
  return {
    name,
    narrow: domains.every(isNarrow),
    attributes: {
      reduction: rest.reductions ?? reductions,
      ...Object.fromEntries(
        Object.entries(settings).map(([k, v]) => [k, Object.keys(v)]),
      ),
    },
    draw: (d) => {
      const operands = alike(d, domains);
      const chosen = Object.fromEntries(
        Object.entries(settings).map(([key, of]) => [key, of[d.choose(key)]]),
      );
      const reduction = d.choose("reduction");
      const batched = operands.some((v) => v.batched);
      const options = optionsOf({
        ...chosen,
        reduction: reductionOption(reduction),
      });
      return d.call([...operands, options], (c) => {
        const entries = zipGrids(operands.map(c.of), (...ids) =>
          entry(c.tape, ids, chosen),
        );
        return reducedBy(c, entries, reduction, batched);
      });
    },
  };
}

/** Operands of one shape. */
export function alike(d: Draft, domains: readonly Domain[]): Value[] {
  const [first = "any", ...others] = domains;
  const x = d.value(0, { domain: first });
  return [x, ...others.map((domain) => d.exactly(x.shape, domain))];
}

const numbers = (
  ...all: readonly number[]
): Readonly<Record<string, Argument>> => ({
  omitted: undefined,
  ...Object.fromEntries(all.map((x) => [String(x), x])),
});
const flags = { omitted: undefined, true: true, false: false };
const setting = (x: Argument, standard: number): number =>
  typeof x === "number" ? x : standard;

const one = (t: Tape): Id => t.constant(1);
const square = (t: Tape, x: Id): Id => t.mul(x, x);
const log = (t: Tape, x: Id): Id => t.apply("log", x);
const exp = (t: Tape, x: Id): Id => t.apply("exp", x);
/** max(x, low), through which the gradient passes at low itself. */
export const atLeast = (t: Tape, x: Id, low: number): Id =>
  t.select(t.apply("less", x, t.constant(low)), t.constant(low), x);
const boundedLog = (t: Tape, p: Id): Id =>
  log(t, atLeast(t, p, Math.exp(-100)));

/** A parabola that goes on as a straight line where |e| >= limit. */
const rounded = (t: Tape, e: Id, limit: number): Id => {
  const size = absolute(t, e);
  const line = t.sub(
    t.mul(t.constant(2 * limit), size),
    t.constant(limit * limit),
  );
  return t.select(t.apply("less", size, t.constant(limit)), square(t, e), line);
};

/** ln t! by Stirling where t > 1, else 0. */
const stirling = (t: Tape, x: Id): Id => {
  const large = t.apply("less", one(t), x);
  const n = t.select(large, x, one(t));
  const rest = t.div(log(t, t.mul(t.constant(2 * Math.PI), n)), t.constant(2));
  const sum = t.add(t.sub(t.mul(n, log(t, n)), n), rest);
  return t.select(large, sum, t.constant(0));
};

type Two = readonly [Id, Id];
type Three = readonly [Id, Id, Id];

export const losses: readonly Operator[] = [
  row({
    name: "mse",
    domains: ["any", "any"],
    entry: (t, [x, y]) => square(t, t.sub(x as Id, y as Id)),
  }),
  row({
    name: "l1",
    domains: ["any", "any"],
    entry: (t, [x, y]) => absolute(t, t.sub(x as Id, y as Id)),
  }),
  row({
    name: "smoothL1",
    domains: ["any", "any"],
    settings: { beta: numbers(0.5, 0) },
    entry: (t, [x, y], { beta }) => {
      const [e, b] = [t.sub(x as Id, y as Id), setting(beta, 1)];
      return b === 0
        ? absolute(t, e)
        : t.div(rounded(t, e, b), t.constant(2 * b));
    },
  }),
  row({
    name: "huber",
    domains: ["any", "any"],
    settings: { delta: numbers(0.5) },
    entry: (t, [x, y], { delta }) =>
      t.div(
        rounded(t, t.sub(x as Id, y as Id), setting(delta, 1)),
        t.constant(2),
      ),
  }),
  row({
    name: "logCosh",
    domains: ["any", "any"],
    entry: (t, [x, y]) => t.apply("logCosh", t.sub(x as Id, y as Id)),
  }),
  row({
    name: "bce",
    domains: ["unit", "unit"],
    entry: (t, operands) => {
      const [p, y] = operands as Two;
      const hit = t.mul(y, boundedLog(t, p));
      const miss = t.mul(t.sub(one(t), y), boundedLog(t, t.sub(one(t), p)));
      return t.apply("neg", t.add(hit, miss));
    },
  }),
  row({
    name: "bceWithLogits",
    domains: ["any", "unit"],
    entry: (t, [x, y]) =>
      t.sub(t.apply("softplus", x as Id), t.mul(y as Id, x as Id)),
  }),
  row({
    name: "softMargin",
    domains: ["any", "any"],
    entry: (t, [y, s]) =>
      t.apply("softplus", t.apply("neg", t.mul(s as Id, y as Id))),
  }),
  row({
    name: "hinge",
    domains: ["any", "any"],
    entry: (t, [y, s]) => atLeast(t, t.sub(one(t), t.mul(s as Id, y as Id)), 0),
  }),
  row({
    name: "squaredHinge",
    domains: ["any", "any"],
    entry: (t, [y, s]) =>
      square(t, atLeast(t, t.sub(one(t), t.mul(s as Id, y as Id)), 0)),
  }),
  row({
    name: "hingeEmbedding",
    domains: ["any", "any"],
    settings: { margin: numbers(0.5) },
    entry: (t, [y, s], { margin }) =>
      t.select(
        t.apply("less", t.constant(0), s),
        y as Id,
        atLeast(t, t.sub(t.constant(setting(margin, 1)), y as Id), 0),
      ),
  }),
  row({
    name: "klDiv",
    domains: ["small", "unit"],
    settings: { logTarget: flags },
    reductions: [...reductions, "batchmean"],
    entry: (t, operands, { logTarget }) => {
      const [x, y] = operands as Two;
      if (logTarget === true) return t.mul(exp(t, y), t.sub(y, x));
      const zero = t.apply("equal", y, t.constant(0));
      return t.mul(y, t.sub(log(t, t.select(zero, one(t), y)), x));
    },
  }),
  row({
    name: "poissonNll",
    domains: ["positive", "positive"],
    settings: { logInput: flags, full: flags },
    entry: (t, operands, { logInput, full }) => {
      const [y, k] = operands as Two;
      const cost =
        logInput === false
          ? t.sub(y, t.mul(k, log(t, t.add(y, t.constant(1e-8)))))
          : t.sub(exp(t, y), t.mul(k, y));
      return full === true ? t.add(cost, stirling(t, k)) : cost;
    },
  }),
  row({
    name: "marginRanking",
    domains: ["any", "any", "any"],
    settings: { margin: numbers(0.5) },
    entry: (t, operands, { margin }) => {
      const [a, b, s] = operands as Three;
      const lead = t.mul(s, t.sub(a, b));
      return atLeast(t, t.sub(t.constant(setting(margin, 0)), lead), 0);
    },
  }),
  row({
    name: "gaussianNll",
    domains: ["any", "any", "positive"],
    settings: { full: flags },
    entry: (t, operands, { full }) => {
      const [y, target, given] = operands as Three;
      // A variance below 1e-6 counts as 1e-6, and the gradient still passes.
      const missing = atLeast(t, t.sub(t.constant(1e-6), given), 0);
      const v = t.add(given, t.apply("hold", missing));
      const rest = t.div(square(t, t.sub(y, target)), v);
      const cost = t.div(t.add(log(t, v), rest), t.constant(2));
      return full === true
        ? t.add(cost, t.constant(Math.log(2 * Math.PI) / 2))
        : cost;
    },
  }),
  {
    name: "halfSse",
    scalar: true,
    draw: (d) => {
      const operands = alike(d, ["any", "any"]);
      return d.call(operands, (c) => {
        const squares = zipGrids(operands.map(c.of), (x, y) =>
          square(c.tape, c.tape.sub(x, y)),
        );
        const sum = c.tape.sum(squares.ids);
        return { shape: [], ids: [c.tape.div(sum, c.tape.constant(2))] };
      });
    },
  },
];
