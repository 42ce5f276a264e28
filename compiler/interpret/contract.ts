import type { Op, Window } from "../../dsl/graph.js";
import { extents, lettersOf } from "../../dsl/primitives/contract.js";
import {
  baseOf,
  offsets,
  stridesOf,
  type Evaluation,
  type Values,
} from "./evaluation.js";

type Contract = Extract<Op, { kind: "contract" }>;

/** Steps from entry to entry of one operand. */
interface Walk {
  readonly rows: Int32Array;
  readonly terms: Int32Array;
  /** One for each window of the contraction, 0 where the operand is not walked along by it. */
  readonly steps: readonly number[];
}

/** The entry that a window reaches at a row and a term of the contraction; undefined where it is absent. */
type Place = (row: number, term: number) => number | undefined;

/** One sum of products for each entry: examples outermost, then the letters of `over`, the last one fastest. */
export function evaluateContract(v: Evaluation, op: Contract): void {
  const { node, n, size, examples, out, round } = v;
  const extent = extents(op, node.args);
  const dims = (letters: string): number[] =>
    lettersOf(letters).map((c) => extent.get(c) as number);
  const walkOf = (letters: string, arg: number): Walk => {
    const own = stridesOf(node.args[arg]?.shape ?? []);
    const strideOf = (c: string): number => own[letters.indexOf(c)] ?? 0;
    return {
      rows: offsets(dims(op.out), lettersOf(op.out).map(strideOf)),
      terms: offsets(dims(op.over), lettersOf(op.over).map(strideOf)),
      steps: op.windows.map((w) => strideOf(w.letter)),
    };
  };
  const [left, right] = [walkOf(op.left, 0), walkOf(op.right, 1)];
  const places = op.windows.map((w) => placeOf(w, op, dims));
  const [x, y] = v.data as [Values, Values];
  const count = left.terms.length;
  for (let e = 0; e < examples; e++)
    for (let m = 0; m < size; m++) {
      let sum = v.start?.[e * size + m] ?? -0;
      for (let t = 0; t < (op.batch ? n : 1); t++) {
        const example = op.batch ? t : e;
        const ax = baseOf(v, 0, example) + (left.rows[m] as number);
        const by = baseOf(v, 1, example) + (right.rows[m] as number);
        for (let k = 0; k < count; k++) {
          let a = ax + (left.terms[k] as number);
          let b = by + (right.terms[k] as number);
          for (let i = 0; i < places.length; i++) {
            const entry = places[i]?.(m, k) ?? NaN;
            a += entry * (left.steps[i] as number);
            b += entry * (right.steps[i] as number);
          }
          // An absent entry is no number, and neither is any place made of it.
          if (Number.isNaN(a + b)) continue;
          const term = (x[a] as number) * (y[b] as number);
          sum = round === undefined ? sum + term : round(sum + round(term));
        }
      }
      out[e * size + m] = sum;
    }
}

function placeOf(
  w: Window,
  op: Contract,
  dims: (letters: string) => number[],
): Place {
  const valueOf = (c: string): ((row: number, term: number) => number) => {
    const inRow = op.out.includes(c);
    const letters = inRow ? op.out : op.over;
    const at = letters.indexOf(c);
    const sizes = dims(letters);
    const after = sizes.slice(at + 1).reduce((p, d) => p * d, 1);
    const length = sizes[at] as number;
    return (row, term) => Math.floor((inRow ? row : term) / after) % length;
  };
  const [at, tap] = [valueOf(w.at), valueOf(w.tap)];
  return (row, term) => {
    const shift = w.dilation * tap(row, term) + w.start;
    const entry = w.inverse
      ? (at(row, term) - shift) / w.stride
      : w.stride * at(row, term) + shift;
    return Number.isInteger(entry) && entry >= 0 && entry < w.length
      ? entry
      : undefined;
  };
}
