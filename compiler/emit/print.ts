import { builders, printer } from "prettier/doc";
import type { Doc } from "prettier";
import { brokenChain } from "./chains.js";
import type { Code, FunctionCode, Statement } from "./code.js";
import {
  expressionText,
  javascript,
  numberText,
  script,
  spoken,
  typescript,
  type Dialect,
} from "./oneLine.js";
import { alone, flattens, needsParentheses, type Role } from "./parentheses.js";

export {
  expressionText,
  javascript,
  numberText,
  script,
  typescript,
  type Dialect,
};

const {
  group,
  indent,
  line,
  softline,
  ifBreak,
  lineSuffixBoundary,
  indentIfBreak,
  align,
} = builders;
const width = 80;

export function expression(
  code: Code,
  dialect: Dialect,
  role: Role = alone,
): Doc {
  const doc = bare(code, dialect, role);
  if (!needsParentheses(spoken(code, dialect), role)) return doc;
  return role.in === "unary" && code.kind === "binary"
    ? ["(", group([indent([softline, doc]), softline]), ")"]
    : ["(", doc, ")"];
}
function bare(code: Code, dialect: Dialect, role: Role): Doc {
  const of = (c: Code, role: Role = alone): Doc => expression(c, dialect, role);
  switch (code.kind) {
    case "number":
      return numberText(code.value);
    case "name":
      return code.text;
    case "string":
      return JSON.stringify(code.text);
    case "unary":
      return [code.op, of(code.x, { in: "unary" })];
    case "binary": {
      const inBinary = role.in === "left" || role.in === "right";
      const [first, ...rest] = chain(code, dialect, inBinary);
      if (role.in === "unary") return [first as Doc, ...rest];
      return group([first as Doc, indent(rest)]);
    }
    case "conditional": {
      // A chain of choices breaks as a whole.
      const inner = code.then.kind === "conditional";
      const branch = (c: Code): Doc =>
        c.kind === "conditional"
          ? of(c, { in: "branch" })
          : align(
              2,
              // Only below return and in calls is a chain of operators set in.
              c.kind === "binary" && role.in !== "argument"
                ? unindented(c, dialect)
                : of(c, { in: "branch" }),
            );
      const test =
        code.test.kind === "binary" && role.in !== "argument"
          ? unindented(code.test, dialect)
          : of(code.test, { in: "test" });
      const doc = [
        role.in === "branch" ? align(2, test) : test,
        indent([
          line,
          "? ",
          inner ? ifBreak("", "(") : "",
          branch(code.then),
          inner ? ifBreak("", ")") : "",
          line,
          ": ",
          branch(code.otherwise),
        ]),
      ];
      return role.in === "branch" ? doc : group(doc);
    }
    case "call":
      return [
        code.fresh === true ? "new " : "",
        code.callee,
        list(
          "(",
          code.args.map((a) => of(a, { in: "argument" })),
          ")",
        ),
      ];
    case "index": {
      const at = of(code.at);
      const inside =
        code.at.kind === "number"
          ? at
          : group([indent([softline, at]), softline]);
      return [
        code.object,
        "[",
        inside,
        code.cast && dialect.types ? "] as number" : "]",
      ];
    }
    case "array":
      return code.items.length > 1 &&
        code.items.every((i) => i.kind === "number")
        ? numberList(code.items.map((i) => of(i)))
        : list(
            "[",
            code.items.map((i) => of(i)),
            "]",
          );
  }
}

/** As many numbers a line as fit. */
const numberList = (items: readonly Doc[]): Doc => {
  const last = items.length - 1;
  const parts = items.flatMap((item, i): Doc[] =>
    i === last ? [item] : [[item, ","], line],
  );
  return group([
    "[",
    indent([softline, builders.fill(parts)]),
    ifBreak(","),
    softline,
    "]",
  ]);
};

const list = (open: string, items: readonly Doc[], close: string): Doc =>
  items.length === 0
    ? `${open}${close}`
    : group([
        open,
        indent([softline, builders.join([",", line], [...items])]),
        ifBreak(","),
        softline,
        close,
      ]);

/** Operands of a chain of operators that prettier breaks together. */
function chain(
  code: Code & { readonly kind: "binary" },
  dialect: Dialect,
  nested: boolean,
): Doc[] {
  const { op, left, right } = code;
  const flat = left.kind === "binary" && flattens(op, left.op);
  const head = flat
    ? chain(left, dialect, true)
    : [expression(left, dialect, { in: "left", op })];
  const tail: Doc = [op, line, expression(right, dialect, { in: "right", op })];
  const simple = !nested && left.kind !== "binary" && right.kind !== "binary";
  return [...head, " ", simple ? group(tail) : tail];
}

