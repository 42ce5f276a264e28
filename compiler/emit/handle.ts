import type { Body } from "./body.js";
import {
  call,
  declare,
  name,
  neg,
  num,
  read,
  type FunctionCode,
  type Statement as Line,
} from "./code.js";
import {
  checksumText,
  createText,
  layoutText,
  networkText,
  type Caller,
} from "./create.js";
import { fieldsOf } from "./fields.js";
import { numbers } from "./memory.js";
import type { ModulePlan } from "./module.js";
import { objectsOf } from "./objects.js";
import { functionText, type Dialect } from "./print.js";

/** A function of the handle: what it reads of the memory stands at its head. */
function handleFunction(
  id: string,
  doc: string,
  lines: readonly Line[],
  fields: ReadonlyMap<string, number>,
  dialect: Dialect,
): { readonly text: string; readonly takesN: boolean } {
  const inside = objectsOf(lines);
  const given = numbers.flatMap((id, i) =>
    inside.has(id) ? [declare(id, read("numbers", num(i)))] : [],
  );
  const objects = objectsOf([...given, ...lines]);
  const used = [...objects]
    .filter((o) => fields.has(o))
    .sort((a, b) => (fields.get(a) ?? 0) - (fields.get(b) ?? 0));
  const takesN = objects.has("n");
  const head: Line[] =
    used.length === 0 ? [] : [{ kind: "destructure", names: used, from: "m" }];
  const params = [
    { name: "m", type: "Memory" },
    ...(takesN ? [{ name: "n", type: "number" }] : []),
  ];
  const f: FunctionCode = {
    name: id,
    exported: false,
    doc: [doc],
    params,
    result: "void",
    body: [...head, ...given, ...lines],
  };
  return { text: functionText(f, dialect), takesN };
}

interface Runner extends Caller {
  readonly texts: readonly string[];
}

/** The function that does a whole body, and those of its layers where it is looped. */
function runner(
  printed: Set<string>,
  id: string,
  doc: string,
  bodies: readonly (readonly [Body, boolean])[],
  before: readonly Line[],
  fields: ReadonlyMap<string, number>,
  dialect: Dialect,
): Runner {
  const texts: string[] = [];
  const lines: Line[] = [...before];
  for (const [body] of bodies) {
    if (lines.length > 0) lines.push({ kind: "blank" });
    lines.push(...body.lines);
    const [only] = body.parts;
    if (body.parts.length === 1 && only !== undefined) {
      lines.push(...only.lines);
      continue;
    }
    for (const part of body.parts) {
      const again = printed.has(part.name);
      printed.add(part.name);
      const made = handleFunction(
        part.name,
        partDoc(part.name),
        part.lines,
        fields,
        dialect,
      );
      if (!again) texts.push(made.text);
      lines.push({
        kind: "run",
        code: call(part.name, name("m"), ...(made.takesN ? [name("n")] : [])),
      });
    }
  }
  const own = handleFunction(id, doc, lines, fields, dialect);
  return {
    texts: [...texts, own.text],
    call: `${id}(m${own.takesN ? ", n" : ""})`,
    takesN: own.takesN,
  };
}
const partDoc = (id: string): string => {
  const words = id
    .replace(/([A-Z])/g, " $1")
    .trim()
    .split(" ");
  return `${(words[0] ?? "").replace(/^./, (c) => c.toUpperCase())}${words.length > 1 ? `: ${words.slice(1).join(" ").toLowerCase()}` : ""}.`;
};

/** Interface, functions and `create` of the handle. */
export function handleText(
  plan: ModulePlan,
  dialect: Dialect,
  hash: string,
): string {
  const fields = fieldsOf(plan);
  const names = new Map(fields.map((f, i) => [f.name, i]));
  const { forward, backward, average, update } = plan.handle;
  const zero: Line = { kind: "run", code: call("g.fill", neg(num(0))) };
  const printed = new Set<string>();
  const runners = {
    forward: runner(
      printed,
      "runForward",
      "Inputs to outputs for the first n examples.",
      [[forward, false]],
      [],
      names,
      dialect,
    ),
    backward: runner(
      printed,
      "runBackward",
      "Loss and mean gradients of the first n examples.",
      [
        [backward, true],
        ...(average === undefined ? [] : [[average, false] as const]),
      ],
      [zero],
      names,
      dialect,
    ),
    update: runner(
      printed,
      "runUpdate",
      "One step of the optimizer.",
      [[update, false]],
      [],
      names,
      dialect,
    ),
  };
  const memory = dialect.types
    ? [
        "interface Memory {",
        ...fields.map((f) => `  readonly ${f.name}: ${f.type};`),
        "}",
      ].join("\n")
    : "";
  return [
    ...(memory === "" ? [] : [memory]),
    ...Object.values(runners).flatMap((r) => r.texts),
    checksumText(dialect),
    ...(dialect.types ? [networkText(plan)] : []),
    createText(plan, runners, fields, hash, dialect),
    layoutText(plan, dialect),
  ].join("\n\n");
}
