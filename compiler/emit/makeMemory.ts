import {
  call,
  name as nameCode,
  type Code,
  type FunctionCode,
  type Member,
} from "./code.js";
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
  /** True where some of them have room for maxBatch examples. */
  readonly batched: boolean;
}

/** Arrays that one function makes: each takes about 33 bytes of bytecode. */
const mostFields = 150;

/** Divides the arrays, so that no function grows with their number. */
export function memoryCode(
  fields: readonly Field[],
  taken: ReadonlySet<string>,
): MemoryCode {
  const more: More[] = [];
  let number = 0;
  for (let i = mostFields; i < fields.length; i += mostFields) {
    let name: string;
    do name = `memoryPart${String(++number)}`;
    while (taken.has(name));
    const own = fields.slice(i, i + mostFields);
    const batched = own.some((f) => needsExamples(f.make));
    more.push({ name, fields: own, batched });
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

/** True where an array has room for maxBatch examples. */
const needsExamples = (make: Code): boolean =>
  objectsOf([{ kind: "run", code: make }]).has("maxBatch");

/** Members of the object that holds the arrays. */
export const memoryMembers = ({ own, more }: MemoryCode): Member[] => [
  ...own.map(member),
  ...more.map((m): Member => ({ kind: "spread", value: partCall(m) })),
];

const partCall = ({ name, batched }: More): Code =>
  call(name, ...(batched ? [nameCode("maxBatch")] : []));

/** The functions that make what `create` does not make itself. */
export const moreMemory = ({ more }: MemoryCode): FunctionCode[] =>
  more.map(({ name, fields, batched }) => ({
    name,
    exported: false,
    doc: ["Arrays of `Memory`."],
    params: batched ? [{ name: "maxBatch", type: "number" }] : [],
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
