/**
 * A tape of operations on numbers. What a network means is recorded once; derivatives by reverse mode are recorded
 * after it, by forward mode they are read off beside it, and rounding is simulated by reading it with noise.
 */
import {
  scalarMeanings,
  type ScalarMeaning,
  type ScalarOperation,
} from "./scalars.js";

/** Place of a number on the tape. */
export type Id = number;

const names = Object.keys(scalarMeanings) as ScalarOperation[];
const meanings: readonly ScalarMeaning[] = names.map((n) => scalarMeanings[n]);
const codeOf = new Map(names.map((name, code) => [name, code]));
/** Codes of what is no operation. */
const leaf = -1;
const route = -2;
const hold = codeOf.get("hold");
const neg = codeOf.get("neg");
const select = codeOf.get("select");
const accumulate = codeOf.get("accumulate") ?? NaN;

/** A value that equals one of several: what each of them gets of its cotangent. */
interface Route {
  readonly from: readonly Id[];
  /** Factor of each; nothing passes, whatever the cotangent, where `when` is 0. */
  readonly share: readonly Id[];
  readonly when?: readonly Id[];
}

/**
 * How derivatives are read. "sparse": what the result does not depend on has no cotangent, and what follows from that is
 * exact. "dense": cotangents are whole tensors, as PyTorch's are, with zeros where nothing is read or chosen, and a zero
 * meets what it is multiplied by: 0 times infinity is not a number. Both say the same but for that.
 */
export type Reading = "sparse" | "dense";

/**
 * Relative sizes of simulated errors. Large enough that doubles resolve them, and what grows with them does so in
 * proportion; or a few times those of doubles, for what does not: the logarithm of a difference of some last bits.
 */
export const simulated = { large: 2 ** -32, small: 2 ** -50 } as const;

/** Whether an operation errs up or down. */
type Direction = (code: number, a: number, b: number) => boolean;

export class Tape {
  readonly #codes: number[] = [];
  readonly #args: number[] = [];
  readonly #values: number[] = [];
  readonly #routes = new Map<Id, Route>();
  /** Entries of tensors, by the last of them, which derivatives meet first. */
  readonly #tensors = new Map<Id, readonly Id[]>();
  /** Sums of exactly two cotangents, each of one term, that no other has met: a + b = b + a. */
  readonly #pairs = new Set<Id>();

  constructor(readonly reading: Reading = "sparse") {}

  get length(): number {
    return this.#codes.length;
  }

  value(id: Id): number {
    return this.#values[id] ?? NaN;
  }

  /** A number that does not change. */
  constant(x: number): Id {
    return this.#push(leaf, 0, 0, 0, x);
  }

  /** A number that derivatives may be taken by. */
  leaf(x: number): Id {
    return this.#push(leaf, 0, 0, 0, x);
  }

  apply(name: ScalarOperation, a: Id, b: Id = 0, c: Id = 0): Id {
    const code = codeOf.get(name) ?? NaN;
    const [x, y, z] = [this.value(a), this.value(b), this.value(c)];
    return this.#push(code, a, b, c, scalarMeanings[name].value(x, y, z));
  }

  readonly add = (a: Id, b: Id): Id => this.apply("add", a, b);
  readonly sub = (a: Id, b: Id): Id => this.apply("sub", a, b);
  readonly mul = (a: Id, b: Id): Id => this.apply("mul", a, b);
  readonly div = (a: Id, b: Id): Id => this.apply("div", a, b);
  readonly select = (when: Id, then: Id, otherwise: Id): Id =>
    this.apply("select", when, then, otherwise);

  sum(terms: readonly Id[]): Id {
    return terms.length === 0 ? this.constant(0) : terms.reduce(this.add);
  }

  /** The product; read densely, what each gets is its cotangent times the product of the others, as a whole. */
  product(from: readonly Id[]): Id {
    const top = from.reduce(this.mul);
    if (this.reading === "sparse") return top;
    const share = from.map((_, i) =>
      from.toSpliced(i, 1).reduce(this.mul, this.constant(1)),
    );
    return this.#route(top, { from, share });
  }

