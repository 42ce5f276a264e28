/** Declarations of the sources as they stand there, for the documents that show how something is made. */
import { ts } from "ts-morph";

/** The declarations of these names with their docstrings, in the order of the text. */
export function declarationsIn(text: string, names: readonly string[]): string {
  const source = ts.createSourceFile(
    "excerpt.ts",
    text,
    ts.ScriptTarget.Latest,
    true,
  );
  const found = source.statements.filter((statement) =>
    namesOf(statement).some((name) => names.includes(name)),
  );
  if (found.length !== names.length)
    throw new Error(`not every one of ${names.join(", ")} is declared`);
  return found.map((statement) => statement.getFullText().trim()).join("\n\n");
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map((d) => d.name.getText());
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement)
  )
    return [statement.name?.text ?? ""];
  return [];
}
