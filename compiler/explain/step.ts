import { isLeaf, sizeOf, type Node } from "../../dsl/graph.js";
import { ruleTexts } from "../emit/ruleText.js";
import { formula, symbolic } from "../emit/headings.js";
import type { Names } from "../emit/names.js";
import { indexText } from "../emit/signature.js";
import type { Values } from "../interpret.js";
import { indexAt, pointsOf, type Statement } from "../kernels/ir.js";
import { lower } from "../kernels/lower.js";
import type { NamedModel } from "../load/name.js";
import { passes, runPasses, single } from "../passes/index.js";
import type { Programs } from "../programs.js";
import { entryCode } from "./element.js";
import { code, digits, table } from "./markdown.js";
import { valuesOf, type Memory } from "./memory.js";

export interface Step {
  readonly text: string;
  /** Parameters after the step. */
  readonly params: Float64Array;
}

/** Weights up to which each one has its row. */
const mostRows = 64;
const fewRows = 8;

/** One step of the optimizer: every weight before and after. */
export function stepText(
  model: NamedModel,
  programs: Programs,
  names: Names,
  memory: Memory,
): Step {
  const update = runPasses(programs.update, [single, ...passes]);
  const values = valuesOf([...update.updates.values()], memory);
  const params = memory.params.slice();
  const state = memory.state.slice();
  for (const [to, v] of update.updates)
    if (isLeaf(to))
      (to.op.space === "param" ? params : state).set(
        Array.from(values.get(v) as Values),
        to.op.offset,
      );
  const entries = model.params
    .filter((p) => p.op.trainable !== false)
    .flatMap((p) =>
      Array.from({ length: sizeOf(p.shape) }, (_, i) => ({
        place: p.op.offset + i,
        symbol: names.element(p, i),
        entry: p.op.name + indexText(i, p.shape),
      })),
    );
  const large = entries.length > mostRows;
  const shown = large ? entries.slice(0, fewRows) : entries;
  const symbols = new Map(entries.map((e) => [e.place, e.symbol]));
  const put = formulas(
    lower(update, { math: "exact", slices: false }),
    values,
    symbols,
    large ? fewRows : mostRows,
  );
  const lasting = new Set(
    programs.states.flatMap((s) => (s.first === undefined ? [] : [s.value])),
  );
  const after = (value: string, place: number): string => {
    const slot = programs.states.find(
      ({ first, size, value: own }) =>
        own === value &&
        first !== undefined &&
        place >= first &&
        place < first + size,
    );
    return slot?.first === undefined
      ? ""
      : code(digits(state[slot.offset + place - slot.first] as number));
  };
  const rows = shown.map(({ place, symbol, entry }) => [
    code(large ? entry : symbol),
    code(digits(memory.params[place] as number)),
    code(digits(memory.gradients[place] as number)),
    code(put.get(place) ?? ""),
    ...[...lasting].map((value) => after(value, place)),
    code(digits(params[place] as number)),
  ]);
  const head = [
    "weight w",
    "before",
    "dL/dw",
    "numbers put in",
    ...[...lasting].map((value) => `${value} after`),
    "w after",
  ];
  const { optimizer } = model;
  const text = [
    `## One step of ${optimizer.name}`,
    ...ruleParagraphs(model),
    `lr = ${digits(optimizer.lr)}.${large ? ` The first ${String(fewRows)} of ${String(entries.length)} weights:` : ""}`,
    entries.length === 0 ? "No weight is trained." : table(head, rows),
  ].join("\n\n");
  return { text, params };
}

/** A rule of one formula as it is, a longer one as a block; what is another one for a group below it. */
const ruleParagraphs = (model: NamedModel): string[] =>
  ruleTexts(model).flatMap(({ of, lines }) => [
    ...(of === undefined ? [] : [`For ${of.map(code).join(", ")} instead:`]),
    lines.length === 1
      ? code(lines.join())
      : ["```text", ...lines, "```"].join("\n"),
  ]);

/** `0.15 - 0.1 * 0.02` for each weight whose update is one formula of what is known before the step. */
function formulas(
  statements: readonly Statement[],
  values: ReadonlyMap<Node, Values>,
  symbols: ReadonlyMap<number, string>,
  most: number,
): Map<number, string> {
  const made = new Map<number, string>();
  const simple = statements.every((s) =>
    s.targets.some((t) => t.space === "param"),
  );
  if (!simple) return made;
  for (const s of statements)
    for (const p of pointsOf(s.axes).slice(0, most)) {
      const numbers = new Map<string, string>();
      const number = (v: Node, i: number): number =>
        (values.get(v) as Values)[i] as number;
      const name = (v: Node, i: number): string => {
        const { op } = v;
        const symbol =
          op.kind === "leaf" ? (symbols.get(op.offset + i) ?? op.name) : "";
        const text =
          op.kind === "leaf" && op.space === "gradient"
            ? `dL/d${symbol}`
            : op.kind === "leaf" && op.space === "number"
              ? op.name
              : symbol;
        numbers.set(text, digits(number(v, i)));
        return text;
      };
      const right = entryCode(s.expr, p, { name, number });
      const [target] = s.targets;
      if (target === undefined || !("offset" in target)) continue;
      made.set(
        target.offset + indexAt(s.at, p),
        formula(right, 0, {
          ...symbolic,
          name: (text) => numbers.get(text) ?? text,
          times: " * ",
        }),
      );
    }
  return made;
}
