/** The lines of a loop over examples, four examples at a time. */
import {
  assign,
  at,
  binary,
  call,
  name,
  num,
  run,
  withOperands,
  type Code,
  type Statement,
} from "../code.js";
import { deeds, ownNames } from "./deeds.js";
import { dealt } from "./dots.js";
import type { ExampleLoop, HandleArray, InLanes } from "./exampleLoops.js";
import { assigned, type Declaration } from "./groups.js";
import { paired } from "./laneSums.js";
import type { ArraySpec } from "./layout.js";
import { linearOf } from "./linear.js";
import { namesIn } from "./reads.js";
import { wholeTurns, type Loop } from "./turns.js";

type Entry = Code & { readonly kind: "index" };

/** Lines that are the lanes of one: constants, or entries that are written; or a line as it is. */
export type WideLine =
  | {
      readonly kind: "declare";
      readonly names: readonly string[];
      readonly values: readonly Code[];
    }
  | {
      readonly kind: "store";
      readonly entries: readonly Entry[];
      readonly values: readonly Code[];
    }
  | { readonly kind: "line"; readonly line: Statement };

/** Sums of each lane, as long as a loop runs: no model has an array of this name. */
const laneSumsName = "sums of lanes";

/** Where what each turn writes anew lies, four examples of it. */
const laneName = (array: string): string => `${array} in lanes`;

/** Arrays that are in the memory of a handle for its loops in lanes. */
export function laneArrays(
  loops: Iterable<ExampleLoop>,
  arrays: ReadonlyMap<string, HandleArray>,
  width: number,
): ArraySpec[] {
  const sums = Math.max(0, ...[...loops].map((l) => l.sums.length));
  const made = (id: string, size: number): ArraySpec => ({
    name: id,
    type: "f32",
    size: width * size,
    perExample: false,
  });
  return [
    ...(sums > 0 ? [made(laneSumsName, sums)] : []),
    ...[...arrays.values()]
      .filter((a) => !a.perExample)
      .map((a) => made(laneName(a.name), a.size)),
  ];
}

/** Lines of a function, of which some loops are written in lanes. */
export interface LinesInLanes {
  readonly body: readonly Statement[];
  /** Lines of such loops, by their variables, whose names are in no other loop. */
  readonly wide: ReadonlyMap<string, readonly WideLine[]>;
}

/** The same lines, where loops over examples take as many of them at a time as there are lanes, and then the rest. */
export function linesInLanes(
  body: readonly Statement[],
  { loops, arrays }: InLanes,
  width: number,
): LinesInLanes {
  const wide = new Map<string, readonly WideLine[]>();
  const isInLanes = (s: Statement): s is Loop =>
    s.kind === "for" && loops.has(s);
  if (!body.some(isInLanes)) return { body, wide };
  const shared = body.filter(isShared);
  const elsewhere = namesIn(body, isInLanes);
  // Constants that the rest alone reads are read where there is a rest.
  const isOfRest = (s: Statement): boolean =>
    isShared(s) && !elsewhere.has(s.name);
  const lines = body.flatMap((s, i): readonly Statement[] => {
    if (isOfRest(s)) return [];
    const sums = isInLanes(s) ? loops.get(s)?.sums : undefined;
    if (!isInLanes(s) || sums === undefined) return [s];
    const read = namesIn(s.body);
    const to = wholeTurns(s, width);
    const main: Loop = {
      ...s,
      variable: `${s.variable} in lanes ${String(i)}`,
      to,
      step: width,
      body: [],
    };
    const turn = new ExampleLines(
      s,
      main.variable,
      sums,
      shared,
      arrays,
      width,
    );
    wide.set(main.variable, turn.lines());
    const totals = runsOf(sums).flatMap((r) =>
      totalsOf(r, String(i), width, wide),
    );
    const rest = [
      ...shared.filter((c) => isOfRest(c) && read.has(c.name)),
      { ...s, from: to },
    ];
    return [
      {
        kind: "if",
        test: binary(">=", s.to, num(width)),
        then: [...cleared(sums.length * width), main, ...totals],
      },
      { kind: "if", test: binary("<", to, s.to), then: rest },
    ];
  });
  return { body: lines, wide };
}

const cleared = (count: number): readonly Statement[] =>
  count > 0
    ? [run(call(`${laneSumsName}.fill`, num(-0), num(0), num(count)))]
    : [];

/** A constant that is an entry which all examples share. */
const isShared = (s: Statement): s is Declaration =>
  s.kind === "declare" && s.keyword === "const" && s.value?.kind === "index";
/** Sums that lie side by side. */
interface Run {
  readonly first: Entry;
  /** Where the first one has its lanes. */
  readonly slot: number;
  readonly length: number;
}

const placeOf = ({ at }: Entry): number =>
  at.kind === "number" ? at.value : 0;

function runsOf(sums: readonly Entry[]): Run[] {
  const runs: Run[] = [];
  sums.forEach((first, slot) => {
    const last = runs.at(-1);
    if (last !== undefined && isAfter(last, first))
      runs.splice(-1, 1, { ...last, length: last.length + 1 });
    else runs.push({ first, slot, length: 1 });
  });
  return runs;
}

const isAfter = ({ first, length }: Run, e: Entry): boolean =>
  first.object === e.object && placeOf(first) + length === placeOf(e);

