/** The reference as Markdown: a page for each family, an index, the primitives and the errors. */
import { format } from "prettier";
import { rules, scalars } from "../../../dsl/primitives/index.js";
import type { ErrorText } from "./errors.js";
import type { Shown } from "./examples.js";
import type { Family } from "./families.js";
import { anchor, code, fenced, place, prose, table } from "./markdown.js";
import type { Option } from "./options.js";
import type { Entry } from "./surface.js";

/** Everything that a page says about a function. */
export interface Described {
  readonly entry: Entry;
  readonly signature: string;
  readonly options: readonly Option[];
  /** Domains of arguments that are numbers: "a number >= 0". */
  readonly domains: readonly (readonly [argument: string, domain: string])[];
  readonly errors: readonly ErrorText[];
  readonly shown: Shown | undefined;
  /** Derivatives at kinks: what, where, how much. */
  readonly kinks: readonly (readonly [string, string, string])[];
  /** Types that the function's signature names and the index explains. */
  readonly members: readonly (readonly [string, string])[];
}

/** Prepares nodes, or is nothing but a name: no part of a derivation. */
const silent = new Set(["label", "leaf", "constant", "expand", "iota"]);

/** The derivative of a primitive, the second half of its record's sentence. */
const derivativeOf = (name: string): string => {
  const [, ...rest] = docOf(name).split("; ");
  return rest.join("; ");
};
const docOf = (name: string): string =>
  new Map<string, { readonly doc: string }>([
    ...Object.entries(rules),
    ...Object.entries(scalars),
  ]).get(name)?.doc ?? "";

export async function familyPage(
  family: Family,
  described: readonly Described[],
  types: readonly Entry[],
): Promise<string> {
  const names = described.map(({ entry }) => entry.name);
  const entries = await Promise.all(described.map(entryText));
  return [
    `# ${family.title}`,
    "[Reference](README.md)",
    family.intro,
    names.map((name) => `[${name}](#${anchor(name)})`).join(" · "),
    ...(family.given === ""
      ? []
      : ["The examples use:", fenced("ts", family.given)]),
    ...entries,
    ...typesSection(types),
  ]
    .join("\n\n")
    .concat("\n");
}

async function entryText(d: Described): Promise<string> {
  const { entry, options } = d;
  const { doc } = entry;
  const facts = [
    ...derivativeLines(d),
    ...d.domains.map(([name, domain]) => `${code(name)}: ${domain}`),
    ...(doc.pytorch === undefined ? [] : [`PyTorch: ${pytorch(doc.pytorch)}`]),
    ...errorLines(d),
  ];
  const examples = await Promise.all(
    doc.examples.map((text) => format(text, { parser: "typescript" })),
  );
  return [
    `## ${entry.name}`,
    fenced("ts", d.signature),
    prose(doc.text),
    ...(d.shown?.formula === undefined
      ? []
      : [fenced("text", d.shown.formula)]),
    ...(facts.length === 0 ? [] : [facts.map((f) => `- ${f}`).join("\n")]),
    ...(options.length === 0 ? [] : [optionsTable(options)]),
    ...(d.members.length === 0 ? [] : [membersTable(d.members)]),
    fenced("ts", examples.join("\n")),
  ].join("\n\n");
}

/** "none" in words, a name as code, and what follows a name as prose. */
function pytorch(text: string): string {
  const [, name = "", rest = ""] =
    /^((?:torch|nn|Tensor|F)\.[\w.]+|x\[[^\]]*\]|\w+LR)?(.*)$/s.exec(text) ??
    [];
  return `${code(name)}${prose(rest)}`;
}

function derivativeLines(d: Described): string[] {
  const made = (d.shown?.primitives ?? []).filter((p) => !silent.has(p));
  const own = d.shown?.primitives.includes(d.entry.name) === true;
  const lines: string[] = [];
  if (own && made.every((p) => p === d.entry.name)) {
    const derivative = derivativeOf(d.entry.name);
    if (derivative !== "") lines.push(`Derivative: ${prose(derivative)}`);
  } else if (made.length > 0) {
    const links = [...new Set(made)].map(
      (p) => `[${p}](primitives.md#${anchor(p)})`,
    );
    lines.push(`Derivative: by the chain rule through ${links.join(", ")}`);
  }
  if (d.kinks.length > 0) lines.push(`dy/dx at kinks: ${kinksText(d)}`);
  return lines;
}

/** "0 at x = 0", after the call where it has options. */
function kinksText({ entry, kinks }: Described): string {
  const calls = [...new Set(kinks.map(([call]) => call))];
  return calls
    .map((call) => {
      const slopes = kinks
        .filter(([of]) => of === call)
        .map(([, at, slope]) => `${slope} at ${at}`)
        .join(", ");
      return call === `${entry.name}(x)` ? slopes : `${code(call)} ${slopes}`;
    })
    .join("; ");
}

function errorLines({ entry, errors }: Described): string[] {
  const links = errors.map(({ code: c }) => `[${c}](errors.md#${anchor(c)})`);
  const throws = entry.doc.throws.map(prose).join(" ");
  if (links.length === 0 && throws === "") return [];
  return [
    `Errors: ${[throws, links.join(", ")].filter((t) => t !== "").join(" ")}`,
  ];
}

