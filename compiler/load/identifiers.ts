/** Which words can be names in a generated module, and how a dotted name becomes one. */

/** ECMAScript's reserved words in strict modules, and what a module may not bind. */
const reserved: ReadonlySet<string> = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for function if implements import in instanceof interface let new null package private protected public return
  static super switch this throw true try typeof var void while with yield undefined NaN Infinity`
    .split(/\s+/)
    .filter((w) => w !== ""),
);

/** Globals that a generated module uses: a name may not hide them. */
const globals: ReadonlySet<string> = new Set([
  "Math",
  "Float32Array",
  "Float64Array",
  "Int32Array",
  "Int8Array",
  "Uint8Array",
  "ArrayBuffer",
  "DataView",
  "ArrayLike",
  "Array",
  "Number",
  "Object",
  "RangeError",
  "TypeError",
  "String",
  "Params",
  "Network",
  "Memory",
  "__proto__",
  "prototype",
  "constructor",
]);

export type NameFault = "empty" | "characters" | "reserved" | "global";

/** What is wrong with `name` as an identifier, or undefined. */
export function identifierFault(name: string): NameFault | undefined {
  if (name === "") return "empty";
  if (reserved.has(name)) return "reserved";
  if (globals.has(name)) return "global";
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? undefined : "characters";
}

/** What is wrong with a dotted name such as `layers.0.weight`, or undefined. */
export function dottedFault(name: string): NameFault | undefined {
  const parts = name.split(".");
  if (parts.length === 1) return identifierFault(name);
  for (const part of parts) {
    if (part === "") return "empty";
    if (part === "__proto__" || part === "prototype" || part === "constructor")
      return "global";
    if (!/^[A-Za-z0-9_$]+$/.test(part)) return "characters";
  }
  return /^\d/.test(name) ? "characters" : undefined;
}

/** `layers.0.weight` -> `layers0Weight`. */
export const camelCase = (name: string): string =>
  name
    .split(".")
    .map((part, i) =>
      i === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1),
    )
    .join("");

const reasons: Readonly<Record<NameFault, string>> = {
  empty: "is empty",
  reserved: "is a reserved word of JavaScript",
  global: "is a name that generated modules use",
  characters: "has characters other than ASCII letters, digits, _ and $",
};
export const faultText = (fault: NameFault): string => reasons[fault];

/** `name`, or the first of name_2, name_3, ... that is free. */
export function freeName(
  name: string,
  isTaken: (name: string) => boolean,
): string {
  let free = name;
  for (let k = 2; isTaken(free); k++) free = `${name}_${String(k)}`;
  return free;
}

/** A name as a message shows it: quoted, and on one line whatever it holds. */
export const shown = (name: string): string => JSON.stringify(name);
