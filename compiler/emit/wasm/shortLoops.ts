/** Loops of few turns, written out: without a counter, and with addresses that differ by numbers alone. */
import {
  name,
  num,
  withBlocks,
  withOperands,
  type Code,
  type Statement,
} from "../code.js";
import { deeds, ownNames, type Deed } from "./deeds.js";
import { innermost, laneSums, summedNames } from "./laneSums.js";
import { linearOf } from "./linear.js";
import type { Loop } from "./turns.js";
import { allWork } from "./work.js";

/** Turns of a loop, and the work of all of them, up to which it is written out. */
const [mostTurns, mostWork] = [8, 160];

/** The same of a loop whose sums are added up in lanes: its turns, and the vectors that all of them add. */
const [mostTurnsInLanes, mostAdded] = [6, 24];

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
    const sums = this.#summed(s);
    if (sums !== undefined) return this.#inLanes(s, sums) ?? [s];
    // What is added up over several axes is added up once, after all of them.
    if (innermost(s) !== s && this.#summed(innermost(s), true) !== undefined)
      return [s];
    return this.#turns(s) ?? [withBlocks(s, (block) => this.block(block))];
  }

  #summed(s: Loop, inRows = false): readonly string[] | undefined {
    const sums = summedNames(s, inRows);
    return sums?.every(this.#isFloat) === true ? sums : undefined;
  }

  #turns({ variable, from, to, step, body }: Loop): Statement[] | undefined {
    if (from.kind !== "number" || to.kind !== "number") return undefined;
    const lines = deeds(body);
    const turns = Math.ceil((to.value - from.value) / step);
    if (turns > mostTurns || !lines.every(isDeed)) return undefined;
    // Points of several lines are vectors where their loop takes several a turn.
    if (lines.length > 1 && lines.some(isWritten)) return undefined;
    const each = allWork(lines.flatMap((d) => d.value ?? [])) + lines.length;
    if (turns * each > mostWork) return undefined;
    const at = this.#at(variable, lines);
    return Array.from(
      { length: turns },
      (_, i) => from.value + i * step,
    ).flatMap((t) => lines.map((d) => at(d, t)));
  }

  /** The turns of a loop that adds to sums, in lanes. */
  #inLanes(s: Loop, sums: readonly string[]): Statement[] | undefined {
    const { variable, from, to } = s;
    if (from.kind !== "number" || to.kind !== "number") return undefined;
    const width = this.#width;
    const turns = Math.ceil((to.value - from.value) / width);
    if (turns > mostTurnsInLanes || turns * sums.length > mostAdded)
      return undefined;
    const single = deeds(s.body).filter(isDeed);
    const { before, body, after } = laneSums(s, sums, width);
    const several = body.filter(isDeed);
    const whole = to.value - ((to.value - from.value) % width);
    const [of, inLanes] = [
      this.#at(variable, single),
      this.#at(variable, several),
    ];
    const list: Statement[] = [...before];
    for (let t = from.value; t < whole; t += width)
      list.push(...several.map((d) => inLanes(d, t)));
    const rest = to.value - whole;
    if (rest > 0 && areProducts(single, variable))
      several.forEach((d, i) =>
        list.push(inLanes(d, whole, i % width >= rest)),
      );
    else
      for (let t = whole; t < to.value; t++)
        list.push(...single.map((d) => of(d, t)));
    return [...list, ...after];
  }

  /** A line of a loop at one value of its variable; with all entries as zeros, where `isAfter` says that it is after the end. */
  #at(variable: string, lines: readonly Deed[]) {
    const own = ownNames(lines);
    const place = String(this.#written++);
    return (d: Deed, t: number, isAfter = false): Statement => {
      const nameOf = (id: string): string =>
        own.has(id) ? `${id} at ${String(t)} of ${place}` : id;
      const of = (c: Code): Code => {
        if (c.kind === "index" && isAfter) return num(0);
        if (c.kind !== "name") return withOperands(c, of);
        return c.text === variable ? num(t) : name(nameOf(c.text));
      };
      if (d.kind === "assign")
        return { ...d, target: of(d.target), value: of(d.value) };
      const value = d.value === undefined ? {} : { value: of(d.value) };
      return { ...d, name: nameOf(d.name), ...value };
    };
  }
}

const isDeed = (s: Statement): s is Deed =>
  s.kind === "declare" || s.kind === "assign";

const isWritten = (d: Deed): boolean =>
  d.kind === "assign" && d.target.kind === "index";

/** True where all that is added is made of products of entries that lie side by side: of zeros, it is zero. */
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
