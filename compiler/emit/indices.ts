/** What a handle says of an index from outside that is no class: without it, the loss would be that of no class. */
import {
  isLeaf,
  sizeOf,
  topological,
  type Node,
  type Program,
  orderOf,
} from "../../dsl/graph.js";
import { inputName } from "./inputs.js";
import type { LeafNode as Leaf } from "../programs.js";
import type { ModulePlan } from "./module.js";
import { numberText, parameterLines } from "./print.js";

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
  count: string,
): string[] {
  const read = new Set(orderOf(program).filter(isLeaf));
  return plan.model.inputs.flatMap((x) => {
    const { classes } = x.op;
    if (classes === undefined || !read.has(x)) return [];
    const size = sizeOf(x.shape);
    const one = x.batched && count !== "1" ? count : undefined;
    const entries =
      one === undefined
        ? String(size)
        : size === 1
          ? one
          : `${String(size)} * ${one}`;
    const other = otherOf(x, plan);
    const args = [
      `"${x.op.name}"`,
      `m.${inputName(x.op.name)}`,
      entries,
      String(classes),
      ...(other === undefined ? [] : [numberText(other)]),
    ];
    return parameterLines("checkIndices", args, ";", 3);
  });
}

/** The function that {@link indexChecks} calls; nothing where the model has no class indices. */
export function checkIndicesText(plan: ModulePlan, types: boolean): string[] {
  const indices = plan.model.inputs.filter((x) => x.op.classes !== undefined);
  if (indices.length === 0) return [];
  const t = (text: string): string => (types ? text : "");
  const others = indices.some((x) => otherOf(x, plan) !== undefined);
  const outside = "index < 0 || index >= classes";
  return [
    `/** Throws unless the first \`count\` indices are classes${others ? ", or the number `other`" : ""}. */
function checkIndices(
  name${t(": string")},
  indices${t(": Int32Array")},
  count${t(": number")},
  classes${t(": number")},${others ? "\n  other = 0," : ""}
)${t(": void")} {
  for (let i = 0; i < count; i++) {
    const index = indices[i]${t(" as number")};
    if (${others ? `(${outside}) && index !== other` : outside}) {
      throw new RangeError(
        \`\${name}[\${String(i)}] is \${String(index)}, expected an integer from 0 to \${String(classes - 1)}\`,
      );
    }
  }
}`,
  ];
}