const optionsTable = (options: readonly Option[]): string =>
  table(
    ["option", "type", "default", "meaning"],
    options.map((o) => [
      code(o.name),
      code(o.type),
      o.standard === "none" ? "none" : code(o.standard),
      prose(o.domain === "" ? o.meaning : `${o.meaning} Expects ${o.domain}.`),
    ]),
  );

const membersTable = (
  members: readonly (readonly [string, string])[],
): string =>
  table(
    ["of the result", "meaning"],
    members.map(([text, meaning]) => [code(text), prose(meaning)]),
  );

function typesSection(types: readonly Entry[]): string[] {
  const told = types.filter(({ doc }) => doc.text !== "");
  if (told.length === 0) return [];
  return [
    "## Types",
    table(
      ["type", "meaning"],
      told.map(({ name, doc }) => [code(name), prose(doc.text)]),
    ),
  ];
}

/** The index: how to read an entry, and every name with its page. */
export function indexPage(
  pages: ReadonlyMap<Family, readonly string[]>,
  shapes: readonly (readonly [string, string])[],
): string {
  return [
    "# Reference",
    "Everything that a model can import from `gradc`, by family. Each entry is made from the record of the function: its docstring, its type, its code and its derivative rule. Every example is compiled and run by the tests.",
    table(
      ["family", "functions"],
      [...pages].map(([{ title, page }, names]) => [
        `[${title}](${page}.md)`,
        names.map((name) => `[${name}](${page}.md#${anchor(name)})`).join(", "),
      ]),
    ),
    "[Primitives](primitives.md) has what everything is made of, with the rule of each derivative; [Errors](errors.md) the sentence of each code; [Kinks](../kinks.md) the derivatives where there is none.",
    "## How to read an entry",
    [
      "- The signature is what the editor shows, without the part that checks shapes. S, A, B are shapes; the name of an argument or option stands where the result depends on its value: `linear(x: Tensor<S>, out: number): Tensor<[...Init<S>, out]>`.",
      '- Every function whose result is a tensor takes a last argument with `name` and `symbols`, which are left out below: `tanh(x, { name: "h", symbols: "h1 h2" })`. Without them a value is called after the const that it is declared as.',
      "- A value that depends on a batched input is batched: its shape is that of one example. Functions of several operands may mix batched and unbatched ones.",
      "- A wrong shape is an error in the editor and, with the same words and code, when the model is built. All functions refuse what is no tensor ([GC1110](errors.md#gc1110)), indices where numbers are expected and the other way about ([GC2010](errors.md#gc2010), [GC2009](errors.md#gc2009)), and shapes whose dimensions are not positive integers ([GC2001](errors.md#gc2001), [GC2002](errors.md#gc2002)).",
      "- dy is the cotangent of the result, dL/dy; dx, da, db those of the arguments.",
    ].join("\n"),
    "## Shapes in signatures",
    table(
      ["in a signature", "meaning"],
      shapes.map(([name, meaning]) => [code(name), prose(meaning)]),
    ),
  ]
    .join("\n\n")
    .concat("\n");
}

/** Every primitive with its sentence. */
export function primitivesPage(): string {
  const section = (name: string, doc: string): string =>
    `### ${name}\n\n${prose(doc.charAt(0).toUpperCase() + doc.slice(1))}.`;
  const own = Object.entries(rules).filter(([name]) => name !== "scalar");
  return [
    "# Primitives",
    "[Reference](README.md)",
    "What the graph is made of. Every other function is a composition of these, and its derivative follows by the chain rule. dy is the cotangent of the result y, dL/dy; dx, da, db are those of the arguments. Derivatives are made of primitives themselves: they have derivatives too.",
    "## Scalar functions",
    "Entry by entry, after broadcasting.",
    ...Object.entries(scalars).map(([name, { doc }]) => section(name, doc)),
    "## Structural primitives",
    ...own.map(([name, { doc }]) => section(name, doc)),
  ]
    .join("\n\n")
    .concat("\n");
}

/** Every code of the language with its sentence. */
export function errorsPage(
  errors: readonly ErrorText[],
  ofCommand: readonly ErrorText[],
): string {
  return [
    "# Errors",
    "[Reference](README.md)",
    "What building a model can end with. `{}` stands for a name, a shape or a number of the model. Where a shape is known to the type checker, the same sentence is the type error in the editor. Codes are stable; sentences may be reworded.",
    table(
      ["code", "sentence", "what to do"],
      errors.map(({ code: c, text, remedy }) => [
        `${place(c)}${c}`,
        text === ""
          ? "The sentence says what does not go together."
          : code(text),
        prose(remedy),
      ]),
    ),
    "## The command",
    "What `gradc compile`, `explain`, `weights` and `init` say besides.",
    table(
      ["code", "sentence", "what to do"],
      ofCommand.map(({ code: c, text, remedy }) => [
        c,
        text === "" ? "The sentence says what is wrong." : code(text),
        prose(remedy),
      ]),
    ),
  ]
    .join("\n\n")
    .concat("\n");
}
