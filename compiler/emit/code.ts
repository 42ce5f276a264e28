/** JavaScript as data: one printer decides every parenthesis and every line break. */

export type BinaryOp =
  | "||"
  | "&&"
  | "|"
  | "&"
  | "==="
  | "!=="
  | "<"
  | "<="
  | ">"
  | ">="
  | ">>"
  | ">>>"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "**";

export type Code =
  /** In hexadecimal digits where it is a pattern of bits. */
  | { readonly kind: "number"; readonly value: number; readonly hex?: true }
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "unary"; readonly op: "-" | "!"; readonly x: Code }
  | {
      readonly kind: "binary";
      readonly op: BinaryOp;
      readonly left: Code;
      readonly right: Code;
    }
  | {
      readonly kind: "conditional";
      readonly test: Code;
      readonly then: Code;
      readonly otherwise: Code;
    }
  /** `new` where `fresh`; where `pure`, bundlers drop it with a result that nothing reads. */
  | {
      readonly kind: "call";
      readonly callee: string;
      readonly args: readonly Code[];
      readonly fresh?: boolean;
      readonly pure?: true;
    }
  /** object[at]; `as number` is spelled where `cast`, because the index is not a literal of a tuple. */
  | {
      readonly kind: "index";
      readonly object: string;
      readonly at: Code;
      readonly cast: boolean;
    }
  | { readonly kind: "array"; readonly items: readonly Code[] }
  /** `text ${code}` */
  | { readonly kind: "template"; readonly parts: readonly (string | Code)[] }
  /** x as type */
  | { readonly kind: "as"; readonly x: Code; readonly type: string }
  /** One member a line where `open`, or where they do not fit on one. */
  | {
      readonly kind: "object";
      readonly members: readonly Member[];
      readonly open: boolean;
    }
  | {
      readonly kind: "function";
      readonly params: readonly Parameter[];
      readonly result?: string;
      readonly body: readonly Statement[];
    };

/** A part of an object. */
export type Member =
  | { readonly kind: "value"; readonly key: string; readonly value: Code }
  | { readonly kind: "spread"; readonly value: Code }
  | {
      readonly kind: "method" | "get" | "set";
      readonly key: string;
      readonly params: readonly Parameter[];
      readonly body: readonly Statement[];
    };

export type AssignOp = "=" | "+=" | "-=" | "*=" | "/=";

export type Statement =
  | {
      readonly kind: "declare";
      readonly keyword: "const" | "let";
      readonly name: string;
      /** True for an array that nothing but views are taken of. */
      readonly viewed?: true;
      /** Annotation, where the initializer does not say it. */
      readonly type?: string;
      readonly value?: Code;
      readonly comment?: string | undefined;
    }
  | {
      readonly kind: "assign";
      readonly target: Code;
      readonly op: AssignOp;
      readonly value: Code;
      readonly comment?: string | undefined;
    }
  | {
      readonly kind: "run";
      readonly code: Code;
      readonly comment?: string | undefined;
    }
  | {
      readonly kind: "return";
      readonly value?: Code;
      /** Type that the value is taken for. */
      readonly as?: string;
      readonly comment?: string | undefined;
    }
  | {
      readonly kind: "for";
      readonly variable: string;
      readonly from: Code;
      readonly to: Code;
      readonly step: number;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "if";
      readonly test: Code;
      readonly then: readonly Statement[];
      readonly otherwise?: readonly Statement[];
    }
  | {
      readonly kind: "destructure";
      readonly names: readonly string[];
      /** What a name is where the object has none of it. */
      readonly defaults?: ReadonlyMap<string, Code>;
      readonly from: Code;
    }
  /** For every entry of a list, with its place where that is read. */
  | {
      readonly kind: "each";
      readonly list: string;
      readonly entry: string;
      readonly place?: string;
      readonly body: readonly Statement[];
    }
  | { readonly kind: "throw"; readonly value: Code }
  /** A formula is broken over lines, any other comment stands on one. */
  | {
      readonly kind: "comment";
      readonly text: string;
      readonly isFormula?: boolean;
    }
  | { readonly kind: "blank" };

export type Loop = Statement & { readonly kind: "for" };

export interface Parameter {
  readonly name: string;
  /** Absent where the context says it. */
  readonly type?: string;
  readonly optional?: true;
  /** What it is where nothing is given. */
  readonly value?: Code;
}

export interface FunctionCode {
  readonly name: string;
  readonly exported: boolean;
  /** Lines of the docstring. */
  readonly doc: readonly string[];
  readonly params: readonly Parameter[];
  /** Absent where the body says it. */
  readonly result?: string;
  readonly body: readonly Statement[];
}

