import type { Statement as Line } from "./code.js";
import { handleText } from "./handle.js";
import type { ModulePlan } from "./module.js";
import { withCasts } from "./narrow.js";
import { plainFunctions } from "./plain.js";
import { functionText, statementLines, type Dialect } from "./print.js";
import { exampleTypes, paramsType, tuplesOf } from "./signature.js";
import { sliceFunctions } from "./slices.js";

/** The text of a module without its header. */
export function moduleText(
  plan: ModulePlan,
  dialect: Dialect,
  hash: string,
): string {
  const types = dialect.types
    ? [paramsType(plan), ...exampleTypes(plan).map((t) => t.text)]
    : [];
  const tuples = tuplesOf(plan, "plain");
  const functions = plainFunctions(plan).map((f) =>
    functionText(withCasts(f, tuples), dialect),
  );
  const math = [
    ...statementBlocks(plan.tables.statements(linesOf(plan)), dialect),
    ...statementBlocks(plan.mathCode.constants, dialect),
    ...plan.mathCode.functions.map((f) => functionText(f, dialect)),
    ...sliceFunctions(plan.slices).map((f) => functionText(f, dialect)),
  ];
  return (
    [...types, ...functions, ...math, handleText(plan, dialect, hash)].join(
      "\n\n",
    ) + "\n"
  );
}
/** Every line that may read a table. */
function linesOf(plan: ModulePlan): Line[] {
  const { init, plain, handle } = plan;
  return [
    init,
    plain?.forward,
    plain?.backward,
    plain?.step,
    handle.forward,
    handle.backward,
    handle.average,
    handle.update,
  ].flatMap((b) =>
    b === undefined ? [] : [...b.lines, ...b.parts.flatMap((p) => p.lines)],
  );
}
const statementBlocks = (lines: readonly Line[], dialect: Dialect): string[] =>
  lines.length === 0 ? [] : [statementLines(lines, dialect, 0).join("\n")];
