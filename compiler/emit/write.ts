import { inBlocks, slicesInBlocks } from "./blocks.js";
import type { Body } from "./body.js";
import type { FunctionCode, Statement as Line } from "./code.js";
import { dtypes } from "./dtype.js";
import { handleCode, handleText, type HandleCode } from "./handle.js";
import type { ModulePlan } from "./module.js";
import { withCasts } from "./narrow.js";
import { plainFunctions } from "./plain.js";
import { runnable, type Dialect } from "./dialect.js";
import { checkLimits } from "./es5/limits.js";
import { checkScopes } from "./es5/scopes.js";
import { Lowering } from "./es5/lower.js";
import { layoutType } from "./layoutTable.js";
import { networkText } from "./network.js";
import { declarationText, functionText, statementLines } from "./print.js";
import { exampleTypes, paramsType, tuplesOf } from "./signature.js";
import { sliceFunctions } from "./slices.js";
import { wasmCode, type WasmCode } from "./wasm/module.js";

/** A module as data: what every dialect prints. */
export interface ModuleCode {
  readonly plan: ModulePlan;
  readonly plain: readonly FunctionCode[];
  /** Tables of the model, then those of the elementary functions. */
  readonly constants: readonly (readonly Line[])[];
  /** Elementary functions, and the loops that apply them to slices. */
  readonly math: readonly FunctionCode[];
  readonly handle: HandleCode;
  /** What a target lacks, as text: it stands before everything else. */
  readonly prelude: readonly string[];
  /** The same functions as bytes, for the target wasm. */
  readonly wasm: WasmCode | undefined;
}

/**
 * Every function of a module.
 *
 * @param id by what `load` knows bytes that `save` wrote
 */
export function moduleCode(plan: ModulePlan, id: number): ModuleCode {
  const tuples = tuplesOf(plan, "plain");
  const plain = plainFunctions(plan).map((f) => withCasts(f, tuples));
  const tables = plan.tables.code(
    (id) => bodiesOf(plan).some((b) => b?.uses.has(id)),
    plan.lists,
    plan.frozen?.pack,
  );
  const scalars = [...tables.functions, ...plan.mathCode.functions];
  const slices = sliceFunctions(plan.slices, slicedLists(plan));
  const math = [...scalars, ...slices];
  const handle = handleCode(plan, [...plain, ...math], id);
  return {
    plan,
    plain,
    constants: [tables.statements, plan.mathCode.constants].filter(
      (lines) => lines.length > 0,
    ),
    math: [
      ...scalars,
      ...slicesInBlocks(slices, [...plain, ...handle.functions]),
    ],
    handle: { ...handle, functions: inBlocks(handle.functions) },
    wasm: plan.tiers
      ? wasmCode(plan, [...math, ...handle.functions])
      : undefined,
    prelude: [],
  };
}

/**
 * The module in ES5, within the limits of the smallest engines.
 *
 * @throws CompileError where it cannot be written so.
 */
export function inEs5(code: ModuleCode): ModuleCode {
  const lowering = new Lowering();
  const all = (list: readonly FunctionCode[]): FunctionCode[] =>
    list.map((f) => {
      const made = lowering.function(f);
      checkLimits(made);
      checkScopes(made);
      return made;
    });
  const { handle } = code;
  return {
    ...code,
    plain: all(code.plain),
    constants: code.constants.map((lines) => lowering.block(lines)),
    math: all(code.math),
    handle: {
      ...handle,
      functions: all(handle.functions),
      checks: all(handle.checks),
      create: all(handle.create),
    },
    prelude: lowering.texts(),
  };
}

/** The arrays that an elementary function runs over: a few hold float64 in any module. */
function slicedLists({ dtype, doubles }: ModulePlan): string {
  const { list } = dtypes[dtype];
  return doubles.size === 0 ? list : `${list} | Float64Array`;
}

/** What other files may use of a module. */
export const exportsOf = ({ plan, plain, handle }: ModuleCode): string[] => [
  ...[...plain, ...handle.create].filter((f) => f.exported).map((f) => f.name),
  ...(plan.frozen === undefined ? ["layout"] : []),
];

/** The statements of a module as the body of a function that returns what it exports. */
export const scriptText = (code: ModuleCode): string =>
  `${moduleText(code, runnable)}\nreturn { ${exportsOf(code).join(", ")} };`;

/** The types of a module that is JavaScript, without their header. */
export function typesText({ plan, plain, handle }: ModuleCode): string {
  const declared = (list: readonly FunctionCode[]): string[] =>
    list.filter((f) => f.exported).map(declarationText);
  return (
    [
      ...typesOf(plan),
      ...declared(plain),
      networkText(plan),
      ...declared(handle.create),
      ...(plan.frozen === undefined
        ? [
            `/** Where each parameter lies in \`params\`, row-major. */\nexport declare const layout: ${layoutType};`,
          ]
        : []),
    ].join("\n\n") + "\n"
  );
}

/** Types of what the plain functions take. */
const typesOf = (plan: ModulePlan): string[] => [
  ...(plan.frozen === undefined ? [paramsType(plan)] : []),
  ...exampleTypes(plan).map((t) => t.text),
];

/** The text of a module without its header. */
export function moduleText(
  { plan, plain, constants, math, handle, prelude, wasm }: ModuleCode,
  dialect: Dialect,
  depth = 0,
): string {
  const texts = (list: readonly FunctionCode[]): string[] =>
    list.map((f) => functionText(f, dialect, depth));
  const types = dialect.types ? typesOf(plan) : [];
  return (
    [
      ...types,
      ...prelude.map((text) => indented(text, depth)),
      ...texts(plain),
      ...constants.map((c) => statementLines(c, dialect, depth).join("\n")),
      ...texts(math),
      handleText(plan, handle, wasm, dialect, depth),
    ].join("\n\n") + "\n"
  );
}

const indented = (text: string, depth: number): string =>
  text
    .split("\n")
    .map((l) => "  ".repeat(depth) + l)
    .join("\n");

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