/** Adds the lanes of sums, in pairs, to the entries that they are of. */
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
    entry(binary("+", variable, num(placeOf(first) + sum)));
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
        entry(num(placeOf(first) + sum)),
        "+=",
        paired(lanes.map((lane) => cell(num(width * (slot + sum) + lane)))),
      ),
    ),
  ];
}

class ExampleLines {
  readonly #variable: string;
  readonly #example: Code;
  readonly #lines: readonly Statement[];
  readonly #own: ReadonlySet<string>;
  readonly #arrays: ReadonlyMap<string, HandleArray>;
  readonly #lanes: readonly number[];
  /** Which sum an entry is, by its text. */
  readonly #slots: ReadonlyMap<string, number>;
  /** Constants that are entries which all examples share. */
  readonly #shared: ReadonlyMap<string, Code>;

  constructor(
    { variable, body }: Loop,
    example: string,
    sums: readonly Entry[],
    shared: readonly Declaration[],
    arrays: ReadonlyMap<string, HandleArray>,
    width: number,
  ) {
    this.#variable = variable;
    this.#example = name(example);
    this.#lines = deeds(body);
    this.#own = ownNames(this.#lines);
    this.#arrays = arrays;
    this.#lanes = Array.from({ length: width }, (_, lane) => lane);
    this.#slots = new Map(sums.map((e, slot) => [keyOf(e), slot]));
    this.#shared = new Map(shared.map((c) => [c.name, c.value as Code]));
  }

  lines(): WideLine[] {
    return this.#lines.flatMap((s) => this.#line(s));
  }

  #line(s: Statement): WideLine[] {
    if (s.kind === "declare" && s.value !== undefined)
      return [
        {
          kind: "declare",
          names: this.#lanes.map((lane) => laneOf(s.name, lane)),
          values: this.#inLanes(s.value),
        },
      ];
    if (s.kind === "run")
      return [{ kind: "line", line: run(this.#call(s.code)) }];
    if (s.kind !== "assign") return [];
    const { target, value } = s;
    if (target.kind !== "index")
      return this.#inLanes(value).map((x) => ({
        kind: "line",
        line: assign(target, s.op, x),
      }));
    const slot = this.#slots.get(keyOf(target));
    if (slot === undefined)
      return [
        {
          kind: "store",
          entries: this.#lanes.map((lane) => this.#entry(target, lane)),
          values: this.#inLanes(assigned(s)),
        },
      ];
    const entries = this.#lanes.map(
      (lane) =>
        at(laneSumsName, num(this.#lanes.length * slot + lane)) as Entry,
    );
    const terms = this.#inLanes(value);
    return [
      {
        kind: "store",
        entries,
        values: entries.map((e, lane) =>
          assigned({ ...s, target: e, value: terms[lane] as Code }),
        ),
      },
    ];
  }

  #inLanes(code: Code): Code[] {
    const sum = dealt(code, this.#lanes.length);
    return this.#lanes.map((lane) => this.#of(sum, lane));
  }
  #of(code: Code, lane: number): Code {
    if (code.kind === "index") return this.#entry(code, lane);
    if (code.kind !== "name")
      return withOperands(code, (c) => this.#of(c, lane));
    if (this.#own.has(code.text)) return name(laneOf(code.text, lane));
    return this.#shared.get(code.text) ?? code;
  }

  /** Where the entry of an example lies. */
  #entry(e: Entry, lane: number): Entry {
    const array = this.#arrays.get(e.object);
    const index = linearOf(e.at, (id) => id === this.#variable);
    const row = this.#example;
    if (index === undefined) return e;
    if (array === undefined) {
      if (index.terms.size === 0) return e;
      const example = lane === 0 ? row : binary("+", row, num(lane));
      return { ...e, at: moved(e.at, this.#variable, example) };
    }
    const place = num(this.#lanes.length * index.constant + lane);
    if (!array.perExample)
      return { ...e, object: laneName(e.object), at: place };
    const start = binary("*", row, num(array.size));
    return {
      ...e,
      at: index.terms.size === 0 ? place : binary("+", start, place),
    };
  }

  /** A function over a slice is run once over the same slice of all lanes. */
  #call(code: Code): Code {
    if (code.kind !== "call") return code;
    const last = code.args.length - 1;
    return {
      ...code,
      args: code.args.map((arg, i) => {
        if (i === last && arg.kind === "number")
          return num(arg.value * this.#lanes.length);
        const before = code.args[i - 1];
        const array =
          arg.kind === "name" ? this.#arrays.get(arg.text) : undefined;
        if (array !== undefined)
          return array.perExample ? arg : name(laneName(array.name));
        return before?.kind === "name" && i > 0
          ? this.#entry(at(before.text, arg) as Entry, 0).at
          : arg;
      }),
    };
  }
}

const keyOf = (e: Entry): string => `${e.object} ${String(placeOf(e))}`;

/** What a name is of an example: no model gives such a name. */
const laneOf = (id: string, lane: number): string =>
  lane === 0 ? id : `${id} +${String(lane)}`;

/** Code with other code in place of a variable. */
const moved = (code: Code, variable: string, by: Code): Code =>
  code.kind === "name" && code.text === variable
    ? by
    : withOperands(code, (c) => moved(c, variable, by));
