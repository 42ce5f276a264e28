/** What initial parameters are drawn from, in PyTorch's terms: a line for each rule. */
import { isLeaf, type Node } from "../../dsl/graph.js";
import { constantOf } from "../passes/rebuild.js";
import type { Programs } from "../programs.js";

/** Characters of a line of a comment, after what formulas are set in by. */
const width = 72;

/** `hidden.weight, hidden.bias ~ U(-1/sqrt(2), 1/sqrt(2))`: parameters that start alike share a line. */
export function initLines({ init }: Programs): string[] {
  const names = new Map<string, string[]>();
  for (const [param, initial] of init.updates) {
    const rule = ruleOf(initial);
    const name = isLeaf(param) ? param.op.name : "";
    const list = names.get(rule);
    if (list === undefined) names.set(rule, [name]);
    else list.push(name);
  }
  return [...names].map(([rule, list]) => `${listed(list, rule)}${rule}`);
}

/** As many names as fit on the line, and how many more there are. */
function listed(names: readonly string[], rule: string): string {
  const all = names.join(", ");
  if (all.length + rule.length <= width || names.length === 1) return all;
  const count = Math.max(
    1,
    names.filter((_, i) => {
      const some = cut(names, i + 1);
      return some.length + rule.length <= width;
    }).length,
  );
  return cut(names, count);
}

const cut = (names: readonly string[], count: number): string => {
  const left = names.length - count;
  const others = left === 1 ? "1 other" : `${String(left)} others`;
  return `${names.slice(0, count).join(", ")} and ${others}`;
};

function ruleOf(initial: Node): string {
  const number = constantOf(initial);
  if (number !== undefined) return ` = ${String(number)}`;
  if (initial.op.kind === "constant") return ": the numbers of the model";
  const drawn = distributionOf(initial);
  return drawn === undefined ? ": as below" : ` ~ ${drawn}`;
}

/** `U(low, high)` or `N(mean, variance)`; undefined where it is neither. */
function distributionOf(initial: Node): string | undefined {
  const [, chosen, other] = initial.args;
  if (isScalar(initial, "where") && chosen && other) {
    // A row of an embedding that stays 0.
    const [number, drawn] = [constantOf(chosen), distributionOf(other)];
    return number === undefined || drawn === undefined
      ? undefined
      : `${drawn} or ${String(number)}`;
  }
  const sum = partsOf(initial, "add");
  const product = sum && partsOf(sum[0], "mul");
  const [shift, scale] = [sum?.[1], product?.[1]].map(
    (v) => v && constantOf(v),
  );
  if (product === undefined || shift === undefined || scale === undefined)
    return undefined;
  const [unit] = product;
  if (isUniform(unit)) {
    const ends =
      scale === -2 * shift
        ? [`-${rootText(-shift)}`, rootText(-shift)]
        : [String(shift), String(shift + scale)];
    return `U(${ends.join(", ")})`;
  }
  return isNormal(unit)
    ? `N(${String(shift)}, ${squareText(scale)})`
    : undefined;
}

const isScalar = ({ op }: Node, name: string): boolean =>
  op.kind === "scalar" && op.name === name;

const partsOf = (v: Node, name: string): readonly [Node, Node] | undefined => {
  const [a, b] = v.args;
  return isScalar(v, name) && a && b ? [a, b] : undefined;
};

const isUniform = (v: Node): boolean => isScalar(v, "uniform");

/** sqrt(-2 log(1 - u)) cos(2 pi v), as `normal` draws. */
const isNormal = (v: Node): boolean =>
  functionsOf(v) === "mul(sqrt(mul(,log(sub(,uniform)))),cos(mul(,uniform)))";

/** The scalar functions that a value is made of. */
function functionsOf(v: Node): string {
  if (constantOf(v) !== undefined || v.op.kind !== "scalar") return "";
  if (isUniform(v)) return "uniform";
  return `${v.op.name}(${v.args.map(functionsOf).join()})`;
}

/** What bounds and deviations are roots of, over a number of entries: those of nn.Linear, He and Glorot. */
const above = [1, 2, 3, 6] as const;

/** The quotient of small integers whose root a number is; undefined where it is the root of none. */
function squareOf(
  x: number,
): readonly [above: number, below: number] | undefined {
  for (const a of above) {
    const below = Math.round(a / (x * x));
    const root = Math.sqrt(a / below);
    if (below > a && Math.abs(root - x) <= 4 * Number.EPSILON * x)
      return [a, below];
  }
  return undefined;
}

const isShort = (x: number): boolean => String(x).length <= 7;

/** 1/sqrt(784) is 1/28. */
function rootText(x: number): string {
  const square = isShort(x) ? undefined : squareOf(x);
  if (square === undefined) return String(x);
  const [a, below] = square;
  if (a > 1) return `sqrt(${String(a)}/${String(below)})`;
  const root = Math.sqrt(below);
  return Number.isInteger(root)
    ? `1/${String(root)}`
    : `1/sqrt(${String(below)})`;
}

function squareText(x: number): string {
  if (x === 1) return "1";
  const square = isShort(x) ? undefined : squareOf(x);
  return square === undefined ? `${String(x)}^2` : square.map(String).join("/");
}
