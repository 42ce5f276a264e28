import type { Call, Node, Phase } from "../../dsl/graph.js";
import { formula, slopeHeading } from "../emit/headings.js";
import { indexForm, nameOf } from "../emit/indexForm.js";
import { chainRule, type Names } from "../emit/names.js";
import { indexText } from "../emit/signature.js";
import type { Values } from "../interpret.js";
import {
  indexAt,
  pointsOf,
  type Point,
  type Statement,
} from "../kernels/ir.js";
import type { Differences } from "./differences.js";
import { entryCode } from "./element.js";
import { code, digits, table } from "./markdown.js";

/** What every section of a page is written from. */
export interface Derivation {
  readonly names: Names;
  readonly values: ReadonlyMap<Node, Values>;
  readonly differences: Differences;
  /** True where the network is written entry by entry, false for formulas with indices. */
  readonly small: boolean;
}

/** Neighbouring statements of one layer and phase. */
export interface Layer {
  readonly phase: Phase;
  readonly call: Call | undefined;
  readonly statements: readonly Statement[];
}

export function layersOf(statements: readonly Statement[]): Layer[] {
  const layers: (Layer & { readonly statements: Statement[] })[] = [];
  for (const s of statements) {
    const { phase, call } = s.value.place;
    const last = layers.at(-1);
    if (last?.phase === phase && last.call === call) last.statements.push(s);
    else layers.push({ phase, call, statements: [s] });
  }
  return layers;
}

/** Entries of a large value that are shown. */
const fewEntries = 3;

/** One layer: its formulas, numbers put in, results, and for derivatives the chain rule and a comparison. */
export function layerText(
  layer: Layer,
  all: readonly Statement[],
  d: Derivation,
): string {
  const forward = all.filter(
    (s) =>
      s.value.place.call === layer.call && s.value.place.phase === "forward",
  );
  const slope =
    layer.phase === "backward" ? slopeHeading(forward, d.names) : "";
  const title =
    layer.call === undefined
      ? "parameters with several uses"
      : d.names.title(layer.call);
  const heading = `### ${title}${slope}`;
  const body = d.small
    ? smallTable(layer, d)
    : layer.statements.map((s) => largeText(s, d)).join("\n\n");
  return `${heading}\n\n${body}`;
}

function smallTable(layer: Layer, d: Derivation): string {
  const rows = layer.statements.flatMap((s) =>
    pointsOf(s.axes).map((p) => entryRow(s, p, d)),
  );
  return layer.phase === "backward"
    ? table(
        [
          "chain rule",
          "formula",
          "numbers put in",
          "result",
          "central difference",
        ],
        rows,
      )
    : table(
        ["formula", "numbers put in", "result"],
        rows.map(([, ...rest]) => rest),
      );
}

function entryRow(s: Statement, p: Point, d: Derivation): string[] {
  const flat = indexAt(s.at, p);
  const chain = chainRule(s.value, flat, s.expr, d.names, p);
  const own = d.names.element(s.value, flat);
  const numbers = new Map<string, string>();
  const number = (v: Node, i: number): number =>
    (d.values.get(v) as Values)[i] as number;
  const name = (v: Node, i: number): string => {
    const text = d.names.element(v, i);
    numbers.set(text, digits(number(v, i)));
    return text;
  };
  const right = entryCode(s.expr, p, { name, number });
  const put = formula(right, 0, {
    name: (text) => numbers.get(text) ?? text,
    times: " * ",
  });
  return [
    code(chain ?? ""),
    code(`${own} = ${formula(right)}`),
    code(put),
    code(digits((d.values.get(s.value) as Values)[flat] as number)),
    compared(s.value, flat, d),
  ];
}

/** One formula for all entries, and a few of them. */
function largeText(s: Statement, d: Derivation): string {
  const { shape } = s.value;
  const values = d.values.get(s.value) as Values;
  const name = nameOf(s.value, d.names);
  const size = `[${shape.join(", ")}]`;
  const text = indexForm(s, d.names, "exact", Infinity) ?? name;
  const rows = pointsOf(s.axes)
    .slice(0, fewEntries)
    .map((p) => {
      const flat = indexAt(s.at, p);
      return [
        code(name + indexText(flat, shape)),
        code(digits(values[flat] as number)),
        compared(s.value, flat, d),
      ];
    });
  return [
    `${code(text)}${shape.length === 0 ? "" : `, shape ${size}`}`,
    table(["entry", "result", "central difference"], rows),
  ].join("\n\n");
}

/** A tick where a derivative agrees with central differences, and by how much. */
function compared(v: Node, flat: number, d: Derivation): string {
  if (v.op.kind !== "label" || v.op.cotangentOf === undefined) return "";
  const slope = d.differences.of(v.op.cotangentOf, flat);
  if (slope === undefined) return "";
  const derived = (d.values.get(v) as Values)[flat] as number;
  const difference = Math.abs(slope - derived);
  const agrees = difference <= 1e-6 * Math.max(1, Math.abs(derived));
  return `${agrees ? "✓" : "✗"} ${difference === 0 ? "0" : difference.toExponential(0)}`;
}
