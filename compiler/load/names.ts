/**
 * Names for the calls of a model, read from its text: `const hidden =
 * linear(x, 2)` makes a layer called `hidden`. Parsed without a program, so
 * it costs what parsing costs.
 */
import { ts } from "ts-morph";
import { callee, isArgument, valueParent } from "./expressions.js";

export type NameKind =
  "const" | "property" | "element" | "destructured" | "callee";

/** What a call's result is called. */
export interface CallName {
  /** Parts joined by dots: `net.a`, `layers.0`. Any text, never validated. */
  readonly name: string;
  readonly kind: NameKind;
  /** What is called: `linear` of `nn.linear(x)`, "" where it has no name. */
  readonly callee: string;
  /** True where the enclosing function returns it: its caller names it too. */
  readonly returned: boolean;
  /** `const [q, { k }] = f(x)` gives q the key `0` and k the key `1.k`. */
  readonly elements: readonly { readonly key: string; readonly name: string }[];
}

export interface NameTable {
  /** The call that a stack trace reports at a 1-based line and column. */
  lookup(line: number, column: number): CallName | undefined;
}

type Call = ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression;

/** Where a value goes: to a path of names, or into a pattern. */
type Spot =
  | {
      readonly to: "path";
      readonly parts: readonly string[];
      readonly kind: NameKind;
      /** The path is only what an argument is for: `outputs` of `model({})`. */
      readonly role: boolean;
    }
  | { readonly to: "pattern"; readonly pattern: ts.BindingPattern };

/** Reads the names of all calls of `text`, which stands in the file `path`. */
export function readNames(path: string, text: string): NameTable {
  const source = ts.createSourceFile(
    path,
    text,
    ts.ScriptTarget.ESNext,
    true,
    path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const calls: Call[] = [];
  const visit = (node: ts.Node): void => {
    if (isCall(node)) calls.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  const byPosition = new Map(
    calls.map((call) => [reported(call, source), call]),
  );
  const starts = source.getLineStarts();
  return {
    lookup(line, column) {
      const start = starts[line - 1];
      if (start === undefined) return undefined;
      const position = start + column - 1;
      const call = byPosition.get(position) ?? nearest(calls, position, source);
      return call === undefined ? undefined : nameOf(call);
    },
  };
}

function isCall(node: ts.Node): node is Call {
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isTaggedTemplateExpression(node)
  );
}

function head(call: Call): ts.Expression {
  return ts.isTaggedTemplateExpression(call) ? call.tag : call.expression;
}

/** Where V8 says that a call is: `f` of `f(x)`, `b` of `a.b(x)`. */
function reported(call: Call, source: ts.SourceFile): number {
  const called = head(call);
  if (ts.isNewExpression(call)) return call.getStart(source);
  return ts.isPropertyAccessExpression(called)
    ? called.name.getStart(source)
    : called.getStart(source);
}

/**
 * The innermost call whose called part covers a position, for the calls that
 * V8 reports elsewhere: `]` of `layers[0](x)`, `)` of `dense(4, 2)(x)`.
 */
function nearest(
  calls: readonly Call[],
  position: number,
  source: ts.SourceFile,
): Call | undefined {
  let best: Call | undefined;
  for (const call of calls) {
    const end = head(call).getEnd();
    const covers = call.getStart(source) <= position && position < end;
    if (covers && (best === undefined || end <= head(best).getEnd()))
      best = call;
  }
  return best;
}

function nameOf(call: Call): CallName {
  const called = callee(head(call));
  const spot = named(spotOf(call));
  const common = { callee: called, returned: isReturned(call) };
  if (spot === undefined)
    return { ...common, name: called, kind: "callee", elements: [] };
  if (spot.to === "path")
    return {
      ...common,
      name: spot.parts.join("."),
      kind: spot.kind,
      elements: [],
    };
  const elements = elementsOf(spot.pattern, "");
  const only = elements.length === 1 ? elements[0] : undefined;
  return {
    ...common,
    name: only?.name ?? called,
    kind: "destructured",
    elements,
  };
}

/** `loss` of `model({ loss: mse(x, y) })` is a role, not a name. */
function named(spot: Spot | undefined): Spot | undefined {
  return spot?.to === "path" && spot.role ? undefined : spot;
}

/** Where the value of `node` goes, as far as the text says it. */
function spotOf(node: ts.Expression): Spot | undefined {
  const parent = valueParent(node);
  if (parent !== undefined) return spotOf(parent);
  return declared(node) ?? contained(node);
}

/** `const x = node`, `x = node`, `{ x = node }`, `class { x = node }`. */
function declared(node: ts.Expression): Spot | undefined {
  const { parent } = node;
  if (
    ts.isVariableDeclaration(parent) ||
    ts.isBindingElement(parent) ||
    ts.isParameter(parent)
  )
    return binding(parent.name, "const");
  if (ts.isPropertyDeclaration(parent)) {
    const key = keyOf(parent.name);
    return key === undefined ? undefined : path([key], "property");
  }
  if (ts.isBinaryExpression(parent) && assigns(parent, node)) {
    const parts = assigned(parent.left);
    if (parts === undefined) return undefined;
    return path(parts, ts.isIdentifier(parent.left) ? "const" : "property");
  }
  return undefined;
}

/** `{ x: node }` and `[node]`, below the name of the object or the array. */
function contained(node: ts.Expression): Spot | undefined {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) {
    const key = keyOf(parent.name);
    if (key === undefined) return undefined;
    const object = parent.parent;
    if (isArgument(object))
      return { to: "path", parts: [key], kind: "property", role: true };
    return below(spotOf(object), key, "property") ?? path([key], "property");
  }
  if (ts.isArrayLiteralExpression(parent)) {
    const index = parent.elements.indexOf(node);
    if (parent.elements.slice(0, index).some(ts.isSpreadElement))
      return undefined;
    const array = isArgument(parent) ? parent.parent : parent;
    return below(spotOf(array), String(index), "element");
  }
  return undefined;
}

