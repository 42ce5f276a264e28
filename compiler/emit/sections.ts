import type { Call, Node, Place } from "../../dsl/graph.js";
import type { Statement } from "../kernels/ir.js";
import type { Names } from "./names.js";

/** Functions up to which a heading names each. */
const fewTitles = 6;

/**
 * What the sections of a function are called: forward by the layer that a statement is part of, backward by the functions
 * whose derivatives its expression is made of, in the order in which they are applied.
 */
export class Sections {
  readonly #made: ReadonlySet<Node>;
  readonly #names: Names;
  readonly #places: ReadonlyMap<Node, Place>;

  /** @param places of values that stand elsewhere in this function than in the one that had them first */
  constructor(
    statements: readonly Statement[],
    names: Names,
    places: ReadonlyMap<Node, Place> = new Map(),
  ) {
    this.#places = places;
    this.#made = new Set(statements.map((s) => s.value));
    this.#names = names;
  }

  /** `div, sqrt, square`; "" for what belongs to no layer. */
  title(...statements: readonly Statement[]): string {
    const calls = new Set(statements.flatMap((s) => this.#callsOf(s)));
    const all = [...calls].map((call) => this.#names.title(call));
    const titles = [...new Set(all)].filter((title) => title !== "");
    return titles.length <= fewTitles
      ? titles.join(", ")
      : [...titles.slice(0, fewTitles - 1), "...", titles.at(-1)].join(", ");
  }

  placeOf(v: Node): Place {
    return this.#places.get(v) ?? v.place;
  }

  #callsOf({ value }: Statement): (Call | undefined)[] {
    const { phase, call } = this.placeOf(value);
    if (phase !== "backward") return [call];
    const found: Call[] = [];
    const seen = new Set<Node>();
    const visit = (v: Node): void => {
      if (seen.has(v) || v.place.phase !== "backward") return;
      if (v !== value && this.#made.has(v)) return;
      seen.add(v);
      v.args.forEach(visit);
      const isRule = v.op.kind !== "label" && v.op.kind !== "constant";
      const { call: rule } = this.placeOf(v);
      if (isRule && rule !== undefined) found.push(rule);
    };
    visit(value);
    return found.length > 0 ? found : [call];
  }
}

/** `Backward: hidden`, or the layer alone in a function that derives nothing. */
export function sectionHeading(
  phase: string,
  title: string,
  derives: boolean,
): string {
  if (title === "" || phase === "update" || phase === "init") return "";
  if (!derives) return title;
  return `${phase === "forward" ? "Forward" : "Backward"}: ${title}`;
}
