/** Statements and functions as text. */
import { builders } from "prettier/doc";
import type { Doc } from "prettier";
import type {
  Code,
  FunctionCode,
  Member,
  Parameter,
  Statement,
} from "./code.js";
import { docLines, width } from "./comments.js";
import { typescript, type Dialect } from "./dialect.js";
import { formulaLines, sumLines } from "./formulaLines.js";
import {
  assignment,
  chain,
  chainBelow,
  expression,
  goesBelow,
  layOut,
  list,
  property,
  unindented,
} from "./layout.js";
import { expressionText } from "./oneLine.js";

const { group, indent, line, softline, ifBreak } = builders;

/** Lines of a block, `depth` levels deep. */
export function statementLines(
  body: readonly Statement[],
  dialect: Dialect,
  depth: number,
): string[] {
  const out: string[] = [];
  for (const s of dialect.laidOut ? tidy(body) : body)
    out.push(...lines(s, dialect, depth));
  return out;
}

/** No blank line at the start of a block, at its end or after another. */
function tidy(body: readonly Statement[]): Statement[] {
  const out: Statement[] = [];
  for (const s of body)
    if (s.kind !== "blank" || (out.length > 0 && out.at(-1)?.kind !== "blank"))
      out.push(s);
  if (out.at(-1)?.kind === "blank") out.pop();
  return out;
}

type Choice = Statement & { readonly kind: "if" };

