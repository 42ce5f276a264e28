import { sizeOf, type Node, type Program } from "../../dsl/graph.js";
import { numbersOf, sizesOf } from "./fields.js";
import { indexChecks } from "./indices.js";
import { inputName } from "./inputs.js";
import { memoryLines, type MemoryCode } from "./makeMemory.js";
import type { ModulePlan } from "./module.js";
import {
  docLines,
  numberText,
  parameterLines,
  wrapText,
  type Dialect,
} from "./print.js";
import { isForwardInput } from "./signature.js";

/** How a method of the handle calls the function that does its work. */
export interface Caller {
  readonly call: string;
  readonly takesN: boolean;
}

/** The interface of the handle: the same for every network. */
export function networkText(plan: ModulePlan): string {
  const inputs = plan.model.inputs.map(
    (x) =>
      `    readonly ${x.op.name}: ${x.dtype === "i32" ? "Int32Array" : "Float64Array"};`,
  );
  const outputs = [...plan.programs.forward.outputs.keys()].map(
    (k) => `    readonly ${k}: Float64Array;`,
  );
  const asks = plan.model.inputs.some((x) => x.op.classes !== undefined)
    ? "n or a class index"
    : "n";
  const doc = wrapText(
    `A network with its memory, for up to maxBatch examples at a time. Methods throw RangeError where ${asks} is out of range.`,
    76,
  );
  return `${docLines(doc).join("\n")}
export interface Network {
  /** All parameters, flat; \`layout\` says what is where. */
  readonly params: Float64Array;
  /** dL/dp of the trainable parameters, after \`backward\`. */
  readonly grads: Float64Array;
  /** What an application fills: maxBatch examples, one after the other. */
  readonly inputs: {
${inputs.join("\n")}
  };
  /** What \`forward\` computes. */
  readonly outputs: {
${outputs.join("\n")}
  };
  /** [0] is the loss of the last \`backward\` or \`trainStep\`. */
  readonly loss: Float64Array;
  /** Base learning rate. */
  lr: number;
  /** Updates made. */
  steps: number;
  /** Inputs to outputs for the first n examples, 1 by default. */
  forward(n?: number): void;
  /** Loss, and the mean gradient over the first n examples. */
  backward(n?: number): void;
  /** One step of the optimizer with \`grads\`. */
  update(): void;
  /** \`backward(n)\`, then \`update()\`. */
  trainStep(n?: number): void;
${docLines(predictDoc(plan))
  .map((l) => `  ${l}`)
  .join("\n")}
${parameterLines("predict", predictParams(plan, true), ": Float64Array;", 1).join("\n")}
  /** The whole training state: parameters, optimizer state, rate, steps. */
  save(): Uint8Array;
  /** Restores what \`save\` returned; throws RangeError and changes nothing otherwise. */
  load(bytes: Uint8Array): void;
}`;
}

const predictDoc = (plan: ModulePlan): string[] =>
  plan.plain === undefined
    ? [
        "Runs one example in place of the first, as a batch of one: what is made from",
        "several examples is made from it alone. Returns the output's own array.",
      ]
    : [
        "Runs one example in place of the first; returns the output's own array.",
      ];

const predictParams = (plan: ModulePlan, types: boolean): string[] =>
  forwardInputs(plan).map(
    (x) => `${inputName(x.op.name)}${types ? ": ArrayLike<number>" : ""}`,
  );
const forwardInputs = (plan: ModulePlan): ModulePlan["model"]["inputs"] =>
  plan.model.inputs.filter((x) => isForwardInput(x, plan));

/** Fletcher's checksum: the smallest sum that notices swapped bytes. */
export const checksumText = (dialect: Dialect): string => {
  const [view, n, result] = dialect.types
    ? [": DataView", ": number", ": number"]
    : ["", "", ""];
  return `/** Checksum of the first \`length\` bytes (Fletcher 1982). */
function checksum(bytes${view}, length${n})${result} {
  let a = 0;
  let b = 0;
  for (let i = 0; i < length; i++) {
    a = (a + bytes.getUint8(i)) % 65535;
    b = (b + a) % 65535;
  }
  return b * 65536 + a;
}`;
};

