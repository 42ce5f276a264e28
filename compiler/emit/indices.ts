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
  made,
  name,
  num,
  read,
  run,
  string,
  type Code,
  type FunctionCode,
  type Statement,
} from "./code.js";
import { inputName } from "./inputs.js";
import type { LeafNode as Leaf } from "../programs.js";
import type { ModulePlan } from "./module.js";

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

/** The function that {@link indexChecks} calls; nothing where the model has no class indices. */
export function checkIndices(plan: ModulePlan): FunctionCode[] {
  const indices = plan.model.inputs.filter((x) => x.op.classes !== undefined);
  if (indices.length === 0) return [];
  const others = indices.some((x) => otherOf(x, plan) !== undefined);
  const [index, classes] = [name("index"), name("classes")];
  const isBeyond = binary(
    "||",
    binary("<", index, num(0)),
    binary(">=", index, classes),
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
  const text = (x: Code): Code => call("String", x);
  return [
    {
      name: "checkIndices",
      exported: false,
      doc: [
        `Throws unless the first \`count\` indices are classes${others ? ", or the number `other`" : ""}.`,
      ],
      params: [
        { name: "name", type: "string" },
        { name: "indices", type: "Int32Array" },
        { name: "count", type: "number" },
        { name: "classes", type: "number" },
        ...(others ? [{ name: "other", value: num(0) }] : []),
      ],
      result: "void",
      body: [
        loop("i", name("count"), [
          declare("index", read("indices", name("i"))),
          {
            kind: "if",
            test: others
              ? binary("&&", outside, binary("!==", index, name("other")))
              : outside,
            then: [
              refuse(
                name("name"),
                "[",
                text(name("i")),
                "] is ",
                text(index),
                ", expected an integer from 0 to ",
                text(binary("-", classes, num(1))),
              ),
            ],
          },
        ]),
      ],
    },
  ];
}

/** throw new RangeError(`...`) */
export const refuse = (...parts: readonly (string | Code)[]): Statement => ({
  kind: "throw",
  value: made("RangeError", { kind: "template", parts }),
});
