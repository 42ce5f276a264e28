/** Names inside of signatures that a reader may not know: shape types, and members of what a function returns. */
import { SyntaxKind, type PropertySignature, type SourceFile } from "ts-morph";
import {
  callable,
  callablesOf,
  declarationNamed,
  declarationOf,
} from "./callable.js";
import { resultArguments, signatureText } from "./signature.js";
import { told, type Entry, type Syntax } from "./surface.js";

/** Type aliases of dsl/ that the signatures name, with the sentence of each. */
export function shapesNamed(
  index: SourceFile,
  signatures: readonly string[],
): (readonly [string, string])[] {
  const named = new Set(
    signatures.flatMap((text) =>
      [...text.matchAll(/\b([A-Z][A-Za-z]+)<([^(){}]*)>/g)].map(
        ([, name = ""]) => name,
      ),
    ),
  );
  const nested = new Set(
    signatures.flatMap((text) => text.match(/\b[A-Z][A-Za-z]+(?=<)/g) ?? []),
  );
  const all = new Set([...named, ...nested]);
  const found = new Map<string, string>();
  for (const file of index.getProject().getSourceFiles())
    for (const alias of file.getTypeAliases()) {
      const name = alias.getName();
      if (!all.has(name) || !alias.isExported() || found.has(name)) continue;
      const [text = ""] = told(alias).split(/(?<=\.) /);
      const letters = alias.getTypeParameters().map((p) => p.getName());
      if (text !== "") found.set(name, `${letters.join(", ")}\n${text}`);
    }
  return [...found]
    .map(([name, told]): readonly [string, string] => {
      const [letters = "", ...text] = told.split("\n");
      return [`${name}<${letters}>`, text.join("\n")];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What a callable layer has: its call and its properties. */
export function membersOf(entry: Entry): (readonly [string, string])[] {
  const [first] = callablesOf(entry);
  if (first?.result === undefined) return [];
  const declared = declarationOf(first.result);
  const layer = declared?.asKind(SyntaxKind.InterfaceDeclaration);
  const alias = declared?.asKind(SyntaxKind.TypeAliasDeclaration);
  const written = alias?.getTypeNode()?.asKind(SyntaxKind.FunctionType);
  const calls = layer?.getCallSignatures() ?? [];
  const own = resultArguments(first);
  const letters = (layer ?? alias)?.getTypeParameters() ?? [];
  const given = new Map(
    letters.map((p, i) => [p.getName(), own[i] ?? p.getName()]),
  );
  const called = [...calls, ...(written === undefined ? [] : [written])];
  if (layer === undefined && written === undefined) return [];
  return [
    ...called.map((call) => {
      const text = signatureText("layer", callable(call, given));
      return [text, told(layer ?? alias ?? call)] as const;
    }),
    ...(calls.length === 0 ? [] : membersIn(layer)).map(
      (p) => [`layer.${p.getName()}`, told(p)] as const,
    ),
  ];
}

/** Properties of an interface and of what it extends. */
export function membersIn(of: Syntax | undefined): PropertySignature[] {
  const declared = of?.asKind(SyntaxKind.InterfaceDeclaration);
  const bases = (declared?.getExtends() ?? []).flatMap((base) =>
    membersIn(declarationNamed(base.getExpression())),
  );
  return [...(declared?.getProperties() ?? []), ...bases];
}
