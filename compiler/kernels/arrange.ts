import { isLeaf, type Node, type Phase } from "../../dsl/graph.js";
import { InternalError } from "../diagnostics.js";
import { countOf, loadsOf, madeBy, type Statement } from "./ir.js";

const phases: Readonly<Record<Phase, number>> = {
  init: 0,
  forward: 1,
  backward: 2,
  update: 3,
};

/** Declaration order forward, mirror order backward, a layer's parameter gradients before its input's, updates last. */
function rankOf(s: Statement, position: number): readonly number[] {
  const { phase, call } = s.value.place;
  const order = call?.order ?? 0;
  if (phase === "update")
    // Single numbers first, so that what is done for every parameter can be one loop.
    return [phases[phase], order, countOf(s.axes) === 1 ? 0 : 1, position];
  if (phase !== "backward") return [phases[phase], order, 0, position];
  const gradient = s.targets.find(
    (t) => "offset" in t && t.space === "gradient",
  );
  const place =
    gradient !== undefined && "offset" in gradient ? gradient.offset : Infinity;
  return [phases[phase], -order, place, position];
}

function before(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x !== y) return x < y;
  }
  return false;
}

/** List scheduling: of the statements whose operands are done, the one of lowest rank comes next. */
export function arrange(
  statements: readonly Statement[],
  order: readonly Node[],
): Statement[] {
  const position = new Map(order.map((v, i) => [v, i]));
  const ranks = statements.map((s, i) => [
    ...rankOf(s, position.get(s.value) as number),
    i,
  ]);
  const makers = new Map<Node, number[]>();
  statements.forEach((s, i) => {
    for (const v of [s.value, ...madeBy(s)]) {
      const list = makers.get(v);
      if (list === undefined) makers.set(v, [i]);
      else list.push(i);
    }
  });
  const writers = new Map<Node, number[]>();
  statements.forEach((s, i) => {
    for (const t of s.targets) {
      // The gradient of a parameter goes elsewhere than the parameter.
      if (!("leaf" in t) || !isLeaf(t.leaf) || t.leaf.op.space !== t.space)
        continue;
      const list = writers.get(t.leaf);
      if (list === undefined) writers.set(t.leaf, [i]);
      else list.push(i);
    }
  });
  const waits = statements.map(() => 0);
  const releases = statements.map((): number[] => []);
  const edge = (first: number, then: number): void => {
    if (first === then) return;
    (releases[first] as number[]).push(then);
    waits[then] = (waits[then] as number) + 1;
  };
  statements.forEach((s, i) => {
    for (const value of new Set(loadsOf(s.expr).map((l) => l.value))) {
      for (const maker of makers.get(value) ?? []) edge(maker, i);
      for (const writer of writers.get(value) ?? []) edge(i, writer); // memory is overwritten after its last reader
    }
  });

  const ready = new Heap((a, b) =>
    before(ranks[a] as readonly number[], ranks[b] as readonly number[]),
  );
  waits.forEach((n, i) => {
    if (n === 0) ready.push(i);
  });
  const out: Statement[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    out.push(statements[next] as Statement);
    for (const then of releases[next] as number[]) {
      waits[then] = (waits[then] as number) - 1;
      if (waits[then] === 0) ready.push(then);
    }
  }
  if (out.length !== statements.length)
    throw new InternalError("memory is overwritten before it is read");
  return out;
}

/** A binary heap of statement numbers. */
class Heap {
  readonly #items: number[] = [];
  readonly #before: (a: number, b: number) => boolean;
  constructor(isBefore: (a: number, b: number) => boolean) {
    this.#before = isBefore;
  }
  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!this.#before(items[at] as number, items[up] as number)) break;
      this.#swap(at, up);
      at = up;
    }
  }
  pop(): number | undefined {
    const items = this.#items;
    const [top] = items;
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    items[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (
          child < items.length &&
          this.#before(items[child] as number, items[least] as number)
        )
          least = child;
      if (least === at) return top;
      this.#swap(at, least);
      at = least;
    }
  }
  #swap(a: number, b: number): void {
    const items = this.#items;
    [items[a], items[b]] = [items[b] as number, items[a] as number];
  }
}
