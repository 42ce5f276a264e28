import {
  rootsOf,
  topological,
  type Node,
  type Op,
  type Program,
} from "../dsl/graph.js";

function opText(op: Op): string {
  switch (op.kind) {
    case "leaf":
      return `${op.space} ${op.name}${op.space === "input" || op.space === "number" ? "" : `@${String(op.offset)}`}`;
    case "label":
      return `label ${op.name}`;
    case "constant":
      return op.data
        .map((x) => (Object.is(x, -0) ? "-0" : String(x)))
        .join(" ");
    case "scalar":
      return op.name;
    case "contract":
      return `contract ${op.left},${op.right}->${op.out}${op.batch ? " over examples" : ""}`;
    case "reduce":
      return `${op.by} over [${op.axes.join(", ")}]${op.batch ? " and examples" : ""}`;
    case "expand":
      return `expand to [${op.axes.join(", ")}]${op.batch ? " and examples" : ""}`;
    case "permute":
      return `permute [${op.order.join(", ")}]`;
    case "slice":
      return `slice axis ${String(op.axis)} from ${String(op.start)} step ${String(op.step)}`;
    case "softmax":
    case "logsumexp":
    case "concat":
      return `${op.kind} axis ${String(op.axis)}`;
    case "iota":
      return `iota from ${String(op.start)}`;
    case "batchSize":
    case "reshape":
      return op.kind;
  }
}

/** One node in one line, its arguments by number. */
export function printNode(
  v: Node,
  number: (n: Node) => number = (n) => n.id,
): string {
  const args = v.args.map((a) => `%${String(number(a))}`).join(", ");
  return `%${String(number(v))} = ${opText(v.op)}${args === "" ? "" : ` (${args})`} : [${v.batched ? ["n", ...v.shape].join(", ") : v.shape.join(", ")}]`;
}

/** A program in administrative normal form: one line a value, with shape (n = examples) and place. */
export function printProgram(program: Program): string {
  const order = topological(rootsOf(program));
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