export const num = (value: number): Code => ({ kind: "number", value });
export const name = (text: string): Code => ({ kind: "name", text });
export const binary = (op: BinaryOp, left: Code, right: Code): Code => ({
  kind: "binary",
  op,
  left,
  right,
});
export const neg = (x: Code): Code => ({ kind: "unary", op: "-", x });
export const string = (text: string): Code => ({ kind: "string", text });
export const call = (callee: string, ...args: Code[]): Code => ({
  kind: "call",
  callee,
  args,
});
/** `new` callee(...args) */
export const made = (callee: string, ...args: Code[]): Code => ({
  kind: "call",
  callee,
  args,
  fresh: true,
});
/** A call that bundlers may drop: all that it does is its result. */
export const pure = (callee: string, ...args: Code[]): Code => ({
  kind: "call",
  callee,
  args,
  pure: true,
});
/** Code that is run for what it does. */
export const run = (code: Code): Statement => ({ kind: "run", code });
export const conditional = (test: Code, then: Code, otherwise: Code): Code => ({
  kind: "conditional",
  test,
  then,
  otherwise,
});
/** object[at] where the type of the element is known: a tuple, or the target of an assignment. */
export const at = (object: string, index: Code): Code => ({
  kind: "index",
  object,
  at: index,
  cast: false,
});
/** (object[at] as number): clean with and without noUncheckedIndexedAccess. */
export const read = (object: string, index: Code): Code => ({
  kind: "index",
  object,
  at: index,
  cast: true,
});
export const declare = (
  id: string,
  value: Code,
  comment?: string,
): Statement => ({
  kind: "declare",
  keyword: "const",
  name: id,
  value,
  comment,
});
export const assign = (
  target: Code,
  op: AssignOp,
  value: Code,
  comment?: string,
): Statement => ({ kind: "assign", target, op, value, comment });
/** to += x; what an entry holds before is read, so it has the cast of what is read. */
export const update = (
  to: Code,
  op: "+" | "-" | "*" | "/",
  x: Code,
  comment?: string,
): Statement =>
  assign(
    to.kind === "index" ? { ...to, cast: true } : to,
    `${op}=`,
    x,
    comment,
  );
export const loop = (
  variable: string,
  to: Code,
  body: readonly Statement[],
  from: Code = num(0),
): Statement => ({ kind: "for", variable, from, to, step: 1, body });

/** How a term is added: a + (-b) = a - b. */
export const added = (term: Code): readonly ["+" | "-", Code] =>
  term.kind === "unary" && term.op === "-" ? ["-", term.x] : ["+", term];

/** Left to right: ((a + b) + c). */
export const joined = (op: "+" | "*", terms: readonly Code[]): Code =>
  terms.reduce((s, t) => {
    const [sign, x] = op === "+" ? added(t) : [op, t];
    return binary(sign, s, x);
  });

/** A list with its entries changed: the same list where none is, as code of large networks is not copied for nothing. */
export function mapped<T>(
  list: readonly T[],
  change: (entry: T) => T,
): readonly T[] {
  const now = list.map(change);
  return now.every((entry, i) => entry === list[i]) ? list : now;
}

/** The same statement with other statements in its blocks. */
export function withBlocks(
  s: Statement,
  of: (block: readonly Statement[]) => readonly Statement[],
): Statement {
  if (s.kind === "for") return { ...s, body: of(s.body) };
  if (s.kind !== "if") return s;
  return {
    ...s,
    then: of(s.then),
    ...(s.otherwise && { otherwise: of(s.otherwise) }),
  };
}

/** The code that code is made of, in the order in which it is written. */
export function operandsOf(c: Code): readonly Code[] {
  const operands: Code[] = [];
  withOperands(c, (operand) => {
    operands.push(operand);
    return operand;
  });
  return operands;
}

/** The same code of other operands, itself where none is another one. What it calls and refers to by name stays. */
export function withOperands(c: Code, of: (operand: Code) => Code): Code {
  switch (c.kind) {
    case "unary":
    case "as": {
      const x = of(c.x);
      return x === c.x ? c : { ...c, x };
    }
    case "binary": {
      const [left, right] = [of(c.left), of(c.right)];
      return left === c.left && right === c.right ? c : { ...c, left, right };
    }
    case "conditional":
      return {
        ...c,
        test: of(c.test),
        then: of(c.then),
        otherwise: of(c.otherwise),
      };
    case "call": {
      const args = mapped(c.args, of);
      return args === c.args ? c : { ...c, args };
    }
    case "index": {
      const at = of(c.at);
      return at === c.at ? c : { ...c, at };
    }
    case "array":
      return { ...c, items: c.items.map(of) };
    case "template":
      return {
        ...c,
        parts: c.parts.map((p) => (typeof p === "string" ? p : of(p))),
      };
    case "number":
    case "name":
    case "string":
    case "object":
    case "function":
      return c;
  }
}
