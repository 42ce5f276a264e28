import type { Call, Node, Phase } from "../../dsl/graph.js";
import { formula, slopeHeading, symbolic } from "../emit/headings.js";
import { indexForm, nameOf } from "../emit/indexForm.js";
import type { ChainRules } from "../emit/chainRules.js";
import { Sections } from "../emit/sections.js";
import type { Names } from "../emit/names.js";
import { indexText } from "../emit/signature.js";
import { InternalError } from "../diagnostics.js";
import type { Values } from "../interpret.js";
import {
  indexAt,
  pointsOf,
  type Point,
  type Statement,
} from "../kernels/ir.js";
import { isVisible, leastSlope } from "../slope.js";
import type { Differences } from "./differences.js";
import { entryCode } from "./element.js";
import { code, digits, table } from "./markdown.js";

/** What every section of a page is written from. */
export interface Derivation {
  readonly names: Names;
  readonly values: ReadonlyMap<Node, Values>;
  readonly differences: Differences;
  readonly chains: ChainRules;
  /** Entries that are no term of any sum. */
  readonly isAbsent: (v: Node, flat: number) => boolean;
  /** True where the network is written entry by entry, false for formulas with indices. */
  readonly small: boolean;
  /** True where steps of a loop are written out. */
  readonly repeats: boolean;
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
  const title = new Sections(all, d.names).title(...layer.statements);
  const heading = `### ${title}${slope}`;
  const body = d.small ? smallTable(layer, d) : largeLayer(layer.statements, d);
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
  const chain = d.chains.of(s, flat, p);
  const own = d.names.element(s.value, flat);
  const numbers = new Map<string, string>();
  const number = (v: Node, i: number): number =>
    (d.values.get(v) as Values)[i] as number;
  const name = (v: Node, i: number): string => {
    const text = d.names.element(v, i);
    numbers.set(text, digits(number(v, i)));
    return text;
  };
  const right = entryCode(s.expr, p, { name, number, isAbsent: d.isAbsent });
  const put = formula(right, 0, {
    ...symbolic,
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

/** Formulas with indices; what the steps of a loop repeat under other numbers is shown once. */
function largeLayer(statements: readonly Statement[], d: Derivation): string {
  const seen = new Set<string>();
  const shown = statements.filter((s) => {
    // Steps are told apart by numbers: z1Difference, memorySum_2.
    const form = formOf(s, d).replace(/_?\d+/g, "");
    if (d.repeats && seen.has(form)) return false;
    seen.add(form);
    return true;
  });
  const left = statements.length - shown.length;
  const texts = shown.map((s) => largeText(s, d));
  if (left > 0)
    texts.push(`Formulas of other steps that look the same: ${String(left)}.`);
  return texts.join("\n\n");
}

const formOf = (s: Statement, d: Derivation): string =>
  indexForm(s, d.names, "exact") ?? nameOf(s.value, d.names);

/** One formula for all entries, and a few of them. */
function largeText(s: Statement, d: Derivation): string {
  const { shape } = s.value;
  const values = d.values.get(s.value) as Values;
  const name = nameOf(s.value, d.names);
  const size = `[${shape.join(", ")}]`;
  const text = formOf(s, d);
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

/**
 * A tick where a derivative agrees with central differences, a dash where those say nothing, and by how much they differ.
 *
 * @throws InternalError where they disagree: a page of wrong numbers teaches nobody.
 */
function compared(v: Node, flat: number, d: Derivation): string {
  if (v.op.kind !== "label" || v.op.cotangentOf === undefined) return "";
  const all = d.values.get(v) as Values;
  const least = leastSlope(all);
  const found = d.differences.of(v.op.cotangentOf, flat, least);
  if (found === undefined) return "";
  const derived = all[flat] as number;
  const difference = Math.abs(found.slope - derived);
  const size = Math.max(least, Math.abs(derived));
  const text = difference === 0 ? "0" : difference.toExponential(0);
  if (difference <= Math.max(goodError * size, found.rounding))
    return `✓ ${text}`;
  if (isVisible(difference, derived, least) && found.refutes(derived))
    throw new InternalError(
      `${v.op.name}[${String(flat)}] is ${String(derived)}, its central difference ${String(found.slope)}`,
    );
  return `- ${text}`;
}

/** What central differences of most functions are good for. */
const goodError = 1e-6;
