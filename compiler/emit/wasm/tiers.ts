/** The text of a module that has its handle in WebAssembly too: the bytes, and what chooses between the two. */
import { numbersOf } from "../fields.js";
import {
  call,
  name,
  run,
  string,
  type FunctionCode,
  type Member,
  type Statement,
} from "../code.js";
import { docLines } from "../comments.js";
import { madeMemory, type Caller, type Runners } from "../create.js";
import type { Dialect } from "../dialect.js";
import { dtypes } from "../dtype.js";
import type { MemoryCode } from "../makeMemory.js";
import type { ModulePlan } from "../module.js";
import { numberText } from "../oneLine.js";
import { functionText } from "../print.js";
import { paramsType } from "../signature.js";
import { hiddenArrays, visibleArrays } from "./arrays.js";
import type { PlacedArray } from "./layout.js";
import { roundedOnceText } from "./fused.js";
import { environment, type WasmCode } from "./module.js";

/** Names of the module that are these functions' and types' own. */
export const tierNames = [
  ...["wasm", "bytesOf", "roundedOnce", "jsTier", "wasmTier", "start"],
];

/** Whether a handle says that products are rounded once with their sums: in float64 they never are. */
export const saysFused = ({ dtype }: ModulePlan): boolean => dtype === "f32";

const doc = (...lines: string[]): string => docLines(lines).join("\n");

/** The bytes, and what they are for. */
function bytesText({ bytes }: WasmCode): string {
  const base64 = Buffer.from(bytes).toString("base64").replace(/=+$/, "");
  return `${doc("The functions above as WebAssembly, in base64: the same operations in the same order.")}
const wasm =
  "${base64}";`;
}

/** All that a module has for its two tiers. */
export const tierTexts = (
  plan: ModulePlan,
  memory: MemoryCode,
  runners: Runners,
  wasm: WasmCode,
  dialect: Dialect,
): string[] => [
  ...(dialect.types ? [tierTypes(plan, wasm, runners)] : []),
  functionText(jsTier(plan, memory, runners), dialect),
  bytesFunction(dialect),
  ...(wasm.fuses ? [roundedOnceText(dialect.types)] : []),
  wasmTier(plan, wasm, dialect),
  bytesText(wasm),
  startFunction(plan, dialect),
];

/** Types of what both tiers have. */
function tierTypes(
  plan: ModulePlan,
  { visible }: WasmCode,
  runners: Runners,
): string {
  const names = visible.map((a) => `"${a.name}"`);
  const line = `  readonly m: Pick<Memory, ${names.join(" | ")}>;`;
  const inside = `    ${names.join(" | ")}`;
  const memory =
    line.length <= 80
      ? [line]
      : [
          "  readonly m: Pick<",
          "    Memory,",
          ...(inside.length <= 80 ? [inside] : names.map((n) => `    | ${n}`)),
          "  >;",
        ];
  const type = ({ takesN }: Caller): string =>
    `(${takesN ? "n: number" : ""}) => void;`;
  return `${doc("What does the work of a network: functions of WebAssembly, or of JavaScript.")}
interface Runners {
  readonly runForward: ${type(runners.forward)}
  readonly runBackward: ${type(runners.backward)}
  readonly runUpdate: ${type(runners.update)}
}

${doc("Functions, and the memory that they work in as far as applications see it.")}
interface Tier extends Runners {
  readonly tier: "wasm" | "js";
${saysFused(plan) ? "  readonly fused: boolean;\n" : ""}${memory.join("\n")}
}

${doc("The part of WebAssembly that is used here.")}
interface WasmEngine {
  readonly Memory: new (pages: { initial: number; maximum: number }) => {
    readonly buffer: ArrayBuffer;
  };
${saysFused(plan) ? "  readonly validate: (bytes: Uint8Array) => boolean;\n" : ""}  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Runners };
}`;
}