/** A binary chain whose lines align with its start: after `=`, `return` and in conditions. */
function unindented(code: Code, dialect: Dialect): Doc {
  return code.kind === "binary"
    ? group(chain(code, dialect, false))
    : expression(code, dialect);
}

/** True where a value that does not fit beside its target goes below it as a whole. */
const goesBelow = (right: Code, dialect: Dialect): boolean =>
  right.kind === "binary" ||
  (right.kind === "index" && !(right.cast && dialect.types)) ||
  (right.kind === "conditional" && right.test.kind === "binary");

/** Lines of a chain of operators that does not fit on one. */
function chainBelow(
  code: Code,
  dialect: Dialect,
  indentation: number,
): string[] | undefined {
  if (code.kind !== "binary") return undefined;
  const space = { width, indentation, column: indentation, after: ";" };
  const lines = brokenChain(code, dialect, space, indentation);
  const [first, ...rest] = lines ?? [];
  return first === undefined
    ? undefined
    : [" ".repeat(indentation) + first, ...rest];
}

/** prettier's layouts of `left = right`. */
function assignment(left: Doc, op: string, right: Code, dialect: Dialect): Doc {
  const value = unindented(right, dialect);
  const head = [group(left), ` ${op}`];
  if (right.kind === "number" || right.kind === "array")
    return group([...head, " ", value]);
  if (goesBelow(right, dialect))
    return group([...head, group(indent([line, value]))]);
  const id = Symbol("assignment");
  return group([
    ...head,
    group(indent(line), { id }),
    lineSuffixBoundary,
    indentIfBreak(value, { groupId: id }),
  ]);
}

const options = (
  printWidth: number,
): Parameters<typeof printer.printDocToString>[1] => ({
  printWidth,
  tabWidth: 2,
});

/** A document laid out in the width that is left. */
const layOut = (doc: Doc, indentation: number): string =>
  printer.printDocToString(doc, options(width - indentation)).formatted;

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
      : [`${pad}// ${comment}`, ...text];
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
    return [
      ...(comment === undefined ? [] : [`${pad}// ${comment}`]),
      pad + head,
      ...broken,
    ];
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
      return dialect.laidOut ? [`${pad}// ${s.text}`] : [];
    case "declare": {
      const left = `${s.keyword} ${s.name}${s.type !== undefined && dialect.types ? `: ${s.type}` : ""}`;
      const { value } = s;
      if (value === undefined) return simple(left, () => left, s.comment);
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
      const head = `for (let ${s.variable} = ${expressionText(s.from, dialect)}; ${s.variable} < ${expressionText(s.to, dialect)}; ${step}) {`;
      return block(head, s.body, "}");
    }
    case "if":
      return choice(s, "if");
    case "destructure": {
      const names = builders.join([",", line], [...s.names]);
      return simple(`const { ${s.names.join(", ")} } = ${s.from}`, () =>
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

/** A function with its docstring. */
export function functionText(f: FunctionCode, dialect: Dialect): string {
  const params = f.params.map((p) =>
    dialect.types ? `${p.name}: ${p.type}` : p.name,
  );
  const lead = `${f.exported ? "export " : ""}function ${f.name}`;
  const result = dialect.types ? `: ${f.result}` : "";
  const short = `${lead}(${params.join(", ")})${result} {`;
  const head =
    short.length <= width || !dialect.laidOut
      ? short
      : layOut([lead, group([list("(", params, ")"), result]), " {"], 0);
  const body = statementLines(f.body, dialect, 1);
  return [
    ...(dialect.laidOut ? docLines(f.doc) : []),
    head,
    ...(body.length === 0 ? ["  // Nothing to do."] : body),
    "}",
  ].join("\n");
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

/** One line where it fits, else a block. */
export function docLines(doc: readonly string[]): string[] {
  if (doc.length === 0) return [];
  const [only] = doc;
  const short = `/** ${only ?? ""} */`;
  if (doc.length === 1 && short.length <= width) return [short];
  return ["/**", ...doc.map((l) => (l === "" ? " *" : ` * ${l}`)), " */"];
}

/** Words of `text`, at most `width` characters a line. */
export function wrapText(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
