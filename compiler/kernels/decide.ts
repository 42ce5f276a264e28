import { combine, indexAt, type Expr, type Load, type Point } from "./ir.js";

const comparisons: Readonly<
  Partial<Record<string, (a: number, b: number) => boolean>>
> = {
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  equal: (a, b) => a === b,
};

/**
 * The branch that choices take at a point where their conditions compare numbers: a causal mask, a triangle. The entry
 * that a constant index chooses is that entry.
 */
export function decided(e: Expr, p: Point): Expr {
  if (e.kind === "load") return chosen(e, p);
  if (e.kind !== "apply") return e;
  if (e.op === "where") {
    const [condition, yes, no] = e.args as [Expr, Expr, Expr];
    const c = numberAt(condition, p);
    return c === undefined ? e : decided(c !== 0 ? yes : no, p);
  }
  const value = numberAt(e, p);
  return value === undefined ? e : { kind: "number", value };
}

function chosen({ picked, ...load }: Load, p: Point): Expr {
  if (picked === undefined) return load;
  const by = numberAt(picked.by, p);
  return by === undefined
    ? { ...load, picked }
    : { ...load, index: combine([[load.index, 1]], by * picked.stride) };
}

/** The number that an index, an entry of a table or a comparison of such is at a point. */
function numberAt(e: Expr, p: Point): number | undefined {
  switch (e.kind) {
    case "number":
      return e.value;
    case "index":
    case "table": {
      // Which example it is, is known at run time only.
      if ([...e.index.terms.keys()].some((a) => a.extent === "batch"))
        return undefined;
      const at = indexAt(e.index, p);
      return e.kind === "index" ? at : e.data[at];
    }
    case "apply": {
      const compare = comparisons[e.op];
      if (compare === undefined) return undefined;
      const [a, b] = e.args.map((arg) => numberAt(arg, p));
      if (a === undefined || b === undefined) return undefined;
      return compare(a, b) ? 1 : 0;
    }
    default:
      return undefined;
  }
}
