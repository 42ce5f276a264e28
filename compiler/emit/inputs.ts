import { scalars } from "../../dsl/primitives/index.js";
import { checkNames } from "./outside.js";

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
  "runUpdate",
  "init",
  "zeros",
];

const taken: ReadonlySet<string> = new Set([
  ...commonNames,
  ...handleNames,
  ...Object.keys(scalars).flatMap((f) => [f, `${f}Over`]),
]);

/** What functions call an input: its name, unless they call something else so, or another input. */
export const inputName = (name: string): string =>
  taken.has(name.replace(/(?:Input)+$/, "")) ? `${name}Input` : name;