function lines(s: Statement, dialect: Dialect, depth: number): string[] {
  const pad = dialect.laidOut ? "  ".repeat(depth) : "";
  const room = width - pad.length - "// ".length;
  const above = (comment: string | undefined): string[] =>
    comment === undefined
      ? []
      : sumLines(comment, room).map((l) => `${pad}// ${l}`);
  const fits = (text: string): boolean =>
    !dialect.laidOut || pad.length + text.length <= width;
  const of = (c: Code): Doc => expression(c, dialect);
  const text = (c: Code): string => expressionText(c, dialect);
  // What fits on one line stays there; only the rest is laid out.
  const simple = (
    short: string,
    doc: () => Doc,
    comment?: string,
  ): string[] => {
    const line = `${short};`;
    const text = fits(line)
      ? [pad + line]
      : layOut([doc(), ";"], pad.length)
          .split("\n")
          .map((l) => (l === "" ? "" : pad + l));
    if (comment === undefined || !dialect.laidOut) return text;
    const [only] = text;
    const beside = `${only ?? ""} // ${comment}`;
    return text.length === 1 && beside.length <= width
      ? [beside]
      : [...above(comment), ...text];
  };
  const assigned = (
    left: string,
    op: string,
    right: Code,
    leftDoc: () => Doc,
    comment: string | undefined,
  ): string[] => {
    const value = text(right);
    const short = `${left} ${op} ${value}`;
    // The usual ways need no document: all on one line, or the value on the next, or one operand a line.
    const head = `${left} ${op}`;
    const below = `  ${value};`;
    const beside = fits(`${short};`);
    const broken =
      beside || !goesBelow(right, dialect) || !fits(head)
        ? undefined
        : fits(below)
          ? [pad + below]
          : chainBelow(right, dialect, pad.length + 2);
    if (broken === undefined)
      return simple(
        short,
        () => assignment(leftDoc(), op, right, dialect),
        comment,
      );
    return [...above(comment), pad + head, ...broken];
  };
  const block = (
    open: string,
    body: readonly Statement[],
    close: string,
  ): string[] => [
    `${pad}${open}`,
    ...statementLines(body, dialect, depth + 1),
    `${pad}${close}`,
  ];
  /** @param lead `if`, or `} else if` */
  const choice = (c: Choice, lead: string): string[] => {
    const short = `${lead} (${text(c.test)}) {`;
    // Its chain of operators breaks with the parentheses: one group.
    const test =
      c.test.kind === "binary" ? chain(c.test, dialect, false) : of(c.test);
    const inside = group([indent([softline, test]), softline]);
    const head = fits(short)
      ? short
      : layOut([lead, " (", inside, ") {"], pad.length);
    const then = block(head.split("\n").join(`\n${pad}`), c.then, "}");
    if (c.otherwise === undefined) return then;
    const [nested] = c.otherwise;
    const rest =
      c.otherwise.length === 1 && nested?.kind === "if"
        ? choice(nested, "} else if")
        : block("} else {", c.otherwise, "}");
    return [...then.slice(0, -1), ...rest];
  };
  switch (s.kind) {
    case "blank":
      return dialect.laidOut ? [""] : [];
    case "comment":
      return dialect.laidOut
        ? commentLines(s, room).map((l) => `${pad}// ${l}`)
        : [];
    case "declare": {
      const left = `${dialect.es5 ? "var" : s.keyword} ${s.name}${s.type !== undefined && dialect.types ? `: ${s.type}` : ""}`;
      const { value } = s;
      if (value === undefined) return simple(left, () => left, s.comment);
      if (hasBlock(value))
        return blockLines(`${left} = `, value, ";", dialect, depth);
      return assigned(left, "=", value, () => left, s.comment);
    }
    case "assign": {
      const target: Code =
        s.target.kind === "index" ? { ...s.target, cast: false } : s.target;
      return assigned(text(target), s.op, s.value, () => of(target), s.comment);
    }
    case "run":
      return simple(text(s.code), () => of(s.code), s.comment);
    case "return": {
      const { value } = s;
      if (value === undefined)
        return simple("return", () => "return", s.comment);
      if (hasBlock(value))
        return blockLines("return ", value, ";", dialect, depth);
      const cast = s.as !== undefined && dialect.types ? ` as ${s.as}` : "";
      const laidOut = (): Doc =>
        value.kind === "binary"
          ? group([
              ifBreak("("),
              indent([softline, unindented(value, dialect)]),
              softline,
              ifBreak(")"),
            ])
          : expression(value, dialect, { in: "argument" });
      return simple(
        `return ${text(value)}${cast}`,
        () => ["return ", laidOut(), cast],
        s.comment,
      );
    }
    case "for": {
      const step =
        s.step === 1 ? `${s.variable}++` : `${s.variable} += ${String(s.step)}`;
      const head = `for (${dialect.es5 ? "var" : "let"} ${s.variable} = ${expressionText(s.from, dialect)}; ${s.variable} < ${expressionText(s.to, dialect)}; ${step}) {`;
      return block(head, s.body, "}");
    }
    case "if":
      return choice(s, "if");
    case "each":
      return block(
        `${s.list}.forEach((${s.entry}, ${s.place}) => {`,
        s.body,
        "});",
      );
    case "throw":
      return simple(`throw ${text(s.value)}`, () => ["throw ", of(s.value)]);
    case "destructure": {
      const spelled = s.names.map((id) => {
        const value = s.defaults?.get(id);
        return value === undefined ? id : `${id} = ${text(value)}`;
      });
      const names = builders.join([",", line], spelled);
      return simple(`const { ${spelled.join(", ")} } = ${s.from}`, () =>
        assignment(
          [
            "const ",
            group(["{", indent([line, names]), ifBreak(","), line, "}"]),
          ],
          "=",
          { kind: "name", text: s.from },
          dialect,
        ),
      );
    }
  }
}

const commentLines = (
  c: Statement & { readonly kind: "comment" },
  most: number,
): string[] => (c.isFormula === true ? formulaLines(c.text, most) : [c.text]);

type Block = Code & { readonly kind: "function" | "object" };

/** True where a value has lines of its own. */
const hasBlock = (value: Code): value is Block =>
  value.kind === "function" || (value.kind === "object" && value.open);

/** A function or an object behind `lead`, with one statement or one member a line. */
function blockLines(
  lead: string,
  value: Block,
  close: string,
  dialect: Dialect,
  depth: number,
): string[] {
  const pad = dialect.laidOut ? "  ".repeat(depth) : "";
  if (value.kind === "object")
    return [
      `${pad}${lead}{`,
      ...value.members.flatMap((m) => memberLines(m, dialect, depth + 1)),
      `${pad}}${close}`,
    ];
  const [open, end] = dialect.es5 ? ["function ", " {"] : ["", " => {"];
  return [
    ...headLines(`${lead}${open}`, value, end, dialect, depth),
    ...statementLines(value.body, dialect, depth + 1),
    `${pad}}${close}`,
  ];
}

