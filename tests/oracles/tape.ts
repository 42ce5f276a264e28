/** A reverse-mode engine over plain arrays of doubles, one example at a time: it shares no code with the compiler. */
import type {
  Algebra,
  BinaryName,
  ReductionName,
  UnaryName,
} from "./algebra.js";

export interface Value {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  /** dL/d(this), row-major; filled by `derive`. */
  readonly grad: number[];
}

type F = (x: number) => number;

/** Each function beside its derivative. */
const unary: Readonly<Record<UnaryName, readonly [f: F, slope: F]>> = {
  tanh: [Math.tanh, (x) => 1 / Math.cosh(x) ** 2],
  sigmoid: [
    (x) => 1 / (1 + Math.exp(-x)),
    (x) => 1 / (2 + Math.exp(x) + Math.exp(-x)),
  ],
  relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  softplus: [(x) => Math.log1p(Math.exp(x)), (x) => 1 / (1 + Math.exp(-x))],
  sin: [Math.sin, Math.cos],
  cos: [Math.cos, (x) => -Math.sin(x)],
  square: [(x) => x * x, (x) => 2 * x],
  abs: [Math.abs, Math.sign],
  neg: [(x) => -x, () => -1],
  exp: [Math.exp, Math.exp],
};

type G = (x: number, y: number) => number;
const share = (wins: boolean, ties: boolean): number =>
  ties ? 0.5 : wins ? 1 : 0;
const binary: Readonly<Record<BinaryName, readonly [f: G, da: G, db: G]>> = {
  add: [(x, y) => x + y, () => 1, () => 1],
  sub: [(x, y) => x - y, () => 1, () => -1],
  mul: [(x, y) => x * y, (_, y) => y, (x) => x],
  maximum: [
    Math.max,
    (x, y) => share(x > y, x === y),
    (x, y) => share(y > x, x === y),
  ],
  minimum: [
    Math.min,
    (x, y) => share(x < y, x === y),
    (x, y) => share(y < x, x === y),
  ],
};

const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((p, d) => p * d, 1);

/** Multi-indices of a shape, row-major. */
function* points(shape: readonly number[]): Generator<number[]> {
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    let rest = flat;
    const index = [...shape].reverse().map((d) => {
      const i = rest % d;
      rest = Math.floor(rest / d);
      return i;
    });
    yield index.reverse();
  }
}
const flatten = (index: readonly number[], shape: readonly number[]): number =>
  index.reduce((s, i, axis) => s * (shape[axis] ?? 1) + i, 0);

/** Place in an operand of the entry that broadcasting puts at `index`. */
const within = (index: readonly number[], shape: readonly number[]): number =>
  flatten(
    shape.map((d, axis) =>
      d === 1 ? 0 : (index[index.length - shape.length + axis] ?? 0),
    ),
    shape,
  );

