import { linesOf, type Body } from "./body.js";
import type { FunctionCode, Statement as Line } from "./code.js";
import { handleCode, handleText, type HandleCode } from "./handle.js";
import type { ModulePlan } from "./module.js";
import { withCasts } from "./narrow.js";
import { plainFunctions } from "./plain.js";
import type { Dialect } from "./dialect.js";
import { functionText, statementLines } from "./print.js";
import { exampleTypes, paramsType, tuplesOf } from "./signature.js";
import { sliceFunctions } from "./slices.js";

/** A module as data: what every dialect prints. */
export interface ModuleCode {
  readonly plan: ModulePlan;
  readonly plain: readonly FunctionCode[];
  /** Tables of the model, then those of the elementary functions. */
  readonly constants: readonly (readonly Line[])[];
  /** Elementary functions, and the loops that apply them to slices. */
  readonly math: readonly FunctionCode[];
  readonly handle: HandleCode;
}

/**
 * Every function of a module.
 *
 * @param id by what `load` knows bytes that `save` wrote
 */
export function moduleCode(plan: ModulePlan, id: number): ModuleCode {
  const tuples = tuplesOf(plan, "plain");
  const plain = plainFunctions(plan).map((f) => withCasts(f, tuples));
  const math = [...plan.mathCode.functions, ...sliceFunctions(plan.slices)];
  return {
    plan,
    plain,
    constants: [
      plan.tables.statements(() => linesOf(bodiesOf(plan))),
      plan.mathCode.constants,
    ].filter((lines) => lines.length > 0),
    math,
    handle: handleCode(plan, [...plain, ...math], id),
  };
}

/** The text of a module without its header. */
export function moduleText(
  { plan, plain, constants, math, handle }: ModuleCode,
  dialect: Dialect,
  depth = 0,
): string {
  const texts = (list: readonly FunctionCode[]): string[] =>
    list.map((f) => functionText(f, dialect, depth));
  const types = dialect.types
    ? [paramsType(plan), ...exampleTypes(plan).map((t) => t.text)]
    : [];
  return (
    [
      ...types,
      ...texts(plain),
      ...constants.map((c) => statementLines(c, dialect, depth).join("\n")),
      ...texts(math),
      handleText(plan, handle, dialect, depth),
    ].join("\n\n") + "\n"
  );
}

const bodiesOf = ({
  init,
  plain,
  handle,
}: ModulePlan): (Body | undefined)[] => [
  init,
  plain?.forward,
  plain?.backward,
  plain?.step,
  handle.forward,
  handle.backward,
  handle.average,
  handle.update,
];
