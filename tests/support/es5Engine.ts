/** An engine that has what ES5 has and nothing else. */
import { createContext, runInContext } from "node:vm";

/** Own properties of the global object and its parts that the fifth edition of ECMA-262 has (clause 15). */
const editionFive: Readonly<Record<string, string>> = {
  globalThis:
    "NaN Infinity undefined eval parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI " +
    "encodeURIComponent Object Function Array String Boolean Number Date RegExp Error EvalError RangeError " +
    "ReferenceError SyntaxError TypeError URIError Math JSON globalThis",
  Math:
    "E LN10 LN2 LOG2E LOG10E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random " +
    "round sin sqrt tan",
  Number:
    "length name prototype MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY",
  Array: "length name prototype isArray",
  "Array.prototype":
    "length constructor toString toLocaleString concat join pop push reverse shift slice sort splice unshift indexOf " +
    "lastIndexOf every some forEach map filter reduce reduceRight",
  Object:
    "length name prototype getPrototypeOf getOwnPropertyDescriptor getOwnPropertyNames create defineProperty " +
    "defineProperties seal freeze preventExtensions isSealed isFrozen isExtensible keys",
};

/** Runs a script there and returns one of its variables. */
export function runInEs5(text: string, variable: string): unknown {
  const context = createContext({});
  const removal = `
    var known = ${JSON.stringify(editionFive)};
    Object.keys(known).reverse().forEach(function (path) {
      var words = known[path].split(" ");
      var object = path === "globalThis" ? globalThis : eval(path);
      Object.getOwnPropertyNames(object).forEach(function (key) {
        if (words.indexOf(key) < 0 && key !== "known") delete object[key];
      });
    });
    delete globalThis.globalThis;`;
  runInContext(removal, context);
  return runInContext(`${text}\n${variable};`, context);
}
