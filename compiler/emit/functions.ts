/** Elementary functions and their tables, from the scalar language to functions and constants of a module. */
import type {
  Rounds,
  Scalar,
  ScalarFunction,
  Table,
} from "../../dsl/math/index.js";
import { callsOf } from "../../dsl/math/index.js";
import type { Code, FunctionCode, Statement } from "./code.js";
import {
  assign,
  call,
  declare,
  loop,
  name as nameCode,
  num,
  pure,
} from "./code.js";
import type { Names, Spelling } from "./scalarCode.js";
import { Writer, least, powersOfTwo } from "./scalarCode.js";

export { powersOfTwo, printAssignment, printScalar } from "./scalarCode.js";
export type { Spelling, Written } from "./scalarCode.js";

/** Entries of the table of powers of two. */
export const tableOfPowers = 2098;

/** Lines of at most `width` characters. */
export const wrapped = (text: string, width = 76): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
};

/** An elementary function as a function of the module, not exported. */
export const printFunction = (
  f: ScalarFunction,
  spelling: Spelling = {},
): FunctionCode => {
  const { rounds } = f;
  const writer = new Writer(
    spelling,
    rounds === undefined ? [f.body] : [...rounds.next, rounds.value],
  );
  const params = f.params.map((param) => ({
    param,
    text: writer.local(param),
  }));
  const names: Names = new Map(
    params.map(({ param, text }) => [param, nameCode(text)]),
  );
  return {
    name: (spelling.global ?? ((text) => text))(f.name),
    exported: false,
    doc: wrapped(f.doc),
    params: params.map(({ text }) => ({ name: text, type: "number" })),
    result: "number",
    body:
      rounds === undefined
        ? writer.returned(f.body, names)
        : repeated(rounds, [...names.values()], writer),
  };
};

/** A loop over the rounds, from `first` on, and the value that they end in. */
function repeated(
  { count, carried, next, counter, value }: Rounds,
  first: readonly Code[],
  writer: Writer,
): Statement[] {
  const own = carried.map((name) => writer.local(name));
  const turn = writer.local(counter);
  const names = new Map(
    own.map((text, i) => [carried[i] as string, nameCode(text)]),
  );
  const step: Statement[] = [];
  const inside: Names = new Map([...names, [counter, nameCode(turn)]]);
  advance(own, writer.together(next, inside, step), writer, step);
  return [
    ...own.map((name, i): Statement => ({
      kind: "declare",
      keyword: "let",
      name,
      value: first[i] as Code,
    })),
    loop(turn, num(count + 1), step, num(1)),
    ...writer.returned(value, names),
  ];
}

/** Module constants and the functions that make them. */
export interface MathCode {
  readonly functions: readonly FunctionCode[];
  readonly constants: readonly Statement[];
}

const numbers = "readonly number[]";

const capitalised = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1);

/** A table as module constants: a list as it is, a recurrence by a pure function that is called once. */
export const printTable = (table: Table, spelling: Spelling = {}): MathCode => {
  const global = spelling.global ?? ((text: string) => text);
  if (table.kind === "list") {
    const value: Code = { kind: "array", items: table.values.map(num) };
    const name = global(table.name);
    return {
      functions: [],
      constants: [
        ...wrapped(table.doc).map(comment),
        { kind: "declare", keyword: "const", name, type: numbers, value },
      ],
    };
  }
  const name = global(table.name);
  const maker = `make${capitalised(name)}`;
  return {
    functions: [recurrence(table, maker, spelling)],
    constants: [...wrapped(table.doc).map(comment), declare(name, pure(maker))],
  };
};

/** What an entry becomes. */
interface Next {
  readonly to: string;
  readonly value: Code;
  /** False where it is a name of the step's. */
  readonly reads: boolean;
}

const comment = (text: string): Statement => ({ kind: "comment", text });