/** The spot of entry `key` of what goes to `spot`. */
function below(
  spot: Spot | undefined,
  key: string,
  kind: NameKind,
): Spot | undefined {
  if (spot === undefined) return undefined;
  if (spot.to === "path") {
    const named = spot.role && kind === "property" ? [] : spot.parts;
    return path([...named, key], kind);
  }
  const entry = spot.pattern.elements.find(
    (element, index) => keyIn(element, index) === key,
  );
  if (entry === undefined || ts.isOmittedExpression(entry)) return undefined;
  return binding(entry.name, "destructured");
}

function path(parts: readonly string[], kind: NameKind): Spot {
  return { to: "path", parts, kind, role: false };
}

function binding(name: ts.BindingName, kind: NameKind): Spot {
  return ts.isIdentifier(name)
    ? path([name.text], kind)
    : { to: "pattern", pattern: name };
}

/** All names of a pattern with the keys that lead to them. */
function elementsOf(
  pattern: ts.BindingPattern,
  prefix: string,
): { key: string; name: string }[] {
  return pattern.elements.flatMap((element, index) => {
    const last = keyIn(element, index);
    if (ts.isOmittedExpression(element) || last === undefined) return [];
    const key = prefix === "" ? last : `${prefix}.${last}`;
    return ts.isIdentifier(element.name)
      ? [{ key, name: element.name.text }]
      : elementsOf(element.name, key);
  });
}

/** The key that an entry of a pattern reads; undefined for `...rest`. */
function keyIn(
  element: ts.ArrayBindingElement,
  index: number,
): string | undefined {
  if (ts.isOmittedExpression(element)) return String(index);
  if (element.dotDotDotToken !== undefined) return undefined;
  if (ts.isArrayBindingPattern(element.parent)) return String(index);
  if (element.propertyName !== undefined) return keyOf(element.propertyName);
  return ts.isIdentifier(element.name) ? element.name.text : undefined;
}

/** The text of a key, where the text of the model decides it. */
function keyOf(name: ts.PropertyName): string | undefined {
  if (!ts.isComputedPropertyName(name)) return name.text;
  return ts.isStringLiteralLike(name.expression)
    ? name.expression.text
    : undefined;
}

const assignments: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.AmpersandAmpersandEqualsToken,
]);

function assigns(operation: ts.BinaryExpression, node: ts.Expression): boolean {
  return (
    operation.right === node && assignments.has(operation.operatorToken.kind)
  );
}

/** The path that an assignment writes: `net.a` of `net.a = f(x)`. */
function assigned(target: ts.Expression): string[] | undefined {
  if (ts.isIdentifier(target)) return [target.text];
  if (ts.isPropertyAccessExpression(target)) {
    if (target.expression.kind === ts.SyntaxKind.ThisKeyword)
      return [target.name.text];
    const object = assigned(target.expression);
    return object === undefined ? undefined : [...object, target.name.text];
  }
  if (
    ts.isElementAccessExpression(target) &&
    (ts.isStringLiteralLike(target.argumentExpression) ||
      ts.isNumericLiteral(target.argumentExpression))
  ) {
    const object = assigned(target.expression);
    const key = target.argumentExpression.text;
    return object === undefined ? undefined : [...object, key];
  }
  return undefined;
}

/** Whether a value, or the literal that holds it, is what a function returns. */
function isReturned(node: ts.Expression): boolean {
  const parent = valueParent(node);
  if (parent !== undefined) return isReturned(parent);
  const outer = node.parent;
  if (ts.isReturnStatement(outer)) return true;
  if (ts.isArrowFunction(outer)) return outer.body === node;
  if (ts.isPropertyAssignment(outer)) return isReturned(outer.parent);
  return ts.isArrayLiteralExpression(outer) && isReturned(outer);
}
