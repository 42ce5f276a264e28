import { sizeOf, type Node } from "./graph.js";

/** Entries `from` to `to`, without the last, of one axis. */
interface Stretch {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Who reads a part of a value: of a list of states whose last entry alone is used, the others are read by nobody, and get
 * no term of a cotangent from it.
 */
export class Readers {
  readonly #users = new Map<Node, Node[]>();
  readonly #roots: ReadonlySet<Node>;
  readonly #isReached: (v: Node) => boolean;

  /** @param isReached whether a value has a cotangent; asked of users only, which are seen first */
  constructor(
    order: readonly Node[],
    roots: ReadonlySet<Node>,
    isReached: (v: Node) => boolean,
  ) {
    this.#roots = roots;
    this.#isReached = isReached;
    for (const v of order)
      for (const a of new Set(v.args)) {
        const list = this.#users.get(a);
        if (list === undefined) this.#users.set(a, [v]);
        else list.push(v);
      }
  }

  /** Which arguments of a concatenation are read: those whose stretch of it is. */
  ofConcat(v: Node, axis: number): readonly boolean[] {
    let from = 0;
    return v.args.map((a) => {
      const to = from + (a.shape[axis] as number);
      const isRead = this.#reads(v, { axis, from, to });
      from = to;
      return isRead;
    });
  }

  #reads(v: Node, stretch: Stretch): boolean {
    const seen = new Set<string>();
    const numbers = new Map<Node, number>();
    const open: [Node, Stretch][] = [[v, stretch]];
    for (;;) {
      const [x, s] = open.pop() ?? [];
      if (x === undefined || s === undefined) return false;
      if (this.#roots.has(x)) return true;
      const number = numbers.get(x) ?? numbers.size;
      numbers.set(x, number);
      const key = [number, s.axis, s.from, s.to].join(" ");
      if (seen.has(key)) continue;
      seen.add(key);
      for (const u of this.#users.get(x) ?? []) {
        if (!this.#isReached(u)) continue;
        for (const t of within(u, x, s)) {
          if (t === "whole") return true;
          if (t.to > t.from) open.push([u, t]);
        }
      }
    }
  }
}

/** The stretches of `u` that are made of a stretch of its argument `x`: "whole" where that is not one axis of it. */
function within(u: Node, x: Node, s: Stretch): readonly (Stretch | "whole")[] {
  const { op } = u;
  switch (op.kind) {
    case "label":
    case "scalar":
      return [s];
    case "permute":
      return [{ ...s, axis: op.order.indexOf(s.axis) }];
    case "expand":
      return [{ ...s, axis: op.axes[s.axis] as number }];
    case "reshape": {
      const before = sizeOf(x.shape.slice(0, s.axis));
      const length = x.shape[s.axis];
      const axis = u.shape.findIndex(
        (d, i) => d === length && sizeOf(u.shape.slice(0, i)) === before,
      );
      return [axis < 0 ? "whole" : { ...s, axis }];
    }
    case "slice": {
      if (s.axis !== op.axis) return [s];
      const length = u.shape[op.axis] as number;
      const stride = Math.abs(op.step);
      const [from, to] =
        op.step > 0
          ? [s.from - op.start, s.to - op.start]
          : [op.start - s.to + 1, op.start - s.from + 1];
      const place = (end: number): number =>
        Math.min(Math.max(Math.ceil(end / stride), 0), length);
      return [{ axis: s.axis, from: place(from), to: place(to) }];
    }
    case "concat": {
      if (s.axis !== op.axis) return [s];
      let start = 0;
      return u.args.flatMap((a) => {
        const own = start;
        start += a.shape[op.axis] as number;
        return a === x ? [{ ...s, from: own + s.from, to: own + s.to }] : [];
      });
    }
    default:
      return ["whole"];
  }
}