function memberLines(m: Member, dialect: Dialect, depth: number): string[] {
  const pad = dialect.laidOut ? "  ".repeat(depth) : "";
  if (m.kind === "spread" || m.kind === "value") {
    if (m.kind === "value" && hasBlock(m.value))
      return blockLines(`${m.key}: `, m.value, ",", dialect, depth);
    const value = expressionText(m.value, dialect);
    const short = m.kind === "spread" ? `...${value},` : `${m.key}: ${value},`;
    return pad.length + short.length <= width || !dialect.laidOut
      ? [pad + short]
      : padded(layOut([property(m, dialect), ","], pad.length), pad);
  }
  const lead =
    m.kind !== "method"
      ? `${m.kind} ${m.key}`
      : dialect.es5
        ? `${m.key}: function `
        : m.key;
  return [
    ...headLines(lead, m, " {", dialect, depth),
    ...statementLines(m.body, dialect, depth + 1),
    `${pad}},`,
  ];
}

/** `lead(a: A, b = 1): R {`, one parameter a line where it does not fit on one. */
function headLines(
  lead: string,
  f: Pick<FunctionCode, "params" | "result">,
  open: string,
  dialect: Dialect,
  depth: number,
): string[] {
  const pad = dialect.laidOut ? "  ".repeat(depth) : "";
  const params = f.params.map((p) => parameterText(p, dialect));
  const result = dialect.types && f.result !== undefined ? `: ${f.result}` : "";
  const short = `${pad}${lead}(${params.join(", ")})${result}${open}`;
  if (short.length <= width || !dialect.laidOut) return [short];
  const items = list("(", params, ")", softline, !dialect.es5);
  return padded(layOut([lead, group([items, result]), open], pad.length), pad);
}

function parameterText(
  { name, type, optional, value }: Parameter,
  dialect: Dialect,
): string {
  const typed =
    dialect.types && type !== undefined
      ? `${name}${optional === true ? "?" : ""}: ${type}`
      : name;
  return value === undefined
    ? typed
    : `${typed} = ${expressionText(value, dialect)}`;
}

const padded = (text: string, pad: string): string[] =>
  text.split("\n").map((l) => (l === "" ? "" : pad + l));

/** A function with its docstring, `depth` levels deep. */
export function functionText(
  f: FunctionCode,
  dialect: Dialect,
  depth = 0,
): string {
  const pad = dialect.laidOut ? "  ".repeat(depth) : "";
  const lead = `${f.exported && dialect.marksExports ? "export " : ""}function ${f.name}`;
  const body = statementLines(f.body, dialect, depth + 1);
  return [
    ...(dialect.laidOut ? docLines(f.doc).map((l) => pad + l) : []),
    ...headLines(lead, f, " {", dialect, depth),
    ...(body.length === 0 ? [`${pad}  // Nothing to do.`] : body),
    `${pad}}`,
  ].join("\n");
}

/** What a function takes and gives, for TypeScript beside a module that is JavaScript. */
export function declarationText(f: FunctionCode): string {
  const lead = `export declare function ${f.name}`;
  const params = f.params.map(({ value, ...p }): Parameter =>
    value === undefined ? p : { ...p, optional: true },
  );
  const [only] = params;
  const type = only?.type ?? "";
  const head =
    only !== undefined && params.length === 1 && type.startsWith("{")
      ? [
          `${lead}(${only.name}?: {`,
          ...type
            .slice(2, -2)
            .split("; ")
            .map((member) => `  ${member};`),
          `}): ${f.result ?? ""};`,
        ]
      : headLines(lead, { ...f, params }, ";", typescript, 0);
  return [...docLines(f.doc), ...head].join("\n");
}

/** `predict(x, y): Float64Array;` on one line where it fits, else one parameter a line. */
export const parameterLines = (
  open: string,
  params: readonly string[],
  close: string,
  depth: number,
): string[] => {
  const pad = "  ".repeat(depth);
  return layOut([open, list("(", params, ")"), close], pad.length)
    .split("\n")
    .map((l) => pad + l);
};
