/** Loops of few turns, written out: without a counter, and with addresses that differ by numbers alone. */
import {
  num,
  withBlocks,
  withOperands,
  type Code,
  type Loop,
  type Statement,
} from "../code.js";
import { deedAt, deeds, ownNames, type Deed } from "./deeds.js";
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
    const turn = this.#turnsOf(variable, lines);
    return Array.from({ length: turns }, (_, i) =>
      turn(from.value + i * step),
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
    const several = body.filter(isDeed);
    const turn = this.#turnsOf(variable, several);
    const rest = (to.value - from.value) % width;
    const whole = to.value - rest;
    const list: Statement[] = [...before];
    for (let t = from.value; t < whole; t += width) list.push(...turn(t));
    if (rest > 0 && areProducts(lines, variable)) {
      const last = this.#turnsOf(variable, withZeros(several, rest, width));
      list.push(...last(whole));
    } else {
      const single = this.#turnsOf(variable, lines);
      for (let t = whole; t < to.value; t++) list.push(...single(t));
    }
    return [...list, ...after];
  }

  /** What gives the lines of a loop at a value of its variable, with names that no other loop has. */
  #turnsOf(
    variable: string,
    lines: readonly Deed[],
  ): (t: number) => readonly Deed[] {
    const own = ownNames(lines);
    const place = String(this.#written++);
    return (t) =>
      lines.map((d) =>
        deedAt(d, variable, num(t), (id) =>
          own.has(id) ? `${id} at ${String(t)} of ${place}` : id,
        ),
      );
  }
}

/** The same lines, so many lanes each, where all that lanes read from the first empty one on is 0. */
const withZeros = (
  lines: readonly Deed[],
  filled: number,
  lanes: number,
): Deed[] =>
  lines.map((d, i) =>
    d.value === undefined || i % lanes < filled
      ? d
      : { ...d, value: zeroed(d.value) },
  );

const zeroed = (c: Code): Code =>
  c.kind === "index" ? num(0) : withOperands(c, zeroed);

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