/** Where an array begins: a number of bytes, and more for each example. */
const startOf = ({
  offset,
  factor,
}: Pick<PlacedArray, "offset" | "factor">): string =>
  [
    ...(offset > 0 || factor === 0 ? [String(offset)] : []),
    ...(factor > 0 ? [`${String(factor)} * maxBatch`] : []),
  ].join(" + ");

const lengthOf = ({ size, perExample }: PlacedArray): string => {
  if (!perExample) return String(size);
  return size === 1 ? "maxBatch" : `${String(size)} * maxBatch`;
};

/** `new Float64Array(buffer, 16, 2)` between other text, as prettier breaks it. */
function viewLines(
  [before, after]: readonly [string, string],
  array: PlacedArray,
): string[] {
  const type = array.type === "i32" ? "Int32Array" : dtypes[array.type].list;
  const args = ["buffer", startOf(array), lengthOf(array)];
  const line = `${before}new ${type}(${args.join(", ")})${after}`;
  if (line.length <= 80) return [line];
  const [indent = ""] = /^ */.exec(before) ?? [];
  return [
    `${before}new ${type}(`,
    ...args.map((arg) => `${indent}  ${arg},`),
    `${indent})${after}`,
  ];
}

/** What a tier is started with: memory of one size needs no number of examples, but its error names it. */
function startArguments(plan: ModulePlan, tier: "wasm" | "js"): string[] {
  const seeded = plan.drawsNumbers || numbersOf(plan).includes("seed");
  const arrays = [...visibleArrays(plan), ...hiddenArrays(plan)];
  const sized = tier === "wasm" || arrays.some((a) => a.perExample);
  return [...(seeded ? ["seed"] : []), ...(sized ? ["maxBatch"] : [])];
}

const parameters = (names: readonly string[], { types }: Dialect): string =>
  names.map((id) => (types ? `${id}: number` : id)).join(", ");

function jsTier(
  plan: ModulePlan,
  memory: MemoryCode,
  { forward, backward, update }: Runners,
): FunctionCode {
  const method = ({ callee, takesN }: Caller): Member => {
    const n = takesN ? ["n"] : [];
    return {
      kind: "method",
      key: callee,
      params: n.map((id) => ({ name: id })),
      body: [run(call(callee, name("m"), ...n.map(name)))],
    };
  };
  return {
    name: "jsTier",
    exported: false,
    doc: ["Arrays and functions of JavaScript."],
    params: startArguments(plan, "js").map((id) => ({
      name: id,
      type: "number",
    })),
    result: "Tier",
    body: [
      ...madeMemory(plan, memory),
      {
        kind: "return",
        value: {
          kind: "object",
          open: true,
          members: [
            { kind: "value", key: "tier", value: string("js") },
            ...(saysFused(plan)
              ? [{ kind: "value", key: "fused", value: name("false") } as const]
              : []),
            { kind: "value", key: "m", value: name("m") },
            ...[forward, backward, update].map(method),
          ],
        },
      },
    ],
  };
}

const bytesFunction = ({ types }: Dialect): string =>
  `${doc("The bytes that a text in base64 stands for.")}
function bytesOf(base64${types ? ": string" : ""})${types ? ": Uint8Array" : ""} {
  const digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) {
    values[digits.charCodeAt(i)] = i;
  }
  const bytes = new Uint8Array(Math.floor((base64.length * 3) / 4));
  let bits = 0;
  let place = 0;
  for (let i = 0; i < base64.length; i++) {
    bits = (bits << 6) | ${types ? "(values[base64.charCodeAt(i)] as number)" : "values[base64.charCodeAt(i)]"};
    if (i % 4 > 0) {
      bytes[place] = bits >> (6 - 2 * (i % 4));
      place++;
    }
  }
  return bytes;
}`;

