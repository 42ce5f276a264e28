import { scalars } from "../../dsl/primitives/index.js";
import { tables } from "../../dsl/math/index.js";
import { checkNames } from "./outside.js";
import { powersOfTwo } from "./scalarCode.js";

/** Names that every function of a module may use beside the model's. */
export const commonNames = [
  "p",
  "g",
  "s",
  "numbers",
  "m",
  "n",
  "row",
  "out",
  "work",
  "lr",
  "steps",
  "meanLoss",
  "Math",
];

/** Names that the handle's own methods use. */
const handleNames = [
  "options",
  "seed",
  "maxBatch",
  "first",
  "checked",
  "count",
  ...checkNames,
  "checkIndices",
  "checkGiven",
  "checksum",
  "runForward",
  "runBackward",
  "averageGradients",
  "runUpdate",
  "init",
  "zeros",
];

/** Tables of elementary functions: in the memory of WebAssembly they are arrays beside those of values and inputs. */
export const tableNames = [powersOfTwo, ...tables.map((t) => t.name)];

const taken: ReadonlySet<string> = new Set([
  ...commonNames,
  ...handleNames,
  ...tableNames,
  ...Object.keys(scalars).flatMap((f) => [f, `${f}Over`]),
]);

/** What functions call an input: its name, unless they call something else so, or another input. */
export const inputName = (name: string): string =>
  taken.has(name.replace(/(?:Input)+$/, "")) ? `${name}Input` : name;
