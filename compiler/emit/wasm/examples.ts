/** The lines of a loop over examples, four examples at a time. */
import {
  assign,
  at,
  binary,
  name,
  num,
  run,
  withOperands,
  type Code,
  type Loop,
  type Statement,
} from "../code.js";
import { objectsOf } from "../objects.js";
import { nameApart } from "./abreast.js";
import { deeds, ownNames } from "./deeds.js";
import { dealt } from "./dots.js";
import type { HandleArray, InLanes, Place } from "./exampleLoops.js";
import { ExampleTotals, laneSumsName } from "./exampleTotals.js";
import { assigned, type Declaration } from "./groups.js";
import { linearOf } from "./linear.js";
import { writtenIn } from "./reads.js";
import { wholeTurns } from "./turns.js";
import type { WideLine } from "./wideLine.js";

type Entry = Code & { readonly kind: "index" };

/** Where what each turn writes anew lies, four examples of it. */
export const laneName = (array: string): string => `${array} in lanes`;

/** Lines of a function, of which some loops are written in lanes. */
export interface LinesInLanes {
  readonly body: readonly Statement[];
  /** Lines of such loops, by their variables, whose names are in no other loop. */
  readonly wide: ReadonlyMap<string, readonly WideLine[]>;
}

/** The same lines, where loops over examples take as many of them at a time as there are lanes, and then the rest. */
export function linesInLanes(
  body: readonly Statement[],
  { loops, arrays, lasting }: InLanes,
  width: number,
): LinesInLanes {
  const wide = new Map<string, readonly WideLine[]>();
  const isInLanes = (s: Statement): s is Loop =>
    s.kind === "for" && loops.has(s);
  if (!body.some(isInLanes)) return { body, wide };
  const written = writtenIn(body);
  // Constants that are read again where they are asked for: what they were read from is still there.
  const isShared = (s: Statement): s is Declaration =>
    s.kind === "declare" &&
    s.keyword === "const" &&
    s.value?.kind === "index" &&
    lasting.has(s.value.object) &&
    !written.has(s.value.object);
  const shared = body.filter(isShared);
  const elsewhere = objectsOf(
    body.filter((s) => !isInLanes(s) && !isShared(s)),
  );
  // Constants that the rest alone reads are read where there is a rest.
  const isOfRest = (s: Statement): boolean =>
    isShared(s) && !elsewhere.has(s.name);
  const lines = body.flatMap((s, i): readonly Statement[] => {
    if (isOfRest(s)) return [];
    const sums = isInLanes(s) ? loops.get(s)?.sums : undefined;
    if (!isInLanes(s) || sums === undefined) return [s];
    const read = objectsOf(s.body);
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
    const totals = new ExampleTotals(sums, String(i), width);
    for (const [id, list] of totals.wide) wide.set(id, list);
    const rest = [
      ...shared.filter((c) => isOfRest(c) && read.has(c.name)),
      { ...s, from: to },
    ];
    return [
      {
        kind: "if",
        test: binary(">=", s.to, num(width)),
        then: [...totals.before, main, ...totals.after],
      },
      { kind: "if", test: binary("<", to, s.to), then: rest },
    ];
  });
  return { body: lines, wide };
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
    sums: readonly Place[],
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
    this.#slots = new Map(sums.map((e, slot) => [keyOf(e.object, e.at), slot]));
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
    const place = linearOf(target.at, () => false)?.constant;
    const slot = this.#slots.get(keyOf(target.object, place));
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

const keyOf = (object: string, place: number | undefined): string =>
  `${object} ${String(place)}`;

/** What a name is of an example. */
const laneOf = (id: string, lane: number): string =>
  lane === 0 ? id : nameApart(id, lane);

/** Code with other code in place of a variable. */
const moved = (code: Code, variable: string, by: Code): Code =>
  code.kind === "name" && code.text === variable
    ? by
    : withOperands(code, (c) => moved(c, variable, by));
