import {
  call,
  name as nameCode,
  type Code,
  type FunctionCode,
  run,
  type Member,
  type Parameter,
} from "./code.js";
import { dtypes, type Dtype } from "./dtype.js";
import type { Field } from "./fields.js";
import { objectsOf } from "./objects.js";

/** The arrays of `Memory`: those that `create` makes itself, and those that functions of their own make. */
export interface MemoryCode {
  readonly own: readonly Field[];
  readonly more: readonly More[];
}

/** A function that makes some of the arrays. */
interface More {
  readonly name: string;
  readonly fields: readonly Field[];
  /** What it needs of the function that calls it. */
  readonly params: readonly Parameter[];
}

/** Arrays that one function makes: each takes up to 40 bytes of bytecode. */
const mostFields = 120;

const givenByCreate = (dtype: Dtype): readonly Parameter[] => [
  {
    name: "part",
    type: `(from: number, size: number) => ${dtypes[dtype].list}`,
  },
  { name: "maxBatch", type: "number" },
];

/** Divides the arrays, so that no function grows with their number. */
export function memoryCode(
  fields: readonly Field[],
  taken: ReadonlySet<string>,
  dtype: Dtype,
): MemoryCode {
  const more: More[] = [];
  let number = 0;
  for (let i = mostFields; i < fields.length; i += mostFields) {
    let name: string;
    do name = `memoryPart${String(++number)}`;
    while (taken.has(name));
    const own = fields.slice(i, i + mostFields);
    const used = objectsOf(own.map(({ make }) => run(make)));
    const params = givenByCreate(dtype).filter((p) => used.has(p.name));
    more.push({ name, fields: own, params });
  }
  return { own: fields.slice(0, mostFields), more };
}

/** The interface that all of them have. */
export const memoryType = ({ own, more }: MemoryCode): string =>
  [
    "interface Memory {",
    ...[...own, ...more.flatMap((m) => m.fields)].map(
      (f) => `  readonly ${f.name}: ${f.type};`,
    ),
    "}",
  ].join("\n");

/** Members of the object that holds the arrays. */
export const memoryMembers = ({ own, more }: MemoryCode): Member[] => [
  ...own.map(member),
  ...more.map((m): Member => ({ kind: "spread", value: partCall(m) })),
];

const partCall = ({ name, params }: More): Code =>
  call(name, ...params.map((p) => nameCode(p.name)));

/** The functions that make what `create` does not make itself. */
export const moreMemory = ({ more }: MemoryCode): FunctionCode[] =>
  more.map(({ name, fields, params }) => ({
    name,
    exported: false,
    doc: ["Arrays of `Memory`."],
    params,
    body: [
      {
        kind: "return",
        value: { kind: "object", members: fields.map(member), open: true },
      },
    ],
  }));

const member = ({ name, make }: Field): Member => ({
  kind: "value",
  key: name,
  value: make,
});
