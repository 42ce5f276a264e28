/** Weights as smaller numbers: what is lost is known here, entry by entry. */
import { makeNode, within } from "../../dsl/context.js";
import {
  orderOf,
  rootsOf,
  sizeOf,
  type Leaf,
  type Node,
  type Op,
  type Program,
} from "../../dsl/graph.js";
import { lettersOf } from "../../dsl/primitives/contract.js";
import { expandNode } from "../../dsl/primitives/expand.js";
import { mul } from "../../dsl/primitives/scalar.js";
import { CompileError } from "../diagnostics.js";
import { rebuild } from "../passes/rebuild.js";
import { channelsAlong, weighted, type Channels } from "./channels.js";
import { constantIn, originOf } from "./constants.js";

/** What weights are rounded to: float32, or int8 with a float32 scale for each channel where they make products. */
export type Precision = "none" | "f32" | "int8";

/** What rounding did to a parameter, or to what was made of some. */
export interface Rounding {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: "f32" | "int8";
  /** Largest difference of an entry. */
  readonly worst: number;
  /** Root of the sum of squared differences, by that of the squares. */
  readonly relative: number;
}

export interface Quantized {
  readonly program: Program;
  readonly rounding: readonly Rounding[];
}

/**
 * The program over rounded weights. In int8, a product of weights is that of whole numbers from -127 to 127, and each
 * channel of it is scaled once; numbers that make no product are few, and are float32.
 *
 * @throws CompileError for a number beyond what float32 holds.
 */
export function quantized(program: Program, precision: Precision): Quantized {
  if (precision === "none") return { program, rounding: [] };
  const rows = new Map<string, Rounding>();
  const took = (
    v: Node,
    type: Rounding["type"],
    got: readonly number[],
  ): void => {
    const row = roundingOf(v, type, got);
    rows.set(`${row.name} ${type}`, row);
  };
  const float = (v: Node): Node => {
    const rounded = dataOf(v).map((x) => inFloat32(x, v));
    took(v, "f32", rounded);
    return constantIn(v, rounded, originOf(v));
  };
  const whole = (v: Node, channels: Channels): Whole => {
    const made = inBytes(v, channels);
    took(
      v,
      "int8",
      dataOf(made.numbers).map(
        (q, i) => q * (dataOf(made.scales)[channels.channelOf(i)] as number),
      ),
    );
    return made;
  };
  const isWhole = precision === "int8";
  const floats = isWhole ? readOtherwise(program) : undefined;
  const changed = rebuild(program, (v, old) => {
    const product = isWhole ? productOf(old) : undefined;
    if (product !== undefined) {
      const { at, axes } = product;
      const { numbers, scales } = whole(old.args[at] as Node, product);
      const args = v.args.map((x, i) => (i === at ? numbers : x));
      return within(v.place, () =>
        mul(
          makeNode(v.op, args, v.shape, v.batched),
          expandNode(scales, axes, v.shape, false),
        ),
      );
    }
    // A loop over steps reads what its weights are once they are numbers again.
    if (isWhole && v.op.kind === "scan") {
      const args = v.args.map((x, i) => {
        const weight = old.args[i] as Node;
        if (!isMatrix(weight)) return x;
        const { numbers, scales } = whole(weight, rowsOf(weight));
        return within(v.place, () =>
          mul(numbers, expandNode(scales, [0], weight.shape, false)),
        );
      });
      return makeNode(v.op, args, v.shape, v.batched, v.dtype, v.place);
    }
    const isFloat = originOf(v) !== undefined && floats?.has(v) !== false;
    return isFloat ? float(v) : v;
  });
  return { program: changed, rounding: [...rows.values()] };
}

/** Weights that some reader takes as they are. */
function readOtherwise(program: Program): ReadonlySet<Node> {
  const found = new Set<Node>(rootsOf(program));
  for (const v of orderOf(program)) {
    const at = productOf(v)?.at;
    v.args.forEach((x, i) => {
      const isOfLoop = v.op.kind === "scan" && isMatrix(x);
      if (i !== at && !isOfLoop) found.add(x);
    });
  }
  return found;
}

/** A value that is linear in weights: which argument they are, and the axes of the result that have scales. */
interface Product extends Channels {
  readonly at: number;
  readonly axes: readonly number[];
}

/** Weights with several numbers a channel, in two axes or more: others are no product, or would have as many scales. */
const isMatrix = (v: Node): boolean =>
  originOf(v) !== undefined && v.shape.length > 1 && dataOf(v).length > 1;

function productOf(v: Node): Product | undefined {
  const product = v.op.kind === "gather" ? lookedUp(v, v.op) : weighted(v);
  if (product === undefined) return undefined;
  const weight = v.args[product.at] as Node;
  const isWorth = 2 * sizeOf(product.lengths) <= sizeOf(weight.shape);
  return isMatrix(weight) && isWorth ? product : undefined;
}

/** Rows of a table: each column has a scale. */
function lookedUp(
  v: Node,
  op: Extract<Op, { kind: "gather" }>,
): Product | undefined {
  const [table] = v.args as [Node];
  const own = lettersOf(op.source);
  const kept = own.filter((c) => c !== op.along);
  const ofTable = kept.map((c) => own.indexOf(c));
  return {
    at: 0,
    axes: kept.map((c) => op.out.indexOf(c)),
    ...channelsAlong(ofTable, table.shape),
  };
}

/** A scale for each entry of the first axis. */
const rowsOf = ({ shape }: Node): Channels => channelsAlong([0], shape);

interface Whole {
  readonly numbers: Node;
  readonly scales: Node;
}

/** The largest whole number; -128 is left out, so that a weight and its opposite are opposites. */
const most = 127;

function inBytes(v: Node, { lengths, channelOf }: Channels): Whole {
  const data = dataOf(v);
  const origin = originOf(v) as Leaf;
  const largest = Array<number>(sizeOf(lengths)).fill(0);
  data.forEach((x, i) => {
    const c = channelOf(i);
    largest[c] = Math.max(largest[c] as number, Math.abs(x));
  });
  // A channel of zeros, or of what is nearly zero, has any scale.
  const scales = largest.map((x) => inFloat32(x / most, v) || 1);
  const numbers = data.map((x, i) => {
    const q = Math.round(x / (scales[channelOf(i)] as number));
    return Math.max(-most, Math.min(most, q)) + 0;
  });
  const shape = [...lengths];
  const name = `${origin.name}Scale`;
  return {
    numbers: constantIn(v, numbers, origin),
    scales: constantIn({ ...v, shape }, scales, { ...origin, name }),
  };
}

function inFloat32(x: number, v: Node): number {
  const rounded = Math.fround(x);
  if (Number.isFinite(x) && !Number.isFinite(rounded))
    throw new CompileError({
      code: "GC1521",
      message: `"${originOf(v)?.name ?? ""}" has ${String(x)}, float32 ends at 3.4e38`,
      remedy: "take --quantize away",
    });
  return rounded;
}

const dataOf = ({ op }: Node): readonly number[] =>
  op.kind === "constant" ? op.data : [];

function roundingOf(
  v: Node,
  type: Rounding["type"],
  got: readonly number[],
): Rounding {
  let [worst, lost, all] = [0, 0, 0];
  dataOf(v).forEach((x, i) => {
    const error = Math.abs((got[i] as number) - x);
    worst = Math.max(worst, error);
    lost += error * error;
    all += x * x;
  });
  return {
    name: originOf(v)?.name ?? "",
    shape: v.shape,
    type,
    worst,
    relative: all === 0 ? 0 : Math.sqrt(lost / all),
  };
}
