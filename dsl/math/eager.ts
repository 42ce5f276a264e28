/** Choices between values that are there already. */
import { partsOf } from "./names.js";
import { select, variable, type Scalar } from "./scalar.js";

/** True for what may be computed without being asked for: arithmetic, which neither fails nor takes long. */
const isArithmetic = (part: Scalar): boolean =>
  part.kind !== "let" &&
  part.kind !== "table" &&
  part.kind !== "call" &&
  part.kind !== "host" &&
  !(part.kind === "scale" && part.k.kind !== "number") &&
  partsOf(part).every(isArithmetic);

const isLeaf = ({ kind }: Scalar): boolean =>
  kind === "number" || kind === "variable";

/** Adds the names that a body gives or reads. */
function addNames(part: Scalar, to: Set<string>): Set<string> {
  if (part.kind === "variable" || part.kind === "let") to.add(part.name);
  for (const inner of partsOf(part)) addNames(inner, to);
  return to;
}

/**
 * Computes both sides of every choice between arithmetic before it is made; the value and its bits stay the same.
 *
 * V8 throws optimised code away when a side runs for the first time, perhaps after a million calls.
 */
export const eager = (body: Scalar): Scalar => {
  const used = addNames(body, new Set());
  const fresh = (text: string): string => {
    let name = text;
    for (let i = 2; used.has(name); i++) name = `${text}_${String(i)}`;
    used.add(name);
    return name;
  };
  const visit = (part: Scalar): Scalar => {
    switch (part.kind) {
      case "number":
      case "variable":
        return part;
      case "apply":
      case "call":
      case "host":
        return { ...part, args: part.args.map(visit) };
      case "scale":
        return { ...part, x: visit(part.x), k: visit(part.k) };
      case "table":
        return { ...part, index: visit(part.index) };
      case "let":
        return { ...part, value: visit(part.value), body: visit(part.body) };
      case "select":
        return chosen(part);
    }
  };
  const chosen = (part: Scalar & { readonly kind: "select" }): Scalar => {
    const [when, ...sides] = [part.when, part.then, part.otherwise].map(visit);
    const [then, otherwise] = sides as [Scalar, Scalar];
    if (!isArithmetic(part.then) || !isArithmetic(part.otherwise))
      return select(when as Scalar, then, otherwise);
    const before: { readonly name: string; readonly value: Scalar }[] = [];
    const named = (text: string, value: Scalar): Scalar => {
      if (isLeaf(value)) return value;
      const name = fresh(text);
      before.push({ name, value });
      return variable(name);
    };
    const choice = select(
      when as Scalar,
      named("one", then),
      named("other", otherwise),
    );
    return before.reduceRight<Scalar>(
      (rest, { name, value }) => ({ kind: "let", name, value, body: rest }),
      choice,
    );
  };
  return visit(body);
};
