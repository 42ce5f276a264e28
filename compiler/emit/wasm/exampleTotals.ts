/** Sums over examples in lanes: a vector of each sum while a loop runs, whose lanes are added up after it. */
import {
  assign,
  at,
  binary,
  call,
  name,
  num,
  run,
  type Code,
  type Loop,
  type Statement,
} from "../code.js";
import type { Place } from "./exampleLoops.js";
import { paired } from "./laneSums.js";
import type { WideLine } from "./wideLine.js";

type Entry = Code & { readonly kind: "index" };

/** Sums of each lane, as long as a loop runs: no model has an array of this name. */
export const laneSumsName = "sums of lanes";

/** What is done with the sums of one loop. */
export class ExampleTotals {
  readonly before: readonly Statement[];
  /** Adds the lanes of sums, in pairs, to the entries that they are of. */
  readonly after: readonly Statement[];
  /** Lines of loops among these, by their variables. */
  readonly wide = new Map<string, readonly WideLine[]>();

  /** @param key what tells the loop from others of its function */
  constructor(sums: readonly Place[], key: string, width: number) {
    const count = num(width * sums.length);
    this.before =
      sums.length === 0
        ? []
        : [run(call(`${laneSumsName}.fill`, num(-0), num(0), count))];
    this.after = runsOf(sums).flatMap((r) =>
      totalsOf(r, key, width, this.wide),
    );
  }
}

/** Sums that lie side by side. */
interface Run {
  readonly first: Place;
  /** Where the first one has its lanes. */
  readonly slot: number;
  readonly length: number;
}

function runsOf(sums: readonly Place[]): Run[] {
  const runs: Run[] = [];
  sums.forEach((first, slot) => {
    const last = runs.at(-1);
    if (last !== undefined && isAfter(last, first))
      runs.splice(-1, 1, { ...last, length: last.length + 1 });
    else runs.push({ first, slot, length: 1 });
  });
  return runs;
}

const isAfter = ({ first, length }: Run, e: Place): boolean =>
  first.object === e.object && first.at + length === e.at;

function totalsOf(
  { first, slot, length }: Run,
  key: string,
  width: number,
  wide: Map<string, readonly WideLine[]>,
): readonly Statement[] {
  const { object } = first;
  const lanes = Array.from({ length: width }, (_, lane) => lane);
  const id = `sum ${String(slot)} of lanes ${key}`;
  const entry = (k: Code): Entry => at(object, k) as Entry;
  const cell = (place: Code): Code => at(laneSumsName, place);
  const whole = length - (length % width);
  const variable = name(id);
  const part = (sum: number, lane: number): string =>
    `${id} ${String(sum)} ${String(lane)}`;
  const target = (sum: number): Entry =>
    entry(binary("+", variable, num(first.at + sum)));
  const turn: Loop = {
    kind: "for",
    variable: id,
    from: num(0),
    to: num(whole),
    step: width,
    body: [],
  };
  const lines: WideLine[] = [
    ...lanes.map((sum): WideLine => ({
      kind: "declare",
      names: lanes.map((lane) => part(sum, lane)),
      values: lanes.map((lane) =>
        cell(
          binary(
            "+",
            binary("*", variable, num(width)),
            num(width * (slot + sum) + lane),
          ),
        ),
      ),
    })),
    {
      kind: "store",
      entries: lanes.map(target),
      values: lanes.map((sum) =>
        binary(
          "+",
          target(sum),
          paired(lanes.map((lane) => name(part(sum, lane)))),
        ),
      ),
    },
  ];
  const rest = Array.from({ length: length - whole }, (_, i) => whole + i);
  if (whole > 0) wide.set(id, lines);
  return [
    ...(whole > 0 ? [turn] : []),
    ...rest.map((sum) =>
      assign(
        entry(num(first.at + sum)),
        "+=",
        paired(lanes.map((lane) => cell(num(width * (slot + sum) + lane)))),
      ),
    ),
  ];
}
