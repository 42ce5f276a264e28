/** How a module that only predicts holds its numbers: each table in the smallest type that has all of them exactly. */
import {
  assign,
  at,
  binary,
  call,
  conditional,
  declare,
  loop,
  made,
  name,
  num,
  pure,
  run,
  string,
  type Code,
  type FunctionCode,
  type Statement,
} from "./code.js";
import type { Lists } from "./module.js";
import { checksumFunction, checksumOf } from "./saved.js";

/** Numbers as text that a person reads, or as base64 where that is shorter. */
export type Pack = "literals" | "base64";

type Kind = "int8" | "float32" | "float64";

const kinds = {
  int8: { bytes: 1, list: "Int8Array", read: "getInt8" },
  float32: { bytes: 4, list: "Float32Array", read: "getFloat32" },
  float64: { bytes: 8, list: "Float64Array", read: "getFloat64" },
} as const;

/** A table, and the kind of numbers that it unpacks; none where it is a list. */
export interface Packed {
  readonly statement: Statement;
  readonly unpacks: Kind | undefined;
}

/** A table of a module as a constant. */
export function packed(
  id: string,
  data: readonly number[],
  pack: Pack | undefined,
  lists: Lists,
): Packed {
  if (pack === undefined)
    return { statement: listOf(id, data), unpacks: undefined };
  const kind = kindOf(data);
  const numbers = kind === "float32" ? data.map(shortest) : data;
  if (pack === "base64") {
    const bytes = bytesOf(data, kind);
    const text = base64(bytes);
    const sum: Code = { kind: "number", value: checksumOf(bytes), hex: true };
    if (text.length < numbers.join().length)
      return {
        statement: constant(
          id,
          pure(unpacker(kind), string(text), num(data.length), sum),
        ),
        unpacks: kind,
      };
  }
  if (kind !== "float32" || lists !== "typed")
    return { statement: listOf(id, data), unpacks: undefined };
  const list: Code = { kind: "array", items: numbers.map(num) };
  return {
    statement: constant(id, made(kinds.float32.list, list)),
    unpacks: undefined,
  };
}

const listOf = (id: string, data: readonly number[]): Statement =>
  constant(id, { kind: "array", items: data.map(num) }, "readonly number[]");

const constant = (id: string, value: Code, type?: string): Statement => ({
  kind: "declare",
  keyword: "const",
  name: id,
  ...(type !== undefined && { type }),
  value,
});

/** The smallest type that holds every number as it is. */
function kindOf(data: readonly number[]): Kind {
  const isByte = (x: number): boolean =>
    Number.isInteger(x) && x >= -128 && x <= 127 && !Object.is(x, -0);
  if (data.every(isByte)) return "int8";
  return data.every((x) => Object.is(Math.fround(x), x))
    ? "float32"
    : "float64";
}

/** The decimal with fewest digits that is this number once it is rounded to float32. */
function shortest(x: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Object.is(Math.fround(short), x)) return short;
  }
  return x;
}

function bytesOf(data: readonly number[], kind: Kind): Uint8Array {
  const { bytes } = kinds[kind];
  const view = new DataView(new ArrayBuffer(bytes * data.length));
  data.forEach((x, i) => {
    if (kind === "int8") view.setInt8(i, x);
    else if (kind === "float32") view.setFloat32(bytes * i, x, true);
    else view.setFloat64(bytes * i, x, true);
  });
  return new Uint8Array(view.buffer);
}

/** Without the signs that fill up the last four: their number follows from that of the bytes. */
const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString("base64").replace(/=+$/, "");

const unpacker = (kind: Kind): string => `unpacked${kinds[kind].list}`;

/** Names of the functions that unpack. */
export const unpackNames: readonly string[] = [
  "sextet",
  "unpackedBytes",
  ...(Object.keys(kinds) as Kind[]).map(unpacker),
];

/** What unpacks numbers of these kinds, callees first. */
export const unpackFunctions = (used: ReadonlySet<Kind>): FunctionCode[] =>
  used.size === 0
    ? []
    : [
        sextet,
        checksumFunction,
        unpackedBytes,
        ...(Object.keys(kinds) as Kind[])
          .filter((kind) => used.has(kind))
          .map(unpackFunction),
      ];

const c = name("c");
const sextet: FunctionCode = {
  name: "sextet",
  exported: false,
  doc: ["The six bits that a letter of base64 stands for (RFC 4648)."],
  params: [
    { name: "text", type: "string" },
    { name: "at", type: "number" },
  ],
  result: "number",
  body: [
    declare("c", call("text.charCodeAt", name("at"))),
    // a to z, A to Z, 0 to 9, / and +
    ...(
      [
        [96, binary("-", c, num(71))],
        [64, binary("-", c, num(65))],
        [47, binary("+", c, num(4))],
      ] as const
    ).map(([above, value]): Statement => ({
      kind: "if",
      test: binary(">", c, num(above)),
      then: [{ kind: "return", value }],
    })),
    {
      kind: "return",
      value: conditional(binary("===", c, num(47)), num(63), num(62)),
    },
  ],
};

const i = name("i");
const size = name("size");
const sum = name("sum");
const unpackedBytes: FunctionCode = {
  name: "unpackedBytes",
  exported: false,
  doc: [
    "The `size` bytes of base64; throws RangeError where their checksum is not `sum`.",
  ],
  params: [
    { name: "text", type: "string" },
    { name: "size", type: "number" },
    { name: "sum", type: "number" },
  ],
  result: "DataView",
  body: [
    declare("bytes", made("DataView", made("ArrayBuffer", name("size")))),
    loop("i", name("size"), [
      declare(
        "at",
        call("Math.floor", binary("/", binary("*", i, num(4)), num(3))),
      ),
      declare(
        "pair",
        binary(
          "+",
          binary("*", call("sextet", name("text"), name("at")), num(64)),
          call("sextet", name("text"), binary("+", name("at"), num(1))),
        ),
      ),
      declare(
        "shift",
        binary("-", num(4), binary("*", num(2), binary("%", i, num(3)))),
      ),
      run(
        call(
          "bytes.setUint8",
          i,
          binary("&", binary(">>", name("pair"), name("shift")), num(255)),
        ),
      ),
    ]),
    {
      kind: "if",
      test: binary(
        "||",
        binary(
          "!==",
          name("text.length"),
          call("Math.ceil", binary("/", binary("*", num(4), size), num(3))),
        ),
        binary("!==", call("checksum", name("bytes"), size), sum),
      ),
      then: [
        {
          kind: "throw",
          value: made(
            "RangeError",
            string("the weights in this module are damaged"),
          ),
        },
      ],
    },
    { kind: "return", value: name("bytes") },
  ],
};

function unpackFunction(kind: Kind): FunctionCode {
  const { bytes, list, read } = kinds[kind];
  const scaled = (x: Code): Code =>
    bytes === 1 ? x : binary("*", num(bytes), x);
  const entry = call(
    `bytes.${read}`,
    scaled(i),
    ...(bytes === 1 ? [] : [name("true")]),
  );
  return {
    name: unpacker(kind),
    exported: false,
    doc: [`\`size\` numbers of ${kind}, the lowest byte first.`],
    params: [
      { name: "text", type: "string" },
      { name: "size", type: "number" },
      { name: "sum", type: "number" },
    ],
    result: list,
    body: [
      declare("bytes", call("unpackedBytes", name("text"), scaled(size), sum)),
      declare("list", made(list, name("size"))),
      loop("i", name("size"), [assign(at("list", i), "=", entry)]),
      { kind: "return", value: name("list") },
    ],
  };
}
