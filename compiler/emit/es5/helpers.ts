/** What ES5 has no words for: functions that a module brings along, each where it is called. */

interface Helper {
  /** Helpers that it calls. */
  readonly calls?: readonly HelperName[];
  readonly text: string;
}

export type HelperName =
  | "makeList"
  | "makeBytes"
  | "timesPowerOfTwo"
  | "fillList"
  | "copyList"
  | "addMembers"
  | "isInteger"
  | "isList"
  | "getInt8"
  | "setUint8"
  | "getUint32"
  | "setUint32"
  | "getFloat32"
  | "getFloat64"
  | "setFloat64";

const helpers: Readonly<Record<HelperName, Helper>> = {
  makeList: {
    text: `/** Zeros: a typed array where the engine has them. */
function makeList(size) {
  if (typeof Float64Array === "function") {
    return new Float64Array(size);
  }
  var list = [];
  for (var i = 0; i < size; i++) {
    list[i] = 0;
  }
  return list;
}`,
  },
  makeBytes: {
    text: `/** Bytes 0 as an array of numbers. */
function makeBytes(size) {
  var bytes = [];
  for (var i = 0; i < size; i++) {
    bytes[i] = 0;
  }
  return bytes;
}`,
  },
  timesPowerOfTwo: {
    text: `/** x 2^k, without rounding. */
function timesPowerOfTwo(x, k) {
  for (; k > 0; k--) {
    x = x * 2;
  }
  for (; k < 0; k++) {
    x = x / 2;
  }
  return x;
}`,
  },
  fillList: {
    text: `/** Sets entries of a list: all of them, or those from one place to another. */
function fillList(list, value, from, to) {
  var end = to === undefined ? list.length : to;
  for (var i = from === undefined ? 0 : from; i < end; i++) {
    list[i] = value;
  }
}`,
  },
  copyList: {
    text: `/** Copies a list to the start of another one. */
function copyList(from, to) {
  for (var i = 0; i < from.length; i++) {
    to[i] = from[i];
  }
}`,
  },
  addMembers: {
    text: `/** Gives an object the members of another one. */
function addMembers(to, from) {
  for (var key in from) {
    to[key] = from[key];
  }
}`,
  },
  isInteger: {
    text: `/** True for a whole number. */
function isInteger(x) {
  return typeof x === "number" && x % 1 === 0;
}`,
  },
  isList: {
    text: `/** True for an array and for a typed array. */
function isList(x) {
  return typeof x === "object" && x !== null && typeof x.length === "number";
}`,
  },
  getInt8: {
    text: `/** The number of a byte, from -128 to 127. */
function getInt8(bytes, at) {
  return bytes[at] < 128 ? bytes[at] : bytes[at] - 256;
}`,
  },
  setUint8: {
    text: `/** Writes a number as a byte. */
function setUint8(bytes, at, x) {
  bytes[at] = x;
}`,
  },
  getUint32: {
    text: `/** The number of four bytes, the lowest one first. */
function getUint32(bytes, at) {
  var high = bytes[at + 2] + 256 * bytes[at + 3];
  return bytes[at] + 256 * bytes[at + 1] + 65536 * high;
}`,
  },
  setUint32: {
    text: `/** Writes a number as four bytes, the lowest one first. */
function setUint32(bytes, at, x) {
  for (var i = 0; i < 4; i++) {
    bytes[at + i] = (x >>> (8 * i)) & 255;
  }
}`,
  },
  getFloat32: {
    calls: ["getUint32"],
    text: `/** The number of four bytes (IEEE 754), by exact arithmetic. */
function getFloat32(bytes, at) {
  var bits = getUint32(bytes, at);
  var sign = bits < 2147483648 ? 1 : -1;
  var exponent = (bits >>> 23) & 255;
  var x = bits & 8388607;
  if (exponent === 255) {
    return x === 0 ? sign / 0 : 0 / 0;
  }
  if (exponent === 0) {
    exponent = 1;
  } else {
    x = x + 8388608;
  }
  for (; exponent > 150; exponent--) {
    x = x * 2;
  }
  for (; exponent < 150 && x !== 0; exponent++) {
    x = x / 2;
  }
  return sign * x;
}`,
  },
  getFloat64: {
    calls: ["getUint32"],
    text: `/** The double of eight bytes (IEEE 754), by exact arithmetic. */
function getFloat64(bytes, at) {
  var high = getUint32(bytes, at + 4);
  var sign = high < 2147483648 ? 1 : -1;
  var exponent = (high >>> 20) & 2047;
  var x = (high & 1048575) * 4294967296 + getUint32(bytes, at);
  if (exponent === 2047) {
    return x === 0 ? sign / 0 : 0 / 0;
  }
  if (exponent === 0) {
    exponent = 1;
  } else {
    x = x + 4503599627370496;
  }
  for (; exponent > 1075; exponent--) {
    x = x * 2;
  }
  for (; exponent < 1075 && x !== 0; exponent++) {
    x = x / 2;
  }
  return sign * x;
}`,
  },
  setFloat64: {
    calls: ["setUint32"],
    text: `/** Writes a double as eight bytes (IEEE 754), by exact arithmetic. */
function setFloat64(bytes, at, value) {
  var negative = value < 0 || (value === 0 && 1 / value < 0);
  var x = negative ? -value : value;
  var exponent = 0;
  if (x !== x || x === 1 / 0) {
    exponent = 2047;
    x = x !== x ? 2251799813685248 : 0;
  } else if (x !== 0) {
    exponent = 1023;
    for (; x >= 2; exponent++) {
      x = x / 2;
    }
    for (; x < 1 && exponent > 1; exponent--) {
      x = x * 2;
    }
    if (x < 1) {
      exponent = 0;
    } else {
      x = x - 1;
    }
    x = x * 4503599627370496;
  }
  var high = Math.floor(x / 4294967296);
  setUint32(bytes, at, x - high * 4294967296);
  setUint32(
    bytes,
    at + 4,
    (negative ? 2147483648 : 0) + exponent * 1048576 + high
  );
}`,
  },
};

/** Names that nothing of the model may have. */
export const helperNames = Object.keys(helpers) as readonly HelperName[];

/** Texts of the helpers and of those that they call, in the order in which they are declared here. */
export function helperTexts(used: ReadonlySet<HelperName>): string[] {
  const all = new Set(
    [...used].flatMap((id) => [id, ...(helpers[id].calls ?? [])]),
  );
  return helperNames.filter((id) => all.has(id)).map((id) => helpers[id].text);
}
