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
export const statementLines = (
  body: readonly Statement[],
  dialect: Dialect,
  depth: number,
): string[] => new Block(dialect, depth).lines(body);

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

/** Prints the statements of a block: what fits on one line stays there, only the rest is laid out. */
class Block {
  readonly #dialect: Dialect;
  readonly #depth: number;
  readonly #pad: string;

  constructor(dialect: Dialect, depth: number) {
    this.#dialect = dialect;
    this.#depth = depth;
    this.#pad = dialect.laidOut ? "  ".repeat(depth) : "";
  }

  lines(body: readonly Statement[]): string[] {
    const out: string[] = [];
    for (const s of this.#dialect.laidOut ? tidy(body) : body)
      for (const l of this.#statement(s)) out.push(l);
    return out;
  }

  #statement(s: Statement): string[] {
    const dialect = this.#dialect;
    switch (s.kind) {
      case "blank":
        return dialect.laidOut ? [""] : [];
      case "comment":
        return dialect.laidOut
          ? commentLines(s, this.#room()).map((l) => `${this.#pad}// ${l}`)
          : [];
      case "declare": {
        const left = `${dialect.es5 ? "var" : s.keyword} ${s.name}${s.type !== undefined && dialect.types ? `: ${s.type}` : ""}`;
        const { value } = s;
        if (value === undefined)
          return this.#simple(left, () => left, s.comment);
        if (hasBlock(value))
          return blockLines(`${left} = `, value, ";", dialect, this.#depth);
        return this.#assigned(left, "=", value, () => left, s.comment);
      }
      case "assign": {
        const target: Code =
          s.target.kind === "index" ? { ...s.target, cast: false } : s.target;
        return this.#assigned(
          this.#text(target),
          s.op,
          s.value,
          () => this.#doc(target),
          s.comment,
        );
      }
      case "run":
        return this.#simple(
          this.#text(s.code),
          () => this.#doc(s.code),
          s.comment,
        );
      case "return": {
        const { value } = s;
        if (value === undefined)
          return this.#simple("return", () => "return", s.comment);
        if (hasBlock(value))
          return blockLines("return ", value, ";", dialect, this.#depth);
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
        return this.#simple(
          `return ${this.#text(value)}${cast}`,
          () => ["return ", laidOut(), cast],
          s.comment,
        );
      }
      case "for": {
        const step =
          s.step === 1
            ? `${s.variable}++`
            : `${s.variable} += ${String(s.step)}`;
        const head = `for (${dialect.es5 ? "var" : "let"} ${s.variable} = ${expressionText(s.from, dialect)}; ${s.variable} < ${expressionText(s.to, dialect)}; ${step}) {`;
        return this.#block(head, s.body, "}");
      }
      case "if":
        return this.#choice(s, "if");
      case "each":
        return this.#block(
          `${s.list}.forEach((${s.entry}, ${s.place}) => {`,
          s.body,
          "});",
        );
      case "throw":
        return this.#simple(`throw ${this.#text(s.value)}`, () => [
          "throw ",
          this.#doc(s.value),
        ]);
      case "destructure": {
        const spelled = s.names.map((id) => {
          const value = s.defaults?.get(id);
          return value === undefined ? id : `${id} = ${this.#text(value)}`;
        });
        const names = builders.join([",", line], spelled);
        return this.#simple(`const { ${spelled.join(", ")} } = ${s.from}`, () =>
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

  #text(c: Code): string {
    return expressionText(c, this.#dialect);
  }
  #doc(c: Code): Doc {
    return expression(c, this.#dialect);
  }
  #fits(text: string): boolean {
    return !this.#dialect.laidOut || this.#pad.length + text.length <= width;
  }
  /** Characters of a comment on a line of its own. */
  #room(): number {
    return width - this.#pad.length - "// ".length;
  }
  #above(comment: string | undefined): string[] {
    return comment === undefined
      ? []
      : sumLines(comment, this.#room()).map((l) => `${this.#pad}// ${l}`);
  }

  #simple(short: string, doc: () => Doc, comment?: string): string[] {
    const line = `${short};`;
    const text = this.#fits(line)
      ? [this.#pad + line]
      : padded(layOut([doc(), ";"], this.#pad.length), this.#pad);
    if (comment === undefined || !this.#dialect.laidOut) return text;
    const [only] = text;
    const beside = `${only ?? ""} // ${comment}`;
    return text.length === 1 && beside.length <= width
      ? [beside]
      : [...this.#above(comment), ...text];
  }

  #assigned(
    left: string,
    op: string,
    right: Code,
    leftDoc: () => Doc,
    comment: string | undefined,
  ): string[] {
    const value = this.#text(right);
    const short = `${left} ${op} ${value}`;
    // The usual ways need no document: all on one line, or the value on the next, or one operand a line.
    const broken = this.#fits(`${short};`)
      ? undefined
      : this.#below(`${left} ${op}`, right, value);
    return broken === undefined
      ? this.#simple(
          short,
          () => assignment(leftDoc(), op, right, this.#dialect),
          comment,
        )
      : [...this.#above(comment), ...broken];
  }

  /** `left =`, and the value below it; undefined where it goes elsewhere. */
  #below(head: string, right: Code, value: string): string[] | undefined {
    if (!goesBelow(right, this.#dialect) || !this.#fits(head)) return undefined;
    const below = `  ${value};`;
    const lines = this.#fits(below)
      ? [this.#pad + below]
      : chainBelow(right, this.#dialect, this.#pad.length + 2);
    return lines === undefined ? undefined : [this.#pad + head, ...lines];
  }

  #block(open: string, body: readonly Statement[], close: string): string[] {
    return [
      this.#pad + open,
      ...statementLines(body, this.#dialect, this.#depth + 1),
      this.#pad + close,
    ];
  }

  /** @param lead `if`, or `} else if` */
  #choice(c: Choice, lead: string): string[] {
    const short = `${lead} (${this.#text(c.test)}) {`;
    // Its chain of operators breaks with the parentheses: one group.
    const test =
      c.test.kind === "binary"
        ? chain(c.test, this.#dialect, false)
        : this.#doc(c.test);
    const inside = group([indent([softline, test]), softline]);
    const head = this.#fits(short)
      ? short
      : layOut([lead, " (", inside, ") {"], this.#pad.length);
    const open = head.split("\n").join(`\n${this.#pad}`);
    const then = this.#block(open, c.then, "}");
    if (c.otherwise === undefined) return then;
    const [nested] = c.otherwise;
    const rest =
      c.otherwise.length === 1 && nested?.kind === "if"
        ? this.#choice(nested, "} else if")
        : this.#block("} else {", c.otherwise, "}");
    return [...then.slice(0, -1), ...rest];
  }
}

const commentLines = (
  c: Statement & { readonly kind: "comment" },
  most: number,
): string[] => (c.isFormula === true ? formulaLines(c.text, most) : [c.text]);

type Blocklike = Code & { readonly kind: "function" | "object" };

/** True where a value has lines of its own. */
const hasBlock = (value: Code): value is Blocklike =>
  value.kind === "function" || (value.kind === "object" && value.open);

/** A function or an object behind `lead`, with one statement or one member a line. */
function blockLines(
  lead: string,
  value: Blocklike,
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
