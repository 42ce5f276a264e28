/** What a handle says of an index from outside that is no class: without it, the loss would be that of no class. */
import {
  isLeaf,
  sizeOf,
  topological,
  type Node,
  type Program,
  orderOf,
} from "../../dsl/graph.js";
import {
  binary,
  call,
  declare,
  loop,
  name,
  num,
  read,
  run,
  string,
  type Code,
  type FunctionCode,
  type Parameter,
  type Statement,
} from "./code.js";
import { inputName } from "./inputs.js";
import { refuse, shown } from "./outside.js";
import type { LeafNode as Leaf } from "../programs.js";
import type { ModulePlan } from "./module.js";
import { isForwardInput } from "./signature.js";

/** What a value is a view of. */
const bare = (v: Node): Node =>
  v.args[0] !== undefined && v.args.length === 1 ? bare(v.args[0]) : v;

/** True where entries of another value are chosen by it: there are none but for its classes. */
const choosesBy = (x: Node, roots: readonly Node[]): boolean =>
  topological(roots).some(
    ({ op, args }) => op.kind === "gather" && bare(args[1] as Node) === x,
  );

/** Numbers that the model itself compares an input with, such as the label that a loss ignores. */
function comparedWith(x: Node, roots: readonly Node[]): number[] {
  return topological(roots).flatMap(({ op, args }) => {
    if (op.kind !== "scalar" || !["equal", "notEqual"].includes(op.name))
      return [];
    const sides = args.map(bare);
    return sides.includes(x)
      ? sides.flatMap((v) => (v.op.kind === "constant" ? v.op.data : []))
      : [];
  });
}

/** The one number beside the classes that an input may have; undefined where there is none. */
function otherOf(x: Leaf, plan: ModulePlan): number | undefined {
  const { loss, outputs } = plan.model;
  const { classes = 0 } = x.op;
  const roots = [loss, ...outputs.values()];
  if (choosesBy(x, roots)) return undefined;
  return comparedWith(x, roots).find((k) => k < 0 || k >= classes);
}

/** The lines of a method that check every index which a program reads. */
export function indexChecks(
  plan: ModulePlan,
  program: Program,
  count: Code,
): Statement[] {
  const read = new Set(orderOf(program).filter(isLeaf));
  return plan.model.inputs.flatMap((x) => {
    const { classes } = x.op;
    if (classes === undefined || !read.has(x)) return [];
    const size = sizeOf(x.shape);
    const one = x.batched && count.kind !== "number" ? count : undefined;
    const entries =
      one === undefined
        ? num(size)
        : size === 1
          ? one
          : binary("*", num(size), one);
    const other = otherOf(x, plan);
    const args = [
      string(x.op.name),
      name(`m.${inputName(x.op.name)}`),
      entries,
      num(classes),
      ...(other === undefined ? [] : [num(other)]),
    ];
    return run(call("checkIndices", ...args));
  });
}

/** The line of `predict` that checks what is given for an input of indices, which its array would round. */
export const givenCheck = ({ op }: Leaf): Statement =>
  run(
    call(
      "checkGiven",
      string(op.name),
      name(inputName(op.name)),
      num(op.classes ?? 0),
    ),
  );

const index = name("index");

/** A function that throws where an index of a list is refused. */
const checkFunction = (
  id: string,
  doc: string,
  list: string,
  {
    count,
    refused,
    more = [],
  }: {
    readonly count: Code;
    readonly refused: Code;
    readonly more?: readonly Parameter[];
  },
): FunctionCode => ({
  name: id,
  exported: false,
  doc: [doc],
  params: [
    { name: "name", type: "string" },
    { name: "indices", type: list },
    ...(count.kind === "name" && count.text === "count"
      ? [{ name: "count", type: "number" }]
      : []),
    { name: "classes", type: "number" },
    ...more,
  ],
  result: "void",
  body: [
    loop("i", count, [
      declare("index", read("indices", name("i"))),
      {
        kind: "if",
        test: refused,
        then: [
          refuse(
            name("name"),
            "[",
            shown(name("i")),
            "] is ",
            shown(index),
            ", expected an integer from 0 to ",
            shown(binary("-", name("classes"), num(1))),
          ),
        ],
      },
    ]),
  ],
});

/** The functions that {@link indexChecks} and {@link givenCheck} call; none where the model has no class indices. */
export function checkIndices(plan: ModulePlan): FunctionCode[] {
  const inputs = plan.model.inputs.filter((x) => x.op.classes !== undefined);
  if (inputs.length === 0) return [];
  const others = inputs.some((x) => otherOf(x, plan) !== undefined);
  const isBeyond = binary(
    "||",
    binary("<", index, num(0)),
    binary(">=", index, name("classes")),
  );
  // Typed arrays of integers hold nothing else.
  const outside =
    plan.lists === "typed"
      ? isBeyond
      : binary(
          "||",
          isBeyond,
          binary("!==", binary("%", index, num(1)), num(0)),
        );
  const given = inputs.some((x) => isForwardInput(x, plan));
  return [
    checkFunction(
      "checkIndices",
      `Throws unless the first \`count\` indices are classes${others ? ", or the number `other`" : ""}.`,
      "Int32Array",
      {
        count: name("count"),
        refused: others
          ? binary("&&", outside, binary("!==", index, name("other")))
          : outside,
        more: others ? [{ name: "other", value: num(0) }] : [],
      },
    ),
    ...(given
      ? [
          // A function of its own: lists of several kinds would make the other one slow.
          checkFunction(
            "checkGiven",
            "Throws unless an array of integers holds each index as it is given.",
            "ArrayLike<number>",
            {
              count: name("indices.length"),
              refused: binary("!==", binary("|", index, num(0)), index),
            },
          ),
        ]
      : []),
  ];
}
