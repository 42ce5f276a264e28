/** The errors of the language: the catalogue of messages about shapes, and what is thrown elsewhere. */
import { Node, Project, SyntaxKind, type SourceFile } from "ts-morph";
import { messages } from "../../../dsl/shape/messages.js";
import { remedies } from "../../../dsl/shape/remedies.js";

export interface ErrorText {
  readonly code: string;
  /** The sentence; "{}" stands for what depends on the model. */
  readonly text: string;
  readonly remedy: string;
  /** Key in the catalogue of messages, or the code. */
  readonly key: string;
}

/** Every error that building a graph can end with, and every mistake in what a model gives the compiler, by its code. */
export function errorsOf(
  index: SourceFile,
  compiler: readonly SourceFile[],
): ErrorText[] {
  const ofShapes = Object.entries(messages).map(([key, { code, text }]) => ({
    ...{ key, code, text, remedy: remedies[code] },
  }));
  const others = new Map<string, ErrorText>();
  for (const file of [...index.getProject().getSourceFiles(), ...compiler]) {
    for (const made of file.getDescendantsOfKind(SyntaxKind.NewExpression)) {
      if (made.getExpression().getText() !== "CompileTimeError") continue;
      const [code = "", text = "", remedy = ""] = made
        .getArguments()
        .map(sentence);
      if (/^GC\d{4}$/.test(code) && !others.has(code))
        others.set(code, { key: code, code, text, remedy });
    }
  }
  return [...ofShapes, ...others.values()].sort((a, b) =>
    a.code < b.code ? -1 : 1,
  );
}

/** The files of the compiler. */
export function compilerFiles(root: string): readonly SourceFile[] {
  const project = new Project({ skipAddingFilesFromTsConfig: true });
  project.addSourceFilesAtPaths(`${root}/compiler/**/*.ts`);
  return project.getSourceFiles();
}

/** Every message of the command: objects with a code and a message. A code that says several things has a row for each. */
export function commandErrors(compiler: readonly SourceFile[]): ErrorText[] {
  const rows = new Map<string, ErrorText>();
  for (const file of compiler)
    for (const made of file.getDescendantsOfKind(
      SyntaxKind.ObjectLiteralExpression,
    )) {
      const given = new Map(
        made
          .getProperties()
          .filter(Node.isPropertyAssignment)
          .map((p) => [p.getName(), p.getInitializerOrThrow()]),
      );
      const [, code] =
        /"(GC\d{4})"/.exec(given.get("code")?.getText() ?? "") ?? [];
      const [message, remedy] = ["message", "remedy"].map((k) => given.get(k));
      if (code === undefined || message === undefined) continue;
      const text = sentence(message);
      rows.set(code + text, {
        ...{ key: code, code, text },
        remedy: remedy === undefined ? "" : sentence(remedy),
      });
    }
  return [...rows.values()].sort((a, b) =>
    a.code + a.text < b.code + b.text ? -1 : 1,
  );
}

/** What an argument says, with "{}" for its substitutions; a sentence that is passed on says nothing itself. */
function sentence(argument: Node): string {
  if (Node.isConditionalExpression(argument))
    return (
      sentence(argument.getWhenTrue()) || sentence(argument.getWhenFalse())
    );
  if (
    Node.isStringLiteral(argument) ||
    Node.isNoSubstitutionTemplateLiteral(argument)
  )
    return argument.getLiteralText();
  if (Node.isTemplateExpression(argument))
    return argument
      .getText()
      .slice(1, -1)
      .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "{}");
  return "";
}
