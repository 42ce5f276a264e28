/** What a model can import, with its docstrings: the records that the reference is made of. */
import { relative } from "node:path";
import {
  Project,
  SyntaxKind,
  type JSDoc,
  type Node,
  type SourceFile,
} from "ts-morph";
import { root } from "../../cliHarness.js";

/** What is read of a node of the syntax, whatever it is. */
export type Syntax = Pick<
  Node,
  "asKind" | "getDescendantsOfKind" | "getSourceFile" | "getSymbol" | "getText"
>;

/** A docstring in parts. */
export interface Doc {
  /** What it is, without PyTorch's name. */
  readonly text: string;
  /** "torch.add", "none", or undefined where the docstring does not say. */
  readonly pytorch: string | undefined;
  readonly throws: readonly string[];
  readonly examples: readonly string[];
}

/** One exported name. */
export interface Entry {
  readonly name: string;
  /** Where it is declared: "dsl/ops/reduce.ts". */
  readonly file: string;
  readonly kind: "function" | "class" | "type";
  /** Its declarations, overloads first; the implementation of overloads is not among them. */
  readonly declarations: readonly Syntax[];
  readonly doc: Doc;
}

/** The sources of the language. */
export function readLanguage(): SourceFile {
  const project = new Project({
    tsConfigFilePath: `${root}/tsconfig.json`,
    skipAddingFilesFromTsConfig: true,
  });
  const index = project.addSourceFileAtPath(`${root}/dsl/index.ts`);
  project.resolveSourceFileDependencies();
  return index;
}

/** Every export of dsl/index.ts, in the order of the text. */
export function entriesOf(index: SourceFile): Entry[] {
  return [...index.getExportedDeclarations()].map(([name, declared]) => {
    const declarations = withoutImplementation(declared);
    const [first] = declarations;
    if (first === undefined) throw new Error(`${name} is declared nowhere`);
    return {
      name,
      file: relative(root, first.getSourceFile().getFilePath()),
      kind: kindOf(first),
      declarations,
      doc: parsed(docsOf(declarations)),
    };
  });
}

const withoutImplementation = (
  declared: readonly Syntax[],
): readonly Syntax[] =>
  declared.filter((d) => {
    const f = d.asKind(SyntaxKind.FunctionDeclaration);
    return f?.isImplementation() !== true || f.getOverloads().length === 0;
  });

function kindOf(declaration: Syntax): Entry["kind"] {
  const is = (kind: SyntaxKind): boolean =>
    declaration.asKind(kind) !== undefined;
  if (is(SyntaxKind.FunctionDeclaration) || is(SyntaxKind.VariableDeclaration))
    return "function";
  return is(SyntaxKind.ClassDeclaration) ? "class" : "type";
}

const documented = [
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.PropertySignature,
  SyntaxKind.CallSignature,
] as const;

/** The docstring of a declaration, or of the first of several that has one. */
export function docsOf(declarations: readonly Syntax[]): JSDoc | undefined {
  for (const declaration of declarations) {
    const owners = [
      declaration
        .asKind(SyntaxKind.VariableDeclaration)
        ?.getVariableStatement(),
      ...documented.map((kind) => declaration.asKind(kind)),
    ];
    for (const owner of owners) {
      const doc = owner?.getJsDocs().at(-1);
      if (doc !== undefined) return doc;
    }
  }
  return undefined;
}

/** The prose of a declaration's docstring. */
export const told = (declaration: Syntax): string =>
  proseOf(docsOf([declaration])?.getDescription() ?? "");

/** A docstring's prose, with single line breaks undone and paragraphs kept. */
export const proseOf = (text: string): string =>
  text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, " "))
    .join("\n\n");

const pytorchOf = /\s*PyTorch: (.+?)(?:\.(?=\s|$)|$)/s;

function parsed(doc: JSDoc | undefined): Doc {
  const prose = proseOf(doc?.getDescription() ?? "");
  const tags = (name: string): string[] =>
    (doc?.getTags() ?? [])
      .filter((tag) => tag.getTagName() === name)
      .map((tag) => tag.getCommentText()?.trim() ?? "");
  const [, pytorch] = pytorchOf.exec(prose) ?? [];
  return {
    text: prose.replace(pytorchOf, "").trim(),
    pytorch,
    throws: tags("throws").map(proseOf),
    examples: tags("example"),
  };
}
