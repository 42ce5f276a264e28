/** Small questions about expressions of a model's text. */
import { ts } from "ts-morph";

/**
 * The expression around `node` that has the same value or the same call chain:
 * parentheses, `as`, `await`, a branch of `? :`, the called part of a call.
 */
export function valueParent(node: ts.Expression): ts.Expression | undefined {
  const { parent } = node;
  if (
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    ts.isTypeAssertionExpression(parent) ||
    ts.isAwaitExpression(parent)
  )
    return parent;
  if (ts.isConditionalExpression(parent))
    return parent.condition === node ? undefined : parent;
  if (ts.isBinaryExpression(parent))
    return passes(parent, node) ? parent : undefined;
  // dense(64, 32)(x): the layer is called what its result is called.
  if (ts.isCallExpression(parent) && parent.expression === node) return parent;
  return undefined;
}

/** Whether the value of an operand can be the value of the operation. */
function passes(operation: ts.BinaryExpression, node: ts.Expression): boolean {
  switch (operation.operatorToken.kind) {
    case ts.SyntaxKind.QuestionQuestionToken:
    case ts.SyntaxKind.BarBarToken:
      return true;
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.CommaToken:
      return operation.right === node;
    default:
      return false;
  }
}

/** Whether `node` is an argument of a call. */
export function isArgument(
  node: ts.Expression,
): node is ts.Expression & { readonly parent: ts.CallExpression } {
  return ts.isCallExpression(node.parent) && node.parent.expression !== node;
}

/** What is called, by its last name: `linear` of `nn.linear`. */
export function callee(called: ts.Expression): string {
  if (ts.isIdentifier(called)) return called.text;
  if (ts.isPropertyAccessExpression(called)) return called.name.text;
  if (ts.isElementAccessExpression(called))
    return ts.isStringLiteralLike(called.argumentExpression)
      ? called.argumentExpression.text
      : callee(called.expression);
  if (
    ts.isParenthesizedExpression(called) ||
    ts.isNonNullExpression(called) ||
    ts.isAsExpression(called) ||
    ts.isCallExpression(called)
  )
    return callee(called.expression);
  return "";
}
