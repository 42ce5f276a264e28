/** What a handle says of numbers and lists from outside that cannot be right: one sentence, before anything changes. */
import {
  binary,
  call,
  declare,
  made,
  name,
  num,
  run,
  string,
  type Code,
  type FunctionCode,
  type Statement,
} from "./code.js";

/** refuse(`...`) */
export const refuse = (...parts: readonly (string | Code)[]): Statement => {
  const [text, ...more] = parts;
  const isText = typeof text === "string" && more.length === 0;
  return run(
    call("refuse", isText ? string(text) : { kind: "template", parts }),
  );
};

/** What every refusal calls: the sentences of a handle differ, and nothing else does. */
export const refuseFunction: FunctionCode = {
  name: "refuse",
  exported: false,
  doc: ["Throws what is wrong with something from outside."],
  params: [{ name: "message", type: "string" }],
  result: "never",
  body: [{ kind: "throw", value: made("RangeError", name("message")) }],
};

/** A number in a sentence. */
export const shown = (x: Code): Code => call("String", x);

const not = (x: Code): Code => ({ kind: "unary", op: "!", x });

/** Functions that `create` calls, by name. */
export const checkNames = ["refuse", "checkInteger", "lengthOf"] as const;

/**
 * A number that has to be an integer of a range.
 *
 * @param limit what the end of the range is called, before its number
 */
export const integer = (
  what: string,
  x: Code,
  least: Code,
  most: Code,
  limit?: string,
): Code =>
  call(
    "checkInteger",
    string(what),
    x,
    least,
    most,
    ...(limit === undefined ? [] : [string(limit)]),
  );

export const checkInteger: FunctionCode = {
  name: "checkInteger",
  exported: false,
  doc: ["`x`, where it is an integer from `least` to `most`."],
  params: [
    { name: "what", type: "string" },
    { name: "x", type: "number" },
    { name: "least", type: "number" },
    { name: "most", type: "number" },
    { name: "limit", value: string("") },
  ],
  result: "number",
  body: [
    {
      kind: "if",
      test: binary(
        "||",
        binary(
          "||",
          not(call("Number.isInteger", name("x"))),
          binary("<", name("x"), name("least")),
        ),
        binary(">", name("x"), name("most")),
      ),
      then: [
        refuse(
          name("what"),
          " is ",
          shown(name("x")),
          ", expected an integer from ",
          shown(name("least")),
          " to ",
          name("limit"),
          shown(name("most")),
        ),
      ],
    },
    { kind: "return", value: name("x") },
  ],
};

/** Refuses options that there are not: one whose name is misspelt would be as if it were not given. */
export const checkOptions = (
  options: string,
  known: readonly string[],
): Statement[] => [
  declare("given", call("Object.keys", name(options))),
  {
    kind: "each",
    list: "given",
    entry: "key",
    body: [
      {
        kind: "if",
        test: known
          .map((key) => binary("!==", name("key"), string(key)))
          .reduce((all, test) => binary("&&", all, test)),
        then: [
          refuse(
            "create: ",
            name("key"),
            ` is no option, expected ${known.join(" or ")}`,
          ),
        ],
      },
    ],
  },
];

/** Refuses a rate that would leave no parameter a number. */
export const checkRate = (rate: string): Statement => ({
  kind: "if",
  test: not(
    binary(
      "&&",
      binary(">=", name(rate), num(0)),
      binary("<", name(rate), name("Infinity")),
    ),
  ),
  then: [
    refuse("lr is ", shown(name(rate)), ", expected a finite number >= 0"),
  ],
});

/** Refuses a list of another length: text and single numbers have no entries. */
export const checkLength = (
  what: string,
  list: string,
  size: number,
): Statement => {
  const length = call("lengthOf", name(list));
  return {
    kind: "if",
    test: binary("!==", length, num(size)),
    then: [
      refuse(
        `${what} has `,
        shown(length),
        ` entries, expected ${String(size)}`,
      ),
    ],
  };
};

export const lengthOf: FunctionCode = {
  name: "lengthOf",
  exported: false,
  doc: ["How many entries a list has: none, what is no list."],
  params: [{ name: "list", type: "ArrayLike<number>" }],
  result: "number",
  body: [
    {
      kind: "return",
      value: {
        kind: "conditional",
        // An object is the same object, anything else becomes one; whatever page it is from.
        test: binary("===", call("Object", name("list")), name("list")),
        then: name("list.length"),
        otherwise: num(0),
      },
    },
  ],
};
