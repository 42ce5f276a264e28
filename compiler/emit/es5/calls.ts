import { binary, name, num, type Code } from "../code.js";
import { CompileError } from "../../diagnostics.js";
import type { HelperName } from "./helpers.js";

type Call = Code & { readonly kind: "call" };

/** A call of a helper, which the module then brings along. */
export type Help = (helper: HelperName, ...args: Code[]) => Code;

/** Functions of `Math` that ES5 has (ECMA-262, 5.1 edition, 15.8.2). */
const math = new Set(
  "abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan".split(
    " ",
  ),
);

/** What is called, made or asked instead of what ES5 does not have, by the last word of the callee. */
const known: Readonly<
  Record<string, (object: string, args: readonly Code[], help: Help) => Code>
> = {
  "new Float64Array": (_, [size], help) => help("makeList", size as Code),
  "new Int32Array": (_, [size], help) => help("makeList", size as Code),
  "new Float32Array": (_, [size], help) => help("makeList", size as Code),
  "new Int8Array": (_, [size], help) => help("makeList", size as Code),
  "new ArrayBuffer": (_, [size], help) => help("makeBytes", size as Code),
  "new DataView": (_, [buffer]) => bytesOf(buffer as Code),
  "new Uint8Array": (_, [buffer]) => bytesOf(buffer as Code),
  of: (_, items) => ({ kind: "array", items }),
  isInteger: (_, args, help) => help("isInteger", ...args),
  isView: (_, args, help) => help("isList", ...args),
  fill: (object, args, help) => help("fillList", name(object), ...args),
  set: (object, [from], help) => help("copyList", from as Code, name(object)),
  // Lists have no views: a part of one is a list of its own.
  subarray: (_, [from, to], help) =>
    help("makeList", length(from as Code, to as Code)),
  getUint8: (object, [at]) => ({
    kind: "index",
    object,
    at: at as Code,
    cast: false,
  }),
  getUint32: (object, [at], help) =>
    help("getUint32", name(object), at as Code),
  getFloat64: (object, [at], help) =>
    help("getFloat64", name(object), at as Code),
  getInt8: (object, [at], help) => help("getInt8", name(object), at as Code),
  getFloat32: (object, [at], help) =>
    help("getFloat32", name(object), at as Code),
  setUint8: (object, [at, x], help) =>
    help("setUint8", name(object), at as Code, x as Code),
  setUint32: (object, [at, x], help) =>
    help("setUint32", name(object), at as Code, x as Code),
  setFloat64: (object, [at, x], help) =>
    help("setFloat64", name(object), at as Code, x as Code),
};

function length(from: Code, to: Code): Code {
  if (from.kind === "number" && to.kind === "number")
    return num(to.value - from.value);
  if (from.kind === "number" && from.value === 0) return to;
  const isSum = to.kind === "binary" && to.op === "+";
  return isSum && isSame(to.left, from) ? to.right : binary("-", to, from);
}

const isSame = (a: Code, b: Code): boolean =>
  a.kind === "name" && b.kind === "name" && a.text === b.text;

/** The list that a buffer is here. */
const bytesOf = (buffer: Code): Code =>
  buffer.kind === "name" ? name(buffer.text.replace(/\.buffer$/, "")) : buffer;

/**
 * A call in words that every engine has.
 *
 * @throws CompileError where the host's mathematics has a function that ES5 has not.
 */
export function portableCall(code: Call, help: Help): Code {
  const dot = code.callee.lastIndexOf(".");
  const object = code.callee.slice(0, Math.max(dot, 0));
  const word = code.callee.slice(dot + 1);
  if (object === "Math") {
    if (math.has(word)) return code;
    throw new CompileError({
      code: "GC1013",
      message: `--math host calls Math.${word}, which ES5 does not have`,
      remedy: "leave --math out: the module then brings its own functions",
    });
  }
  const instead = known[code.fresh === true ? `new ${word}` : word];
  if (instead === undefined || (object === "" && code.fresh !== true))
    return code;
  return instead(object, code.args, help);
}
