import { type Node, type Program, orderOf } from "../dsl/graph.js";
import { textOf } from "../dsl/primitives/index.js";

/** One node in one line, its arguments by number. */
export function printNode(
  v: Node,
  number: (n: Node) => number = (n) => n.id,
): string {
  const args = v.args.map((a) => `%${String(number(a))}`).join(", ");
  return `%${String(number(v))} = ${textOf(v.op)}${args === "" ? "" : ` (${args})`} : [${v.batched ? ["n", ...v.shape].join(", ") : v.shape.join(", ")}]`;
}

/** A program in administrative normal form: one line a value, with shape (n = examples) and place. */
export function printProgram(program: Program): string {
  const order = orderOf(program);
  const numbers = new Map(order.map((v, i) => [v, i]));
  const number = (v: Node): number => numbers.get(v) as number;
  const lines = order.map((v) => {
    const { phase, call } = v.place;
    const line = printNode(v, number);
    return call === undefined
      ? line
      : `${line.padEnd(56)} ; ${phase} ${call.explicit ?? call.callee}`;
  });
  const roots = [
    ...[...program.outputs].map(
      ([name, v]) => `output ${name} = %${String(number(v))}`,
    ),
    ...(program.loss === undefined
      ? []
      : [`loss = %${String(number(program.loss))}`]),
    ...[...program.gradients].map(
      ([p, v]) =>
        `gradient of ${p.op.kind === "leaf" ? p.op.name : ""} = %${String(number(v))}`,
    ),
    ...[...program.updates].map(
      ([p, v]) =>
        `new ${p.op.kind === "leaf" ? p.op.name : ""} = %${String(number(v))}`,
    ),
  ];
  return [...lines, ...roots].join("\n");
}