/** Adds to `step` what gives every entry its next value: they are of what all entries were before. */
function advance(
  entries: readonly string[],
  values: readonly Code[],
  writer: Writer,
  step: Statement[],
): void {
  // What reads entries needs a name of its own, but for what is assigned first.
  const next = values.map((value, i): Next => {
    const isOwn = value.kind === "name" && !entries.includes(value.text);
    return { to: entries[i] as string, value, reads: !isOwn };
  });
  const first = next.find(({ reads }) => reads);
  const others = next.filter((n) => n !== first);
  const kept = others.map(({ to, value, reads }) => {
    if (!reads) return { to, value };
    const text = writer.local(`next${capitalised(to)}`);
    step.push(declare(text, value));
    return { to, value: nameCode(text) };
  });
  for (const { to, value } of [...(first ? [first] : []), ...kept])
    step.push(assign(nameCode(to), "=", value));
}

const recurrence = (
  table: Table & { readonly kind: "recurrence" },
  maker: string,
  spelling: Spelling,
): FunctionCode => {
  const writer = new Writer(spelling, table.next);
  const entries = table.columns.map((name) => writer.local(name));
  const columns = table.columns.map((name) => writer.local(`${name}s`));
  const names: Names = new Map(
    table.columns.map((name, i) => [name, nameCode(entries[i] as string)]),
  );
  const counter = writer.local("i");
  const step: Statement[] = columns.map((column, i) => ({
    kind: "run",
    code: call(`${column}.push`, nameCode(entries[i] as string)),
  }));
  const values = writer.together(table.next, names, step);
  advance(entries, values, writer, step);
  const [column = "", ...further] = columns;
  return {
    name: maker,
    exported: false,
    doc: wrapped(table.doc),
    params: [],
    result: numbers,
    body: [
      ...columns.map((column): Statement => ({
        kind: "declare",
        keyword: "const",
        name: column,
        type: "number[]",
        value: { kind: "array", items: [] },
      })),
      ...entries.map((entry, i): Statement => ({
        kind: "declare",
        keyword: "let",
        name: entry,
        value: num(table.start[i] as number),
      })),
      loop(counter, num(table.length), step),
      {
        kind: "return",
        value:
          further.length === 0
            ? nameCode(column)
            : call(`${column}.concat`, ...further.map(nameCode)),
      },
    ],
  };
};

/** The table of powers of two, made by halving 1 as long as it goes and doubling the rest of the way: all exact. */
export const printPowersOfTwo = (spelling: Spelling = {}): MathCode => {
  const name = (spelling.global ?? ((text: string) => text))(powersOfTwo);
  const maker = `make${capitalised(name)}`;
  const power = nameCode("power");
  return {
    functions: [
      {
        name: maker,
        exported: false,
        doc: ["2^k at k + 1074, -1074 <= k <= 1023, ascending."],
        params: [],
        result: numbers,
        body: [
          {
            kind: "declare",
            keyword: "const",
            name: "powers",
            type: "number[]",
            value: { kind: "array", items: [] },
          },
          {
            kind: "declare",
            keyword: "let",
            name: "power",
            value: num(2 ** least),
          },
          loop("i", num(tableOfPowers), [
            { kind: "run", code: call("powers.push", power) },
            assign(power, "*=", num(2)),
          ]),
          { kind: "return", value: nameCode("powers") },
        ],
      },
    ],
    constants: [
      comment("2^k at k + 1074, -1074 <= k <= 1023."),
      declare(name, pure(maker)),
    ],
  };
};

/** Everything that `bodies` need in a module: powers of two, tables, functions, callees first. */
export const printMath = (
  bodies: readonly Scalar[],
  spelling: Spelling = {},
): MathCode => {
  const needs = callsOf(...bodies);
  const tables = [
    ...(needs.scales ? [printPowersOfTwo(spelling)] : []),
    ...needs.tables.map((table) => printTable(table, spelling)),
  ];
  return {
    constants: tables.flatMap((table) => table.constants),
    functions: [
      ...tables.flatMap((table) => table.functions),
      ...needs.functions.map((f) => printFunction(f, spelling)),
    ],
  };
};
