/** The call signatures of exported functions, wherever their types stand. */
import {
  SyntaxKind,
  type ParameterDeclaration,
  type TypeNode,
  type TypeParameterDeclaration,
} from "ts-morph";
import type { Entry, Syntax } from "./surface.js";

/** A function's own parameters and result, with what its type parameters stand for. */
export interface Callable {
  readonly parameters: readonly ParameterDeclaration[];
  readonly result: TypeNode | undefined;
  readonly typeParameters: readonly TypeParameterDeclaration[];
  /** What an alias was given: `Activation<GeluOptions>` has Options = GeluOptions. */
  readonly given: ReadonlyMap<string, string>;
}

/** The call signatures of an exported function, also where its type is an alias such as `Unary`. */
export function callablesOf(entry: Entry): Callable[] {
  return entry.declarations.map((declaration) => {
    const written = declaration.asKind(SyntaxKind.FunctionDeclaration);
    if (written !== undefined) return callable(written, new Map());
    const variable = declaration.asKind(SyntaxKind.VariableDeclaration);
    const type = variable?.getTypeNode();
    if (type !== undefined) return ofType(type);
    const arrow = variable?.getInitializer()?.asKind(SyntaxKind.ArrowFunction);
    if (arrow !== undefined) return callable(arrow, new Map());
    throw new Error(`${entry.name} has neither a type nor parameters`);
  });
}

interface Declares {
  getParameters(): ParameterDeclaration[];
  getReturnTypeNode(): TypeNode | undefined;
  getTypeParameters(): TypeParameterDeclaration[];
}
/** Something with parameters, as a signature. */
export const callable = (
  declared: Declares,
  given: ReadonlyMap<string, string>,
): Callable => ({
  parameters: declared.getParameters(),
  result: declared.getReturnTypeNode(),
  typeParameters: declared.getTypeParameters(),
  given,
});

/** The function type that an alias names. */
function ofType(
  type: Syntax,
  given: ReadonlyMap<string, string> = new Map(),
): Callable {
  const written = type.asKind(SyntaxKind.FunctionType);
  if (written !== undefined) return callable(written, given);
  const alias = declarationOf(type)?.asKind(SyntaxKind.TypeAliasDeclaration);
  if (alias === undefined)
    throw new Error(`${type.getText()} is no function type`);
  const args = argumentsOf(type).map((a) => a.getText());
  return ofType(
    alias.getTypeNodeOrThrow(),
    new Map(
      alias
        .getTypeParameters()
        .map((p, i) => [
          p.getName(),
          args[i] ?? p.getDefault()?.getText() ?? p.getName(),
        ]),
    ),
  );
}

/** Where the name of a type reference is declared. */
export function declarationOf(type: Syntax): Syntax | undefined {
  const name = type.asKind(SyntaxKind.TypeReference)?.getTypeName();
  return name === undefined ? undefined : declarationNamed(name);
}

/** Where a name is declared. */
export function declarationNamed(name: Syntax): Syntax | undefined {
  const symbol = name.getSymbol();
  return (symbol?.getAliasedSymbol() ?? symbol)?.getDeclarations()[0];
}

/** The types between the angle brackets of a reference. */
export const argumentsOf = (type: Syntax): readonly TypeNode[] =>
  type.asKind(SyntaxKind.TypeReference)?.getTypeArguments() ?? [];

/** `Guard<T, Error>`, `Declared<T>` and `Positive<T, ...>` are T to a user who makes no mistake. */
export function unguarded(type: Syntax): Syntax {
  const [first] = argumentsOf(type);
  return /^(?:Guard|Declared|Positive)</.test(type.getText()) &&
    first !== undefined
    ? unguarded(first)
    : type;
}