function wasmTier(
  plan: ModulePlan,
  { fuses, layout, visible, tables, hosts }: WasmCode,
  dialect: Dialect,
): string {
  const { types } = dialect;
  const given = parameters(startArguments(plan, "wasm"), dialect);
  const asParams =
    types && paramsType(plan).includes("interface Params") ? " as Params" : "";
  const views = visible.flatMap((array) =>
    viewLines(
      [
        `    ${array.name}: `,
        `${["p", "g"].includes(array.name) ? asParams : ""},`,
      ],
      array,
    ),
  );
  const copies = tables.flatMap((table) =>
    viewLines(["  ", `.set(${table.name});`], table),
  );
  const numbers = [
    numberText(plan.model.optimizer.lr),
    "0",
    ...(numbersOf(plan).includes("seed") ? ["seed"] : []),
  ].join(", ");
  return [
    ...docLines([
      "Functions of WebAssembly, and arrays in the memory that they work in; undefined",
      "where the engine has no WebAssembly or does not take the bytes.",
      "",
      "@throws RangeError where the engine does not give so much memory.",
    ]),
    `function wasmTier(${given})${types ? ": Tier | undefined" : ""} {`,
    ...(types
      ? [
          "  const { WebAssembly: engine } = globalThis as unknown as {",
          "    readonly WebAssembly?: WasmEngine;",
          "  };",
        ]
      : ["  const { WebAssembly: engine } = globalThis;"]),
    "  if (engine === undefined) {",
    "    return undefined;",
    "  }",
    `  let module${types ? ": object" : ""};`,
    ...(fuses ? ["  let fused = false;"] : []),
    "  try {",
    ...(fuses
      ? [
          "    const bytes = bytesOf(wasm);",
          "    const once = roundedOnce(bytes);",
          "    fused = engine.validate(once);",
          "    module = new engine.Module(fused ? once : bytes);",
        ]
      : ["    module = new engine.Module(bytesOf(wasm));"]),
    "  } catch {",
    "    return undefined;",
    "  }",
    `  const pages = Math.ceil(${layout.factor > 0 ? `(${startOf(layout)})` : startOf(layout)} / 65536);`,
    `  let memory${types ? ': InstanceType<WasmEngine["Memory"]>' : ""};`,
    "  try {",
    "    memory = new engine.Memory({ initial: pages, maximum: pages });",
    "  } catch {",
    "    throw new RangeError(",
    "      `create: maxBatch ${String(maxBatch)} needs ${String(pages)} pages of 64 KiB, more than the engine gives`,",
    "    );",
    "  }",
    "  const { buffer } = memory;",
    "  const m = {",
    ...views,
    "  };",
    `  m.p.set(init(${plan.drawsNumbers ? "seed" : ""}));`,
    `  m.numbers.set([${numbers}]);`,
    ...copies,
    "  const { exports } = new engine.Instance(module, {",
    `    ${environment}: { memory, maxBatch },`,
    ...hosts.map((host) => `    ${host},`),
    "  });",
    "  const { runForward, runBackward, runUpdate } = exports;",
    `  return { tier: "wasm", ${saysFused(plan) ? (fuses ? "fused, " : "fused: false, ") : ""}m, runForward, runBackward, runUpdate };`,
    "}",
  ].join("\n");
}

const startFunction = (plan: ModulePlan, dialect: Dialect): string => {
  const given = parameters(startArguments(plan, "wasm"), dialect);
  const tier = (which: "wasm" | "js"): string =>
    `${which}Tier(${startArguments(plan, which).join(", ")})`;
  return `${doc("WebAssembly where the engine takes it, else JavaScript.")}
function start(${given})${dialect.types ? ": Tier" : ""} {
  return ${tier("wasm")} ?? ${tier("js")};
}`;
};

/** What `create` does in place of making arrays. */
export const startedTier = (plan: ModulePlan): Statement => ({
  kind: "destructure",
  names: [
    "tier",
    ...(saysFused(plan) ? ["fused"] : []),
    ...["m", "runForward", "runBackward", "runUpdate"],
  ],
  from: call("start", ...startArguments(plan, "wasm").map(name)),
});
