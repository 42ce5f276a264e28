import type { Field } from "./fields.js";
import type { Dialect } from "./print.js";

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
    const batched = own.some((f) => f.make.includes("maxBatch"));
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

/** Properties of the object that holds the arrays. */
export const memoryLines = (
  { own, more }: MemoryCode,
  dialect: Dialect,
): string[] => [
  ...own.map((f) => property(f, dialect)),
  ...more.map((m) => `    ...${m.name}(${m.batched ? "maxBatch" : ""}),`),
];

/** The functions that make what `create` does not make itself. */
export const moreMemoryTexts = (
  { more }: MemoryCode,
  dialect: Dialect,
): string[] =>
  more.map(({ name, fields, batched }) => {
    const given = dialect.types ? "maxBatch: number" : "maxBatch";
    return [
      `/** Arrays of \`Memory\`. */`,
      `function ${name}(${batched ? given : ""}) {`,
      "  return {",
      ...fields.map((f) => property(f, dialect)),
      "  };",
      "}",
    ].join("\n");
  });

const property = ({ name, make }: Field, dialect: Dialect): string =>
  `    ${name}: ${dialect.types ? make : make.replace(" as Params", "")},`;