/** The function that makes a handle. */
export function createText(
  plan: ModulePlan,
  runners: Record<"forward" | "backward" | "update", Caller>,
  memory: MemoryCode,
  hash: string,
  dialect: Dialect,
): string {
  const { total, state } = sizesOf(plan);
  const t = (text: string): string => (dialect.types ? text : "");
  const batched = plan.programs.batched;
  const singles = numbersOf(plan).length;
  const numbers = 2 + singles + total + state;
  const params = 8 + 8 * singles;
  const seeded = plan.drawsNumbers || singles === 3;
  const initial = plan.programs.states
    .filter((s) => !Object.is(s.initial, 0))
    .map(
      (s) =>
        `  m.s.fill(${numberText(s.initial)}, ${String(s.offset)}, ${String(s.offset + s.size)});`,
    );
  const [firstKey] = plan.programs.forward.outputs.keys();
  const firstOutput = plan.programs.forward.outputs.get(firstKey ?? "") as Node;
  const outputArray = plan.outputArrays.get(firstKey ?? "") ?? "out";
  const size = sizeOf(firstOutput.shape);
  const view = firstOutput.batched
    ? `m.${outputArray}.subarray(0, ${String(size)})`
    : `m.${outputArray}`;
  const predicts = forwardInputs(plan).flatMap((x) => {
    const n = String(sizeOf(x.shape));
    return [
      `      if (${inputName(x.op.name)}.length !== ${n}) {`,
      "        throw new RangeError(",
      `          \`predict: ${x.op.name} has \${String(${inputName(x.op.name)}.length)} entries, expected ${n}\`,`,
      "        );",
      "      }",
      `      m.${inputName(x.op.name)}.set(${inputName(x.op.name)});`,
    ];
  });
  const takes = (r: Caller): string =>
    r.takesN || batched ? `n${t("?: number")}` : "";
  const { forward, backward } = plan.programs;
  const run = (program: Program, ...list: readonly Caller[]): string[] => [
    ...(batched ? ["      const count = checked(n);"] : []),
    ...indexChecks(plan, program, "count"),
    ...list.map(
      (r) =>
        `      ${r.call.replace("(m, n)", batched ? "(m, count)" : "(m, 1)")};`,
    ),
  ];
  const method = (id: string, r: Caller, body: readonly string[]): string[] => [
    `    ${id}(${batched ? takes(r) : ""}) {`,
    ...body,
    "    },",
  ];
  const stateLoop = state > 0;
  const id = `0x${hash}`;
  const lines = [
    "/**",
    " * Makes a network with parameters of its own, drawn from `seed`, and memory for",
    " * `maxBatch` examples; nothing is allocated after that.",
    " */",
    `export function create(`,
    `  options${t(": { seed?: number; maxBatch?: number }")} = {},`,
    `)${t(": Network")} {`,
    `  const { ${seeded ? "seed = 0, " : ""}maxBatch = 1 } = options;`,
    "  if (!Number.isInteger(maxBatch) || maxBatch < 1 || maxBatch > 2 ** 24) {",
    "    throw new RangeError(",
    "      `create: maxBatch is ${String(maxBatch)}, expected an integer from 1 to 2^24`,",
    "    );",
    "  }",
    ...(seeded
      ? [
          "  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {",
          "    throw new RangeError(",
          "      `create: seed is ${String(seed)}, expected an integer from 0 to 2^32 - 1`,",
          "    );",
          "  }",
        ]
      : []),
    `  const m${t(": Memory")} = {`,
    ...memoryLines(memory, dialect),
    "  };",
    ...initial,
    `  const first = ${view};`,
    ...(batched
      ? [
          `  const checked = (n = 1)${t(": number")} => {`,
          "    if (!Number.isInteger(n) || n < 1 || n > maxBatch) {",
          "      throw new RangeError(",
          "        `n is ${String(n)}, expected an integer from 1 to maxBatch = ${String(maxBatch)}`,",
          "      );",
          "    }",
          "    return n;",
          "  };",
        ]
      : []),
    "  return {",
    "    params: m.p,",
    "    grads: m.g,",
    ...objectLines(
      "inputs",
      plan.model.inputs.map((x) => [x.op.name, inputName(x.op.name)] as const),
    ),
    ...objectLines(
      "outputs",
      [...plan.programs.forward.outputs.keys()].map(
        (k) => [k, plan.outputArrays.get(k) ?? k] as const,
      ),
    ),
    "    loss: m.meanLoss,",
    ...accessor("lr", 0, dialect),
    ...accessor("steps", 1, dialect),
    ...method("forward", runners.forward, run(forward, runners.forward)),
    ...method("backward", runners.backward, run(backward, runners.backward)),
    "    update() {",
    `      ${runners.update.call};`,
    "    },",
    ...method(
      "trainStep",
      runners.backward,
      run(backward, runners.backward, runners.update),
    ),
    ...parameterLines("predict", predictParams(plan, false), " {", 2),
    ...predicts,
    ...indexChecks(plan, forward, "1"),
    `      ${runners.forward.call.replace("(m, n)", "(m, 1)")};`,
    "      return first;",
    "    },",
    "    save() {",
    `      const bytes = new DataView(new ArrayBuffer(${String(8 * numbers)}));`,
    `      bytes.setUint32(0, ${id}, true);`,
    "      bytes.setUint32(4, 1, true);",
    `      bytes.setFloat64(8, m.numbers[0]${t(" as number")}, true);`,
    `      bytes.setFloat64(16, m.numbers[1]${t(" as number")}, true);`,
    ...(singles === 3
      ? [`      bytes.setFloat64(24, m.numbers[2]${t(" as number")}, true);`]
      : []),
    "      m.p.forEach((x, i) => {",
    `        bytes.setFloat64(${String(params)} + 8 * i, x, true);`,
    "      });",
    ...(stateLoop
      ? [
          "      m.s.forEach((x, i) => {",
          `        bytes.setFloat64(${String(params + 8 * total)} + 8 * i, x, true);`,
          "      });",
        ]
      : []),
    `      bytes.setUint32(${String(8 * numbers - 8)}, checksum(bytes, ${String(8 * numbers - 8)}), true);`,
    "      return new Uint8Array(bytes.buffer);",
    "    },",
    "    load(bytes) {",
    "      if (!ArrayBuffer.isView(bytes)) {",
    '        throw new RangeError("load: got no bytes, expected a Uint8Array");',
    "      }",
    "      const view = new DataView(",
    "        bytes.buffer,",
    "        bytes.byteOffset,",
    "        bytes.byteLength,",
    "      );",
    `      if (view.byteLength !== ${String(8 * numbers)}) {`,
    "        throw new RangeError(",
    `          \`load: got \${String(view.byteLength)} bytes, expected ${String(8 * numbers)}\`,`,
    "        );",
    "      }",
    "      if (",
    `        view.getUint32(0, true) !== ${id} ||`,
    "        view.getUint32(4, true) !== 1",
    "      ) {",
    '        throw new RangeError("load: the state of another model or version");',
    "      }",
    `      if (view.getUint32(${String(8 * numbers - 8)}, true) !== checksum(view, ${String(8 * numbers - 8)})) {`,
    '        throw new RangeError("load: the bytes are damaged");',
    "      }",
    "      m.numbers[0] = view.getFloat64(8, true);",
    "      m.numbers[1] = view.getFloat64(16, true);",
    ...(singles === 3
      ? ["      m.numbers[2] = view.getFloat64(24, true);"]
      : []),
    `      for (let i = 0; i < ${String(total)}; i++) {`,
    `        m.p[i] = view.getFloat64(${String(params)} + 8 * i, true);`,
    "      }",
    ...(stateLoop
      ? [
          `      for (let i = 0; i < ${String(state)}; i++) {`,
          `        m.s[i] = view.getFloat64(${String(params + 8 * total)} + 8 * i, true);`,
          "      }",
        ]
      : []),
    "    },",
    "  };",
    "}",
  ];
  return lines.join("\n");
}

