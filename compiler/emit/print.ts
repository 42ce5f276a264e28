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
): string[] => {
  const out: string[] = [];
  new Block(dialect, depth).print(body, out);
  return out;
};

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

  /** Adds the lines of `body` to `out`. */
  print(body: readonly Statement[], out: string[]): void {
    for (const s of this.#dialect.laidOut ? tidy(body) : body)
      this.#statement(s, out);
  }

  #statement(s: Statement, out: string[]): void {
    const dialect = this.#dialect;
    switch (s.kind) {
      case "blank":
        if (dialect.laidOut) out.push("");
        return;
      case "comment":
        if (dialect.laidOut)
          for (const l of commentLines(s, this.#room()))
            out.push(`${this.#pad}// ${l}`);
        return;
      case "declare": {
        const left = `${dialect.es5 ? "var" : s.keyword} ${s.name}${s.type !== undefined && dialect.types ? `: ${s.type}` : ""}`;
        const { value } = s;
        if (value === undefined) this.#simple(out, left, () => left, s.comment);
        else if (hasBlock(value))
          blockLines(out, `${left} = `, value, ";", dialect, this.#depth);
        else this.#assigned(out, left, "=", value, () => left, s.comment);
        return;
      }
      case "assign": {
        const target: Code =
          s.target.kind === "index" && s.op === "="
            ? { ...s.target, cast: false }
            : s.target;
        this.#assigned(
          out,
          expressionText(target, dialect, { in: "target" }),
          s.op,
          s.value,
          () => expression(target, dialect, { in: "target" }),
          s.comment,
        );
        return;
      }
      case "run":
        this.#simple(
          out,
          this.#text(s.code),
          () => this.#doc(s.code),
          s.comment,
        );
        return;
      case "return": {
        const { value } = s;
        if (value === undefined) {
          this.#simple(out, "return", () => "return", s.comment);
          return;
        }
        if (hasBlock(value)) {
          blockLines(out, "return ", value, ";", dialect, this.#depth);
          return;
        }
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
        this.#simple(
          out,
          `return ${this.#text(value)}${cast}`,
          () => ["return ", laidOut(), cast],
          s.comment,
        );
        return;
      }
      case "for": {
        const step =
          s.step === 1
            ? `${s.variable}++`
            : `${s.variable} += ${String(s.step)}`;
        const head = `for (${dialect.es5 ? "var" : "let"} ${s.variable} = ${expressionText(s.from, dialect)}; ${s.variable} < ${expressionText(s.to, dialect)}; ${step}) {`;
        this.#block(out, head, s.body, "}");
        return;
      }
      case "if":
        this.#choice(out, s, "if");
        return;
      case "each":
        this.#block(
          out,
          `${s.list}.forEach((${[s.entry, s.place].filter((id) => id !== undefined).join(", ")}) => {`,
          s.body,
          "});",
        );
        return;
      case "throw":
        this.#simple(out, `throw ${this.#text(s.value)}`, () => [
          "throw ",
          this.#doc(s.value),
        ]);
        return;
      case "destructure": {
        const spelled = s.names.map((id) => {
          const value = s.defaults?.get(id);
          return value === undefined ? id : `${id} = ${this.#text(value)}`;
        });
        const names = builders.join([",", line], spelled);
        this.#simple(
          out,
          `const { ${spelled.join(", ")} } = ${this.#text(s.from)}`,
          () =>
            assignment(
              [
                "const ",
                group(["{", indent([line, names]), ifBreak(","), line, "}"]),
              ],
              "=",
              s.from,
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
  #above(comment: string | undefined, out: string[]): void {
    if (comment === undefined) return;
    for (const l of sumLines(comment, this.#room()))
      out.push(`${this.#pad}// ${l}`);
  }

  #simple(
    out: string[],
    short: string,
    doc: () => Doc,
    comment?: string,
  ): void {
    const line = `${short};`;
    if (comment === undefined || !this.#dialect.laidOut) {
      if (this.#fits(line)) out.push(this.#pad + line);
      else this.#laidOut(doc, out);
      return;
    }
    const beside = `${this.#pad}${line} // ${comment}`;
    if (beside.length <= width) {
      out.push(beside);
      return;
    }
    this.#above(comment, out);
    this.#simple(out, short, doc);
  }
  #laidOut(doc: () => Doc, out: string[]): void {
    const text = layOut([doc(), ";"], this.#pad.length);
    for (const l of padded(text, this.#pad)) out.push(l);
  }

  #assigned(
    out: string[],
    left: string,
    op: string,
    right: Code,
    leftDoc: () => Doc,
    comment: string | undefined,
  ): void {
    const value = this.#text(right);
    const short = `${left} ${op} ${value}`;
    // The usual ways need no document: all on one line, or the value on the next, or one operand a line.
    const broken = this.#fits(`${short};`)
      ? undefined
      : this.#below(`${left} ${op}`, right, value);
    if (broken === undefined) {
      const doc = (): Doc => assignment(leftDoc(), op, right, this.#dialect);
      this.#simple(out, short, doc, comment);
      return;
    }
    this.#above(comment, out);
    for (const l of broken) out.push(l);
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

  #block(
    out: string[],
    open: string,
    body: readonly Statement[],
    close: string,
  ): void {
    out.push(this.#pad + open);
    new Block(this.#dialect, this.#depth + 1).print(body, out);
    out.push(this.#pad + close);
  }

  /** @param lead `if`, or `} else if` */
  #choice(out: string[], c: Choice, lead: string): void {
    const short = `${lead} (${this.#text(c.test)}) {`;
    // Its chain of operators breaks with the parentheses: one group.
    const inside = (): Doc => {
      const test =
        c.test.kind === "binary"
          ? chain(c.test, this.#dialect, false)
          : this.#doc(c.test);
      return group([indent([softline, test]), softline]);
    };
    const head = this.#fits(short)
      ? short
      : layOut([lead, " (", inside(), ") {"], this.#pad.length);
    this.#block(out, head.split("\n").join(`\n${this.#pad}`), c.then, "}");
    if (c.otherwise === undefined) return;
    // What follows stands on the line of the brace.
    out.pop();
    const [nested] = c.otherwise;
    if (c.otherwise.length === 1 && nested?.kind === "if")
      this.#choice(out, nested, "} else if");
    else this.#block(out, "} else {", c.otherwise, "}");
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
  out: string[],
  lead: string,
  value: Blocklike,
  close: string,
  dialect: Dialect,
  depth: number,
): void {
  const pad = dialect.laidOut ? "  ".repeat(depth) : "";
  if (value.kind === "object") {
    out.push(`${pad}${lead}{`);
    for (const m of value.members) memberLines(out, m, dialect, depth + 1);
  } else {
    const [open, end] = dialect.es5 ? ["function ", " {"] : ["", " => {"];
    out.push(...headLines(`${lead}${open}`, value, end, dialect, depth));
    new Block(dialect, depth + 1).print(value.body, out);
  }
  out.push(`${pad}}${close}`);
}

function memberLines(
  out: string[],
  m: Member,
  dialect: Dialect,
  depth: number,
): void {
  const pad = dialect.laidOut ? "  ".repeat(depth) : "";
  if (m.kind === "spread" || m.kind === "value") {
    if (m.kind === "value" && hasBlock(m.value)) {
      blockLines(out, `${m.key}: `, m.value, ",", dialect, depth);
      return;
    }
    const value = expressionText(m.value, dialect);
    const short = m.kind === "spread" ? `...${value},` : `${m.key}: ${value},`;
    if (pad.length + short.length <= width || !dialect.laidOut)
      out.push(pad + short);
    else
      out.push(...padded(layOut([property(m, dialect), ","], pad.length), pad));
    return;
  }
  const lead =
    m.kind !== "method"
      ? `${m.kind} ${m.key}`
      : dialect.es5
        ? `${m.key}: function `
        : m.key;
  out.push(...headLines(lead, m, " {", dialect, depth));
  new Block(dialect, depth + 1).print(m.body, out);
  out.push(`${pad}},`);
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
  const out: string[] = [];
  if (dialect.laidOut) for (const l of docLines(f.doc)) out.push(pad + l);
  out.push(...headLines(lead, f, " {", dialect, depth));
  const before = out.length;
  new Block(dialect, depth + 1).print(f.body, out);
  if (out.length === before) out.push(`${pad}  // Nothing to do.`);
  out.push(`${pad}}`);
  return out.join("\n");
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
