import {
  mapIndices,
  type Affine,
  type Axis,
  type Expr,
  type Statement,
} from "./ir.js";

/**
 * Axes that are only ever used together, as one row-major index, become one axis: a loop over a whole tensor instead
 * of a nest.
 */
export function collapse(s: Statement): Statement {
  const own = s.axes.filter((a) => a.extent !== "batch" && a.extent !== 1);
  if (own.length < 2) return s;
  const strides = new Map<Axis, number>();
  let size = 1;
  for (const a of [...own].reverse()) {
    strides.set(a, size);
    size *= a.extent as number;
  }
  const [last] = own.slice(-1) as [Axis];
  const fits = (index: Affine): boolean => {
    const factor = index.terms.get(last) ?? 0;
    return own.every(
      (a) => (index.terms.get(a) ?? 0) === factor * (strides.get(a) as number),
    );
  };
  if (!fits(s.at) || !everyIndex(s.expr, fits)) return s;
  const [first] = own as [Axis];
  const whole: Axis = { name: first.name, extent: size };
  const as = (index: Affine): Affine => {
    const factor = index.terms.get(last) ?? 0;
    const terms = new Map(
      [...index.terms].filter(([a]) => !strides.has(a) && a.extent !== 1),
    );
    if (factor !== 0) terms.set(whole, factor);
    return { constant: index.constant, terms };
  };
  return {
    ...s,
    axes: [...s.axes.filter((a) => a.extent === "batch"), whole],
    at: as(s.at),
    expr: mapIndices(s.expr, as),
  };
}

function everyIndex(e: Expr, test: (index: Affine) => boolean): boolean {
  switch (e.kind) {
    case "load":
      return (
        test(e.index) &&
        (e.picked === undefined || everyIndex(e.picked.by, test))
      );
    case "index":
    case "table":
      return test(e.index);
    case "apply":
      return e.args.every((a) => everyIndex(a, test));
    case "guard":
      return e.tests.every((t) => test(t.index)) && everyIndex(e.body, test);
    case "reduce":
      // An axis that indices choose along stays an axis.
      return e.scatter === undefined && everyIndex(e.body, test);
    default:
      return true;
  }
}
