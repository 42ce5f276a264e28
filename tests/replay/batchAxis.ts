import { sizeOf } from "../../dsl/graph.js";
import { reshape, type NameOptions, type Tensor } from "../../dsl/index.js";
import { asNode, type AnyTensor } from "../../dsl/tensor.js";

/** Why the leading axis of a case cannot be the batch of gradc. */
export class CrossesExamples extends Error {}

export const isBatched = (x: AnyTensor): boolean => asNode(x).batched;

/**
 * How the axes of a case's whole arrays are axes of gradc's values: the same ones, or, where the leading axis of
 * every input is the batch, without that one.
 *
 * A case never says which axis is the batch, so each operation is asked whether it treats the leading axis as nothing
 * but a list of examples; where it does not, `CrossesExamples` is thrown.
 */
export class BatchAxis {
  /** @param n number of examples; undefined for whole arrays. */
  constructor(readonly n: number | undefined) {}

  /** Shape in the case. */
  shapeOf(x: AnyTensor): readonly number[] {
    return isBatched(x) && this.n !== undefined
      ? [this.n, ...x.shape]
      : x.shape;
  }

  rankOf(x: AnyTensor): number {
    return this.shapeOf(x).length;
  }

  /** An axis of the case, counted from either end, as the axis of an example; undefined for the batch itself. */
  axisOrBatch(
    x: AnyTensor,
    axis: number,
    rank = this.rankOf(x),
  ): number | undefined {
    const from = axis < 0 ? axis + rank : axis;
    if (!isBatched(x)) return from;
    return from === 0 ? undefined : from - 1;
  }

  axis(x: AnyTensor, axis: number, rank = this.rankOf(x)): number {
    const own = this.axisOrBatch(x, axis, rank);
    if (own === undefined) throw new CrossesExamples(`axis ${String(axis)}`);
    return own;
  }

  /** A shape of the case as that of one example. */
  shape(x: AnyTensor, shape: readonly number[]): number[] {
    if (!isBatched(x)) return [...shape];
    const size = sizeOf(this.shapeOf(x));
    const known = shape.reduce((p, d) => (d === -1 ? p : p * d), 1);
    const whole = shape.map((d) => (d === -1 ? size / known : d));
    if (whole[0] !== this.n) throw new CrossesExamples("another leading axis");
    return whole.slice(1);
  }

  /**
   * Operands that NumPy would broadcast, such that gradc does the same: an unbatched one may have no axis of its own
   * where the others have their examples.
   */
  aligned(...operands: readonly Tensor[]): Tensor[] {
    const examples = operands.filter(isBatched);
    if (examples.length === 0) return [...operands];
    const rank = Math.max(...examples.map((x) => this.rankOf(x)));
    return operands.map((x) => {
      if (isBatched(x)) {
        if (this.rankOf(x) === rank) return x;
        throw new CrossesExamples("operands of several ranks");
      }
      return x.shape.length < rank ? x : this.#withoutLead(x, rank);
    });
  }

  #withoutLead(x: Tensor, rank: number): Tensor {
    if (x.shape.length === rank && x.shape[0] === 1)
      return reshape(x, x.shape.slice(1));
    throw new CrossesExamples("an unbatched operand with a leading axis");
  }

  /** Throws unless all or none of the values have examples. */
  together(...values: readonly AnyTensor[]): void {
    if (
      this.n !== undefined &&
      values.some(isBatched) &&
      !values.every(isBatched)
    )
      throw new CrossesExamples("some operands have no examples");
  }

  /** Throws where a value has examples. */
  unbatched(x: AnyTensor): void {
    if (isBatched(x)) throw new CrossesExamples("a parameter of the operation");
  }
}

export type As = Pick<NameOptions, "name">;