/** Records what it computes, and walks back over it. */
export class Tape implements Algebra<Value> {
  readonly #steps: (() => void)[] = [];
  readonly #leaf: (
    kind: "param" | "input",
    shape: readonly number[],
  ) => readonly number[];
  readonly leaves: {
    readonly kind: "param" | "input";
    readonly value: Value;
  }[] = [];

  constructor(
    leaf: (
      kind: "param" | "input",
      shape: readonly number[],
    ) => readonly number[],
  ) {
    this.#leaf = leaf;
  }

  /** dL/dv of every recorded value, L being `loss`. */
  derive(loss: Value): void {
    loss.grad[0] = 1;
    for (const step of this.#steps.reverse()) step();
  }

  shape(x: Value): readonly number[] {
    return x.shape;
  }

  leaf(kind: "param" | "input", shape: readonly number[]): Value {
    const value = this.#value(shape, this.#leaf(kind, shape));
    this.leaves.push({ kind, value });
    return value;
  }

  unary(name: UnaryName, x: Value): Value {
    const [f, slope] = unary[name];
    const y = this.#value(x.shape, x.data.map(f));
    return this.#record(y, () => {
      x.data.forEach((v, i) => {
        add(x, i, (y.grad[i] ?? 0) * slope(v));
      });
    });
  }

  binary(name: BinaryName, a: Value, b: Value): Value {
    const [f, da, db] = binary[name];
    const shape = a.shape.length >= b.shape.length ? a.shape : b.shape;
    const places = [...points(shape)].map(
      (p) => [within(p, a.shape), within(p, b.shape)] as const,
    );
    const at = ([i, j]: readonly [number, number]): [number, number] => [
      a.data[i] ?? NaN,
      b.data[j] ?? NaN,
    ];
    const y = this.#value(
      shape,
      places.map((p) => f(...at(p))),
    );
    return this.#record(y, () => {
      places.forEach((p, k) => {
        add(a, p[0], (y.grad[k] ?? 0) * da(...at(p)));
        add(b, p[1], (y.grad[k] ?? 0) * db(...at(p)));
      });
    });
  }

  /** Rows along `axis`: where each entry of a row lies. */
  #rows(shape: readonly number[], axis: number): number[][] {
    const kept = shape.filter((_, i) => i !== axis);
    return [...points(kept)].map((p) =>
      Array.from({ length: shape[axis] ?? 1 }, (_, k) =>
        flatten([...p.slice(0, axis), k, ...p.slice(axis)], shape),
      ),
    );
  }

  reduce(name: ReductionName, x: Value, axis: number): Value {
    const rows = this.#rows(x.shape, axis);
    const values = rows.map((row) => row.map((i) => x.data[i] ?? NaN));
    const y = this.#value(
      x.shape.filter((_, i) => i !== axis),
      values.map((v) => reduced(name, v)),
    );
    return this.#record(y, () => {
      rows.forEach((row, r) => {
        const weights = weightsOf(name, values[r] ?? []);
        row.forEach((i, k) => {
          add(x, i, (y.grad[r] ?? 0) * (weights[k] ?? NaN));
        });
      });
    });
  }

  softmax(x: Value, axis: number): Value {
    const rows = this.#rows(x.shape, axis);
    const out = x.data.map(() => 0);
    for (const row of rows) {
      const p = shares(row.map((i) => x.data[i] ?? NaN));
      row.forEach((i, k) => (out[i] = p[k] ?? NaN));
    }
    const y = this.#value(x.shape, out);
    return this.#record(y, () => {
      // The Jacobian as a matrix: dy_i/dx_j = y_i (1 if i = j, else 0) - y_i y_j.
      for (const row of rows)
        for (const i of row)
          for (const j of row)
            add(
              x,
              j,
              (y.grad[i] ?? 0) *
                (out[i] ?? 0) *
                ((i === j ? 1 : 0) - (out[j] ?? 0)),
            );
    });
  }

  linear(x: Value, weight: Value, bias: Value): Value {
    const [outs = 1, width = 1] = weight.shape;
    const count = x.data.length / width;
    const data: number[] = [];
    for (let r = 0; r < count; r++)
      for (let o = 0; o < outs; o++) {
        let sum = bias.data[o] ?? NaN;
        for (let i = 0; i < width; i++)
          sum +=
            (weight.data[o * width + i] ?? NaN) *
            (x.data[r * width + i] ?? NaN);
        data.push(sum);
      }
    const y = this.#value([...x.shape.slice(0, -1), outs], data);
    return this.#record(y, () => {
      for (let r = 0; r < count; r++)
        for (let o = 0; o < outs; o++) {
          const d = y.grad[r * outs + o] ?? 0;
          add(bias, o, d);
          for (let i = 0; i < width; i++) {
            add(x, r * width + i, d * (weight.data[o * width + i] ?? NaN));
            add(weight, o * width + i, d * (x.data[r * width + i] ?? NaN));
          }
        }
    });
  }

  reshape(x: Value, shape: readonly number[]): Value {
    return this.#moved(x, shape, (_, flat) => flat);
  }

  transpose(x: Value): Value {
    const [rows = 1, columns = 1, ...rest] = x.shape;
    return this.#moved(x, [columns, rows, ...rest], ([i = 0, j = 0, ...k]) =>
      flatten([j, i, ...k], x.shape),
    );
  }

  slice(x: Value, axis: number, from: number, to: number): Value {
    const shape = x.shape.map((d, i) => (i === axis ? to - from : d));
    return this.#moved(x, shape, (p) =>
      flatten(
        p.map((k, i) => (i === axis ? k + from : k)),
        x.shape,
      ),
    );
  }

  /** Entries of x in other places. */
  #moved(
    x: Value,
    shape: readonly number[],
    from: (index: readonly number[], flat: number) => number,
  ): Value {
    const places = [...points(shape)].map((p, flat) => from(p, flat));
    const y = this.#value(
      shape,
      places.map((i) => x.data[i] ?? NaN),
    );
    return this.#record(y, () => {
      places.forEach((i, k) => {
        add(x, i, y.grad[k] ?? 0);
      });
    });
  }

  concat(a: Value, b: Value, axis: number): Value {
    const split = a.shape[axis] ?? 1;
    const shape = a.shape.map((d, i) =>
      i === axis ? d + (b.shape[axis] ?? 1) : d,
    );
    const places = [...points(shape)].map((p): readonly [Value, number] => {
      const k = p[axis] ?? 0;
      const moved = p.map((i, d) => (d === axis && k >= split ? i - split : i));
      return k < split
        ? [a, flatten(moved, a.shape)]
        : [b, flatten(moved, b.shape)];
    });
    const y = this.#value(
      shape,
      places.map(([v, i]) => v.data[i] ?? NaN),
    );
    return this.#record(y, () => {
      places.forEach(([v, i], k) => {
        add(v, i, y.grad[k] ?? 0);
      });
    });
  }

  total(x: Value): Value {
    const y = this.#value([], [x.data.reduce((s, v) => s + v, 0)]);
    return this.#record(y, () => {
      x.data.forEach((_, i) => {
        add(x, i, y.grad[0] ?? 0);
      });
    });
  }

  #value(shape: readonly number[], data: readonly number[]): Value {
    return { shape, data, grad: data.map(() => 0) };
  }

  #record(y: Value, back: () => void): Value {
    this.#steps.push(back);
    return y;
  }
}

const add = (x: Value, i: number, d: number): void => {
  x.grad[i] = (x.grad[i] ?? 0) + d;
};

/** e^v / sum e^v. */
function shares(v: readonly number[]): number[] {
  const powers = v.map((x) => Math.exp(x - Math.max(...v)));
  const sum = powers.reduce((s, x) => s + x, 0);
  return powers.map((x) => x / sum);
}

function reduced(name: ReductionName, v: readonly number[]): number {
  const sum = v.reduce((s, x) => s + x, 0);
  switch (name) {
    case "sum":
      return sum;
    case "mean":
      return sum / v.length;
    case "max":
      return Math.max(...v);
    case "logsumexp":
      return Math.log(v.reduce((s, x) => s + Math.exp(x), 0));
  }
}

/** Derivative of a reduction by each entry; entries that tie share it. */
function weightsOf(name: ReductionName, v: readonly number[]): number[] {
  switch (name) {
    case "sum":
      return v.map(() => 1);
    case "mean":
      return v.map(() => 1 / v.length);
    case "max": {
      const ties = v.filter((x) => x === Math.max(...v)).length;
      return v.map((x) => (x === Math.max(...v) ? 1 / ties : 0));
    }
    case "logsumexp":
      return shares(v);
  }
}
