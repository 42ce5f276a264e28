/** What the code of a function reaches inside of the language: its defaults, the domains of its options, its errors. */
import { SyntaxKind, type SourceFile } from "ts-morph";
import type { Entry, Syntax } from "./surface.js";

/** Below these nothing is checked for a user: graphs are built, names are given. */
const foundations =
  /dsl\/(?:primitives|math)\/|dsl\/(?:context|naming|graph|shape\/messages)\.ts$/;

/** Facts that are read off a function's code. */
export interface Facts {
  /** Defaults in patterns and parameters by name, nearest first: `{ eps = 1e-5 }`. */
  readonly defaults: ReadonlyMap<string, string>;
  /** Kinds of numbers by option: `checkSetting("adam", "eps", eps, "nonnegative")`. */
  readonly kinds: ReadonlyMap<string, string>;
  /** Keys of messages and codes of errors. */
  readonly errors: ReadonlySet<string>;
}

/** Reads facts of functions; each declaration is read once. */
export function factReader(index: SourceFile): (entry: Entry) => Facts {
  const folder = index.getDirectory().getPath();
  const uses = new Map<Syntax, readonly Syntax[]>();
  const usesOf = (declaration: Syntax): readonly Syntax[] => {
    const known = uses.get(declaration);
    if (known !== undefined) return known;
    const found = declaration
      .getDescendantsOfKind(SyntaxKind.Identifier)
      .flatMap((identifier) => definitionsOf(identifier))
      .filter((d) => {
        const path = d.getSourceFile().getFilePath();
        return path.startsWith(folder) && !foundations.test(path);
      });
    uses.set(declaration, found);
    return found;
  };
  return (entry) => {
    const reached = new Set(bodiesOf(entry));
    for (const declaration of reached)
      for (const next of usesOf(declaration)) reached.add(next);
    return factsOf(reached);
  };
}

/** Declarations of an entry with the implementation of its overloads. */
const bodiesOf = (entry: Entry): readonly Syntax[] =>
  entry.declarations.flatMap((d) => {
    const body = d.asKind(SyntaxKind.FunctionDeclaration)?.getImplementation();
    return body === undefined ? [d] : [d, body];
  });

/** Functions, constants and types at the top of a file that an identifier refers to. */
function definitionsOf(identifier: Syntax): readonly Syntax[] {
  const symbol = identifier.getSymbol();
  const declared: readonly Syntax[] =
    (symbol?.getAliasedSymbol() ?? symbol)?.getDeclarations() ?? [];
  return declared.filter(
    (d) =>
      d.asKind(SyntaxKind.FunctionDeclaration) !== undefined ||
      d.asKind(SyntaxKind.TypeAliasDeclaration) !== undefined ||
      d
        .asKind(SyntaxKind.VariableDeclaration)
        ?.getVariableStatement()
        ?.getParentIfKind(SyntaxKind.SourceFile) !== undefined,
  );
}

function factsOf(reached: ReadonlySet<Syntax>): Facts {
  const defaults = new Map<string, string>();
  const kinds = new Map<string, string>();
  const errors = new Set<string>();
  const first = (map: Map<string, string>, key: string, text: string): void => {
    if (!map.has(key)) map.set(key, text);
  };
  for (const declaration of reached) {
    for (const element of declaration.getDescendantsOfKind(
      SyntaxKind.BindingElement,
    )) {
      const text = element.getInitializer()?.getText();
      const name =
        element.getPropertyNameNode()?.getText() ?? element.getName();
      if (text !== undefined) first(defaults, name, text);
    }
    const text = declaration.getText();
    for (const [, name = "", kind = ""] of text.matchAll(setting))
      first(kinds, name, kind);
    for (const [code, key = code] of text.matchAll(thrown)) errors.add(key);
  }
  return { defaults, kinds, errors };
}

/** checkSetting("adam", "eps", eps, "nonnegative") */
const setting = /checkSetting\(\s*[^,]+,\s*"(\w+)",[^"]*?,\s*"(\w+)",?\s*\)/g;
/** A code, or the key of a message that a type or a rule of shapes names. */
const thrown =
  /(?:Message<|failShape\(|shapeError\()\s*"(\w+)"|(?<=")GC\d{4}(?=")/g;
