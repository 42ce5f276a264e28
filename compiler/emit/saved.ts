/** `save()` and `load()` of the handle: one buffer, all or nothing. */
import {
  assign,
  at,
  binary,
  call,
  declare,
  loop,
  made,
  name,
  num,
  run,
  type Code,
  type FunctionCode,
  type Member,
  type Statement,
} from "./code.js";
import { dtypes, type Dtype } from "./dtype.js";
import type { Lists } from "./module.js";
import { refuse } from "./outside.js";

/**
 * What the buffer holds: the identity of the model, the version of the format, single numbers, parameters, what the
 * optimizer keeps, a checksum of all that. Four bytes of 0 fill up the last eight.
 */
export interface Saved {
  /** Single numbers: the rate, the steps, the seed where steps draw random numbers. */
  readonly singles: number;
  readonly total: number;
  readonly state: number;
}

const little = name("true");

/** Bytes of the identity and the format. */
const afterIdentity = 8;

/**
 * Where the parts begin, in bytes: first the identity and the format, four bytes each, then single numbers of eight, then
 * vectors, whose numbers have the size of the module's type.
 */
export function placesOf(
  { singles, total, state }: Saved,
  dtype: Dtype,
): {
  readonly params: number;
  readonly state: number;
  readonly checksum: number;
  readonly length: number;
} {
  const { bytes } = dtypes[dtype];
  const params = afterIdentity + 8 * singles;
  const afterParams = params + bytes * total;
  const checksum = afterParams + bytes * state;
  return { params, state: afterParams, checksum, length: checksum + 8 };
}

/** `24 + 8 * i` */
const entry = (start: number, dtype: Dtype): Code =>
  binary("+", num(start), binary("*", num(dtypes[dtype].bytes), name("i")));

const idCode = (id: number): Code => ({ kind: "number", value: id, hex: true });

const checksumCode = (bytes: string, to: number): Code =>
  call("checksum", name(bytes), num(to));

export function saveMethod(saved: Saved, id: number, dtype: Dtype): Member {
  const { params, state, checksum, length } = placesOf(saved, dtype);
  const { savedFormat } = dtypes[dtype];
  const vector = (list: string, start: number, type: Dtype): Statement => ({
    kind: "each",
    list,
    entry: "x",
    place: "i",
    body: [
      run(
        call(
          `bytes.${dtypes[type].write}`,
          entry(start, type),
          name("x"),
          little,
        ),
      ),
    ],
  });
  return {
    kind: "method",
    key: "save",
    params: [],
    body: [
      declare("bytes", made("DataView", made("ArrayBuffer", num(length)))),
      run(call("bytes.setUint32", num(0), idCode(id), little)),
      run(call("bytes.setUint32", num(4), num(savedFormat), little)),
      vector("m.numbers", afterIdentity, "f64"),
      vector("m.p", params, dtype),
      ...(saved.state > 0 ? [vector("m.s", state, dtype)] : []),
      run(
        call(
          "bytes.setUint32",
          num(checksum),
          checksumCode("bytes", checksum),
          little,
        ),
      ),
      { kind: "return", value: made("Uint8Array", name("bytes.buffer")) },
    ],
  };
}

export function loadMethod(
  saved: Saved,
  id: number,
  dtype: Dtype,
  lists: Lists,
): Member {
  const { params, state, checksum, length } = placesOf(saved, dtype);
  const { savedFormat } = dtypes[dtype];
  const word = (place: number): Code =>
    call("view.getUint32", num(place), little);
  const vector = (
    list: string,
    size: number,
    start: number,
    type: Dtype,
  ): Statement =>
    loop("i", num(size), [
      assign(
        at(list, name("i")),
        "=",
        call(`view.${dtypes[type].read}`, entry(start, type), little),
      ),
    ]);
  return {
    kind: "method",
    key: "load",
    params: [{ name: "bytes" }],
    body: [
      {
        kind: "if",
        test: {
          kind: "unary",
          op: "!",
          x: call("ArrayBuffer.isView", name("bytes")),
        },
        then: [
          refuse(
            `load: got no bytes, expected ${lists === "typed" ? "a Uint8Array" : "a list of bytes"}`,
          ),
        ],
      },
      declare(
        "view",
        made(
          "DataView",
          name("bytes.buffer"),
          name("bytes.byteOffset"),
          name("bytes.byteLength"),
        ),
      ),
      ...refuseOther(word, id, dtype),
      {
        kind: "if",
        test: binary("!==", name("view.byteLength"), num(length)),
        then: [
          refuse(
            "load: got ",
            call("String", name("view.byteLength")),
            ` bytes, expected ${String(length)}`,
          ),
        ],
      },
      refuseIf(
        binary(
          "||",
          binary("!==", word(0), idCode(id)),
          binary("!==", word(4), num(savedFormat)),
        ),
        "load: the state of another model or version",
      ),
      refuseIf(
        binary(
          "||",
          binary("!==", word(checksum), checksumCode("view", checksum)),
          binary("!==", word(checksum + 4), num(0)),
        ),
        "load: the bytes are damaged",
      ),
      vector("m.numbers", saved.singles, afterIdentity, "f64"),
      vector("m.p", saved.total, params, dtype),
      ...(saved.state > 0 ? [vector("m.s", saved.state, state, dtype)] : []),
    ],
  };
}

/** A state in float64 is said to be one; a module in float64 is older than the other types, and says how long its bytes are. */
function refuseOther(
  word: (place: number) => Code,
  id: number,
  dtype: Dtype,
): Statement[] {
  if (dtype === "f64") return [];
  const { f64 } = dtypes;
  const isOther = [
    binary(">=", name("view.byteLength"), num(8)),
    binary("===", word(0), idCode(id)),
    binary("===", word(4), num(f64.savedFormat)),
  ].reduce((a, b) => binary("&&", a, b));
  return [
    refuseIf(
      isOther,
      `load: the state of a ${f64.word} network, this one has ${dtypes[dtype].word}`,
    ),
  ];
}

const refuseIf = (test: Code, sentence: string): Statement => ({
  kind: "if",
  test,
  then: [refuse(sentence)],
});

/** What `checksumFunction` says of these bytes. */
export function checksumOf(bytes: Uint8Array): number {
  let a = 0;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65535;
    b = (b + a) % 65535;
  }
  return b * 65536 + a;
}

/** Fletcher's checksum: the smallest sum that notices swapped bytes. */
export const checksumFunction: FunctionCode = {
  name: "checksum",
  exported: false,
  doc: ["Checksum of the first `length` bytes (Fletcher 1982)."],
  params: [
    { name: "bytes", type: "DataView" },
    { name: "length", type: "number" },
  ],
  result: "number",
  body: [
    { kind: "declare", keyword: "let", name: "a", value: num(0) },
    { kind: "declare", keyword: "let", name: "b", value: num(0) },
    loop("i", name("length"), [
      assign(
        name("a"),
        "=",
        binary(
          "%",
          binary("+", name("a"), call("bytes.getUint8", name("i"))),
          num(65535),
        ),
      ),
      assign(
        name("b"),
        "=",
        binary("%", binary("+", name("b"), name("a")), num(65535)),
      ),
    ]),
    {
      kind: "return",
      value: binary("+", binary("*", name("b"), num(65536)), name("a")),
    },
  ],
};
