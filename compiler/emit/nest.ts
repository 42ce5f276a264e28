/** Loops around the points of a kernel. */
import type { Affine, Axis, Test } from "../kernels/ir.js";
import { untiled, type Tile } from "../kernels/tile.js";
import { narrowed } from "./bounds.js";
import type { Cells } from "./cells.js";
import { call, declare, name, num, type Code } from "./code.js";
import type { Statement as Line } from "./code.js";
import type { Names } from "./names.js";

interface NestOptions {
  readonly form: "plain" | "rows";
  readonly names: Names;
}

export class Nest {
  /** Points that a turn of a loop does. */
  steps: Tile = untiled;
  /** The examples that loops are for, where these are not all. */
  examples: { readonly from: Code; readonly to: Code } | undefined;
  readonly #o: NestOptions;
  readonly #cells: Cells;
  readonly #variables: Map<Axis, Code>;

  /** @param variables what axes are called: those of the loops around a body while that is made */
  constructor(options: NestOptions, cells: Cells, variables: Map<Axis, Code>) {
    this.#o = options;
    this.#cells = cells;
    this.#variables = variables;
  }

  /**
   * One loop an axis, outermost first; axes that one turn does all of need none. `tests` that the body needs narrow the
   * loops.
   */
  over(
    axes: readonly Axis[],
    body: (left: readonly Test[]) => Line[],
    tests: readonly Test[] = [],
  ): Line[] {
    const [axis, ...rest] = axes;
    if (axis === undefined) return body(tests);
    const step = this.steps.get(axis) ?? 1;
    if (
      axis.extent === step ||
      (axis.extent === "batch" && this.#o.form === "plain")
    ) {
      this.#variables.set(axis, num(0));
      if (step === 1) return this.over(rest, body, tests);
      // Comments speak of its points.
      const letter = this.#o.names.variable(axis);
      const points = this.over(rest, body, tests);
      this.#o.names.release(letter);
      return points;
    }
    const { from, to, left } =
      axis.extent === "batch" && this.examples !== undefined
        ? { ...this.examples, left: tests }
        : narrowed(axis, tests, (index) =>
            this.#isBound(index) ? this.#cells.affine(index) : undefined,
          );
    const variable = this.#o.names.variable(axis);
    this.#variables.set(axis, name(variable));
    // A bound that is computed is computed once.
    const before: Line[] = [];
    const bound = (code: Code, what: string): Code => {
      if (code.kind === "number" || code.kind === "name") return code;
      const id = this.#o.names.fresh(`${axis.name}${what}`);
      before.push(declare(id, code));
      return name(id);
    };
    const [first, end] = [bound(from, "From"), bound(to, "To")];
    const over = axis.extent === "batch" ? 0 : axis.extent % step;
    const inside = this.#o.names.block(() => this.over(rest, body, left));
    this.#o.names.release(variable);
    if (axis.extent !== "batch" && over > 0) {
      // The last tile ends with the axis: it does some points again.
      const start = this.#o.names.fresh(`${axis.name}From`);
      const last = num(axis.extent - step);
      inside.unshift(declare(variable, call("Math.min", name(start), last)));
      return [
        {
          kind: "for",
          variable: start,
          from: first,
          to: end,
          step,
          body: inside,
        },
      ];
    }
    return [
      ...before,
      { kind: "for", variable, from: first, to: end, step, body: inside },
    ];
  }
  #isBound(index: Affine): boolean {
    return [...index.terms.keys()].every((a) => this.#variables.has(a));
  }
}
