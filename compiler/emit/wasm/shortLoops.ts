/** Loops of few turns, written out: without a counter, and with addresses that differ by numbers alone. */
import {
  name,
  num,
  withBlocks,
  withOperands,
  type Code,
  type Loop,
  type Statement,
} from "../code.js";
import { deeds, ownNames, type Deed } from "./deeds.js";
import { innermost, laneSums, summedNames } from "./laneSums.js";
import { linearOf } from "./linear.js";
import { allWork } from "./work.js";

/** Turns of a loop, and the work of all of them, up to which it is written out. */
const [mostTurns, mostWork] = [8, 160];

/**
 * The same of a loop whose sums are added up in lanes: its turns, and the vectors that all of them add. A single sum waits
 * for itself in either form.
 */
const [mostTurnsInLanes, mostAdded, fewestSums] = [6, 24, 2];

/**
 * The same statements with all turns of short loops in a row. Sums of terms that lie side by side are added up in lanes, term t
 * in lane t mod width; what is left of products is the first lanes of a vector, anything else is added term by term.
 *
 * @param isFloat whether a name holds numbers of float32: sums of float64 keep the order of their terms
 * @param isWritten whether the lines of a loop are written in another way
 */
export const withShortLoops = (
  lines: readonly Statement[],
  width: number,
  isFloat: (name: string) => boolean,
  isWritten: (s: Loop) => boolean,
): readonly Statement[] => new Writer(width, isFloat, isWritten).block(lines);

class Writer {
  readonly #width: number;
  readonly #isFloat: (name: string) => boolean;
  readonly #isWritten: (s: Loop) => boolean;
  /** Loops that are written out: their names are told apart by it. */
  #written = 0;

  constructor(
    width: number,
    isFloat: (name: string) => boolean,
    isWritten: (s: Loop) => boolean,
  ) {
    this.#width = width;
    this.#isFloat = isFloat;
    this.#isWritten = isWritten;
  }

  block(lines: readonly Statement[]): readonly Statement[] {
    return lines.flatMap((s) =>
      s.kind === "for"
        ? this.#loop(s)
        : [withBlocks(s, (block) => this.block(block))],
    );
  }

  #loop(s: Loop): readonly Statement[] {
    if (this.#isWritten(s)) return [s];
    const sums = this.#floats(summedNames(s, false));
    if (sums !== undefined) return this.#inLanes(s, sums) ?? [s];
    // What is added up over several axes is added up once, after all of them; of other rows, each.
    const inner = innermost(s);
    if (inner !== s && this.#floats(summedNames(inner, true)) !== undefined)
      return [s];
    return this.#turns(s) ?? [withBlocks(s, (block) => this.block(block))];
  }

  #floats(sums: readonly string[] | undefined): readonly string[] | undefined {
    return sums?.every(this.#isFloat) === true ? sums : undefined;
  }

  #turns({ variable, from, to, step, body }: Loop): Statement[] | undefined {
    if (from.kind !== "number" || to.kind !== "number") return undefined;
    const lines = deeds(body);
    const turns = Math.ceil((to.value - from.value) / step);
    if (turns > mostTurns || !lines.every(isDeed)) return undefined;
    // Points of several lines are vectors where their loop takes several a turn.
    if (lines.length > 1 && lines.some(isStored)) return undefined;
    const each = allWork(lines.flatMap((d) => d.value ?? [])) + lines.length;
    if (turns * each > mostWork) return undefined;
    const turn = new Turn(variable, lines, this.#written++);
    return Array.from({ length: turns }, (_, i) =>
      turn.at(from.value + i * step),
    ).flat();
  }

  /** The turns of a loop that adds to sums, in lanes. */
  #inLanes(s: Loop, sums: readonly string[]): Statement[] | undefined {
    const { variable, from, to } = s;
    if (from.kind !== "number" || to.kind !== "number") return undefined;
    const width = this.#width;
    const turns = Math.ceil((to.value - from.value) / width);
    if (turns > mostTurnsInLanes || turns * sums.length > mostAdded)
      return undefined;
    if (sums.length < fewestSums) return undefined;
    const lines = deeds(s.body).filter(isDeed);
    const { before, body, after } = laneSums(s, sums, width);
    const one = new Turn(variable, lines, this.#written++);
    const several = new Turn(variable, body.filter(isDeed), this.#written++);
    const rest = (to.value - from.value) % width;
    const whole = to.value - rest;
    const list: Statement[] = [...before];
    for (let t = from.value; t < whole; t += width) list.push(...several.at(t));
    if (rest > 0 && areProducts(lines, variable))
      list.push(...several.first(whole, rest, width));
    else for (let t = whole; t < to.value; t++) list.push(...one.at(t));
    return [...list, ...after];
  }
}

/** The lines of a loop, at one value of its variable. */
class Turn {
  readonly #variable: string;
  readonly #lines: readonly Deed[];
  readonly #own: ReadonlySet<string>;
  readonly #place: number;

  /** @param place by what its names are told apart from those of other loops */
  constructor(variable: string, lines: readonly Deed[], place: number) {
    this.#variable = variable;
    this.#lines = lines;
    this.#own = ownNames(lines);
    this.#place = place;
  }

  at(t: number): Statement[] {
    return this.#lines.map((d) => this.#line(d, t, (c) => c));
  }

  /** Where lines are so many lanes each: the first of them. All that the others read is 0. */
  first(t: number, count: number, lanes: number): Statement[] {
    return this.#lines.map((d, i) =>
      this.#line(d, t, (c) =>
        c.kind === "index" && i % lanes >= count ? num(0) : c,
      ),
    );
  }

  #line(d: Deed, t: number, entry: (c: Code) => Code): Statement {
    const nameOf = (id: string): string =>
      this.#own.has(id)
        ? `${id} at ${String(t)} of ${String(this.#place)}`
        : id;
    const of = (code: Code): Code => {
      const c = entry(code);
      if (c.kind !== "name") return withOperands(c, of);
      return c.text === this.#variable ? num(t) : name(nameOf(c.text));
    };
    if (d.kind === "assign")
      return { ...d, target: of(d.target), value: of(d.value) };
    const value = d.value === undefined ? {} : { value: of(d.value) };
    return { ...d, name: nameOf(d.name), ...value };
  }
}

const isDeed = (s: Statement): s is Deed =>
  s.kind === "declare" || s.kind === "assign";

const isStored = (d: Deed): boolean =>
  d.kind === "assign" && d.target.kind === "index";

/**
 * True where all that is added is made of products of entries that lie side by side: of zeros, it is zero. A sum of -0 alone
 * is 0 then.
 */
function areProducts(lines: readonly Deed[], variable: string): boolean {
  const own = ownNames(lines);
  const isProduct = (c: Code): boolean => {
    switch (c.kind) {
      case "name":
        return own.has(c.text);
      case "unary":
        return isProduct(c.x);
      case "binary":
        return c.op === "*" && isProduct(c.left) && isProduct(c.right);
      case "index":
        return linearOf(c.at, () => true)?.terms.has(variable) === true;
      default:
        return false;
    }
  };
  return lines.every((d) => d.value !== undefined && isProduct(d.value));
}