  /** The largest or smallest of several; those that tie share its cotangent evenly. */
  extreme(by: "largest" | "smallest", from: readonly Id[]): Id {
    const top = from.reduce((s, x) => this.apply(by, s, x));
    const ties = from.map((x) => this.apply("equal", x, top));
    const count = this.sum(ties);
    const share = ties.map((tie) => this.div(tie, count));
    return this.#route(top, { from, share });
  }

  /** The larger or smaller of two; half of its cotangent to each where they are equal, none to the other elsewhere. */
  either(by: "largest" | "smallest", a: Id, b: Id): Id {
    const below = (x: Id, y: Id): Id =>
      by === "largest"
        ? this.apply("lessEqual", y, x)
        : this.apply("lessEqual", x, y);
    const half = this.select(
      this.apply("equal", a, b),
      this.constant(0.5),
      this.constant(1),
    );
    // Where one is not a number both get the cotangent.
    const odd = this.sub(
      this.constant(1),
      this.mul(this.apply("equal", a, a), this.apply("equal", b, b)),
    );
    return this.#route(this.apply(by, a, b), {
      from: [a, b],
      share: [half, half],
      when: [this.add(below(a, b), odd), this.add(below(b, a), odd)],
    });
  }

  #route(top: Id, ways: Route): Id {
    const id = this.#push(route, top, 0, 0, this.value(top));
    this.#routes.set(id, ways);
    return id;
  }

  #push(code: number, a: Id, b: Id, c: Id, value: number): Id {
    this.#args.push(a, b, c);
    this.#values.push(value);
    return this.#codes.push(code) - 1;
  }

  /** What `id` is made of: the arguments that its derivative passes through. */
  #inputsOf(id: Id): readonly Id[] {
    const code = this.#codes[id] as number;
    if (code === leaf) return [];
    if (code === route) return this.#routes.get(id)?.from ?? [];
    return this.#args.slice(
      3 * id,
      3 * id + (meanings[code]?.value.length ?? 0),
    );
  }

  /** Everything that `y` is computed from, by choices too. */
  sourcesOf(y: Id): ReadonlySet<Id> {
    const found = new Set<Id>([y]);
    for (let id = y; id >= 0; id--) {
      const code = this.#codes[id] as number;
      if (!found.has(id) || code === leaf) continue;
      const count = code === route ? 1 : (meanings[code]?.value.length ?? 0);
      for (const a of this.#args.slice(3 * id, 3 * id + count)) found.add(a);
      const ways = this.#routes.get(id);
      for (const a of [...(ways?.from ?? []), ...(ways?.share ?? [])])
        found.add(a);
    }
    return found;
  }

  /** Whether some number that y is made of is too large for a double: infinite, of finite arguments, and no pole of its function. */
  overflows(y: Id): boolean {
    for (const id of this.sourcesOf(y)) {
      const code = this.#codes[id] as number;
      if (code === leaf || code === route) continue;
      if (Math.abs(this.value(id)) !== Infinity) continue;
      const { value } = meanings[code] as ScalarMeaning;
      const args = [0, 1, 2].map((i) =>
        i < value.length ? this.value(this.#args[3 * id + i] as Id) : 0,
      ) as [number, number, number];
      if (!args.every((x) => Number.isFinite(x))) continue;
      const [a, b, c] = args;
      if (Number.isFinite(value(a * 2 ** -1000, b, c))) return true;
    }
    return false;
  }

  /** Says that numbers are the entries of one tensor: read densely, all have a cotangent where one has. */
  tensor(ids: readonly Id[]): void {
    this.#tensors.set(Math.max(...ids), ids);
  }

  /** dy/dx for each x by reverse mode, recorded as further operations; undefined where y does not depend on x. */
  derive(y: Id, xs: readonly Id[]): (Id | undefined)[] {
    const active = new Uint8Array(y + 1);
    for (const x of xs) if (x <= y) active[x] = 1;
    for (let id = 0; id <= y; id++)
      if (this.#inputsOf(id).some((a) => active[a] === 1)) active[id] = 1;
    const cotangents = new Map<Id, Id[]>([[y, [this.constant(1)]]]);
    const pass = (to: Id, d: Id | undefined): void => {
      if (d === undefined || active[to] !== 1) return;
      const before = cotangents.get(to);
      if (before === undefined) cotangents.set(to, [d]);
      else before.push(d);
    };
    const cotangentOf = (id: Id): Id | undefined => {
      const met = cotangents.get(id);
      if (met === undefined) return undefined;
      const sum = this.#meet(met);
      cotangents.set(id, [sum]);
      return sum;
    };
    const zero = this.reading === "dense" ? this.constant(0) : undefined;
    const fill = (ids: readonly Id[]): void => {
      if (!ids.some((id) => cotangents.has(id))) return;
      for (const id of ids) if (!cotangents.has(id)) pass(id, zero);
    };
    for (let id = y; id >= 0; id--) {
      fill(this.#tensors.get(id) ?? []);
      if (active[id] !== 1) continue;
      const dy = cotangentOf(id);
      if (dy === undefined) continue;
      const code = this.#codes[id] as number;
      const ways = this.#routes.get(id);
      if (ways !== undefined)
        ways.from.forEach((x, i) => {
          const d = this.mul(dy, ways.share[i] as Id);
          const when = ways.when?.[i];
          pass(x, when === undefined || this.value(when) !== 0 ? d : zero);
        });
      if (code < 0) continue;
      const [a, b, c] = this.#args.slice(3 * id, 3 * id + 3) as [Id, Id, Id];
      const args = [a, b, c];
      meanings[code]?.back(this, dy, id, a, b, c).forEach((d, i) => {
        pass(args[i] as Id, d ?? (code === select && i > 0 ? zero : d));
      });
    }
    return xs.map(cotangentOf);
  }

  /** The sum of cotangents that meet. Only where there are two terms in all, whatever sums they come from, is their order known. */
  #meet(terms: readonly Id[]): Id {
    const [first, second] = terms as [Id, Id];
    if (terms.length === 1) return first;
    const origins = terms.map((d) => this.#passed(d));
    const sums = origins.filter(
      (d) => this.#pairs.has(d) || this.#codes[d] === accumulate,
    );
    if (terms.length === 2 && sums.length === 0) {
      const pair = this.add(first, second);
      this.#pairs.add(pair);
      return pair;
    }
    for (const d of sums) {
      this.#codes[d] = accumulate;
      this.#pairs.delete(d);
    }
    return terms.reduce((sum, d) => this.apply("accumulate", sum, d));
  }

  /** Where a number comes from that is passed on as it is, or with its sign turned. */
  #passed(id: Id): Id {
    const code = this.#codes[id];
    if (code === neg || code === hold)
      return this.#passed(this.#args[3 * id] as Id);
    if (code !== select) return id;
    const [when, then, otherwise] = this.#args.slice(3 * id, 3 * id + 3) as [
      Id,
      Id,
      Id,
    ];
    return this.#passed(this.value(when) !== 0 ? then : otherwise);
  }

  /** Values of everything where some leaves have other values, and whether every choice stays what it is; what is held stays. */
  at(changed: ReadonlyMap<Id, number>): {
    readonly values: Float64Array;
    readonly sameChoices: boolean;
  } {
    const values = new Float64Array(this.length);
    let sameChoices = true;
    for (let id = 0; id < values.length; id++) {
      const code = this.#codes[id] as number;
      if (code === leaf) values[id] = changed.get(id) ?? this.value(id);
      else if (code === hold) values[id] = this.value(id);
      else {
        values[id] = this.#read(id, code, values);
        if (
          code !== route &&
          meanings[code]?.decides === true &&
          !Object.is(values[id], this.value(id))
        )
          sameChoices = false;
      }
    }
    return { values, sameChoices };
  }

  #read(id: Id, code: number, values: Float64Array): number {
    const a = values[this.#args[3 * id] as Id] as number;
    if (code === route) return a;
    return (meanings[code] as ScalarMeaning).value(
      a,
      values[this.#args[3 * id + 1] as Id] as number,
      values[this.#args[3 * id + 2] as Id] as number,
    );
  }

  /**
   * Values of everything where each operation errs by one unit of its noise, up or down as `up` says. Choices follow: what
   * is 0 here may be next to 0 elsewhere, and a value that is continuous there is changed no more than by that.
   */
  #withNoise(up: Direction, size: number): Float64Array {
    const values = new Float64Array(this.length);
    for (let id = 0; id < values.length; id++) {
      const code = this.#codes[id] as number;
      const meaning = meanings[code];
      if (code === leaf) values[id] = this.value(id);
      else {
        const exact = this.#read(id, code, values);
        const noise = (meaning?.noise ?? 0) * size;
        if (noise === 0) values[id] = exact;
        else {
          const [a, b] = [0, 1].map(
            (i) => values[this.#args[3 * id + i] as Id] as number,
          ) as [number, number];
          const error = up(code, a, b) ? noise : -noise;
          values[id] =
            meaning?.noisy === undefined
              ? exact * (1 + error)
              : exact + meaning.noisy(a, b) * error;
        }
      }
    }
    return values;
  }

  /** How much each of `ids` is changed by rounding: the largest of `draws` draws, with errors of a size that is scaled to that of doubles. */
  condition(
    ids: readonly Id[],
    draws: number,
    up: () => boolean,
    size: number = simulated.large,
  ): number[] {
    const worst = ids.map(() => 0);
    for (let k = 0; k < draws; k++) {
      const noisy = this.#withNoise(up, size);
      ids.forEach((id, i) => {
        const change = Math.abs((noisy[id] as number) - this.value(id));
        worst[i] = Math.max(worst[i] as number, change);
      });
    }
    return worst.map((w) => (w * 2 ** -53) / size);
  }

  /**
   * Choices that rounding makes: those that errors of `size` change. Equal arguments are rounded equally, so that what ties
   * because it is computed alike is no such choice.
   */
  undecided(size: number, draws: number, up: () => boolean): ReadonlySet<Id> {
    const found = new Set<Id>();
    for (let k = 0; k < draws; k++) {
      const known = new Map<string, boolean>();
      const alike: Direction = (...operation) => {
        const key = operation.join();
        const before = known.get(key) ?? up();
        known.set(key, before);
        return before;
      };
      this.#withNoise(alike, size).forEach((x, id) => {
        const decides = meanings[this.#codes[id] as number]?.decides === true;
        if (decides && !Object.is(x, this.value(id))) found.add(id);
      });
    }
    return found;
  }

  /** Change of every number up to `last` when the leaves change by `directions`: forward mode. */
  forward(directions: ReadonlyMap<Id, number>, last: Id): Float64Array {
    const changes = new Float64Array(last + 1);
    const triple = (
      from: (id: Id) => number,
      id: Id,
    ): [number, number, number] => [
      from(this.#args[3 * id] as Id),
      from(this.#args[3 * id + 1] as Id),
      from(this.#args[3 * id + 2] as Id),
    ];
    const value = (id: Id): number => this.value(id);
    const change = (id: Id): number => changes[id] as number;
    for (let id = 0; id <= last; id++) {
      const code = this.#codes[id] as number;
      if (code === leaf) changes[id] = directions.get(id) ?? 0;
      else if (code === route) {
        const ways = this.#routes.get(id);
        ways?.from.forEach((x, i) => {
          const share = this.value(ways.share[i] as Id);
          const when = ways.when?.[i];
          if (when === undefined || this.value(when) !== 0)
            changes[id] = change(id) + change(x) * share;
        });
      } else
        changes[id] = (meanings[code] as ScalarMeaning).forward(
          triple(value, id),
          triple(change, id),
        );
    }
    return changes;
  }
}
