/** The errors of the language: the catalogue of messages about shapes, and what is thrown elsewhere. */
import { Node, Project, SyntaxKind, type SourceFile } from "ts-morph";
import { messages, remedies } from "../../../dsl/shape/messages.js";

export interface ErrorText {
  readonly code: string;
  /** The sentence; "{}" stands for what depends on the model. */
  readonly text: string;
  readonly remedy: string;
  /** Key in the catalogue of messages, or the code. */
  readonly key: string;
}

/** Every error that building a graph can end with, by its code. */
export function errorsOf(index: SourceFile): ErrorText[] {
  const ofShapes = Object.entries(messages).map(([key, { code, text }]) => ({
    ...{ key, code, text, remedy: remedies[code] ?? "" },
  }));
  const others = new Map<string, ErrorText>();
  for (const file of index.getProject().getSourceFiles()) {
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

/** Every message of the command: objects with a code and a message. A code that says several things has a row for each. */
export function commandErrors(root: string): ErrorText[] {
  const project = new Project({ skipAddingFilesFromTsConfig: true });
  project.addSourceFilesAtPaths(`${root}/compiler/**/*.ts`);
  const rows = new Map<string, ErrorText>();
  for (const file of project.getSourceFiles())
    for (const made of file.getDescendantsOfKind(
      SyntaxKind.ObjectLiteralExpression,
    )) {
      const [code, text, remedy] = ["code", "message", "remedy"].map((name) => {
        const [text = ""] = made
          .getProperties()
          .filter(Node.isPropertyAssignment)
          .filter((property) => property.getName() === name)
          .map((property) => property.getInitializerOrThrow())
          .map(sentence);
        return text;
      }) as [string, string, string];
      if (/^GC\d{4}$/.test(code) && text !== "")
        rows.set(code + text, { key: code, code, text, remedy });
    }
  return [...rows.values()].sort((a, b) =>
    a.code + a.text < b.code + b.text ? -1 : 1,
  );
}

/** What an argument says, with "{}" for its substitutions; a sentence that is passed on says nothing itself. */
function sentence(argument: Node): string {
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