function objectLines(
  key: string,
  entries: readonly (readonly [string, string])[],
): string[] {
  const text = `    ${key}: { ${entries.map(([k, f]) => `${k}: m.${f}`).join(", ")} },`;
  if (text.length <= 80) return [text];
  return [
    `    ${key}: {`,
    ...entries.map(([k, f]) => `      ${k}: m.${f},`),
    "    },",
  ];
}

const accessor = (id: string, place: number, dialect: Dialect): string[] => [
  `    get ${id}() {`,
  `      return m.numbers[${String(place)}]${dialect.types ? " as number" : ""};`,
  "    },",
  `    set ${id}(value) {`,
  `      m.numbers[${String(place)}] = value;`,
  "    },",
];

/** Where each parameter lies in the flat vector. */
export function layoutText(plan: ModulePlan, dialect: Dialect): string {
  const rows = plan.model.params.map((p) => {
    const trainable = p.op.trainable !== false;
    const fields = [
      `name: "${p.op.name}"`,
      `shape: [${p.shape.join(", ")}]`,
      `offset: ${String(p.op.offset)}`,
      `trainable: ${String(trainable)}`,
    ];
    const line = `  { ${fields.join(", ")} },`;
    return line.length <= 80
      ? line
      : `  {\n${fields.map((f) => `    ${f},`).join("\n")}\n  },`;
  });
  const type =
    "readonly {\n  readonly name: string;\n  readonly shape: readonly number[];\n  readonly offset: number;\n  readonly trainable: boolean;\n}[]";
  const head = `export const layout${dialect.types ? `: ${type}` : ""} = [`;
  // One row stands between the brackets where it fits: prettier breaks lists of two objects and more.
  const [only = ""] = rows;
  const short = `${only.trim().replace(/,$/, "")}];`;
  const inside = rows.length < 2 && `}[] = [${short}`.length <= 80;
  return [
    `/** Where each parameter lies in \`params\`, row-major. */`,
    ...(inside ? [`${head}${short}`] : [head, ...rows, "];"]),
  ].join("\n");
}
