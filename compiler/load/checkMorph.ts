/**
 * The checker that comes with ts-morph, for machines without TypeScript 7's
 * binary: the same messages, about a second slower.
 */
import { createRequire } from "node:module";
import { Project, ts } from "ts-morph";
import type { RawCheck } from "./checked.js";

/** Checks the model at an absolute path with the options of `checkModel`. */
export function checkWithMorph(path: string): RawCheck[] {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    compilerOptions: {
      noEmit: true,
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Preserve,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      types: hasNodeTypes(path) ? ["node"] : [],
      resolveJsonModule: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      noErrorTruncation: true,
    },
  });
  project.addSourceFileAtPath(path);
  return project.getPreEmitDiagnostics().map((diagnostic) => {
    const { compilerObject: raw } = diagnostic;
    const code = `TS${String(raw.code)}`;
    const lines = ts
      .flattenDiagnosticMessageText(raw.messageText, "\n")
      .split("\n");
    if (raw.file === undefined || raw.start === undefined)
      return { code, lines };
    const place = raw.file.getLineAndCharacterOfPosition(raw.start);
    return {
      code,
      lines,
      file: raw.file.fileName,
      line: place.line + 1,
      column: place.character + 1,
    };
  });
}

function hasNodeTypes(path: string): boolean {
  try {
    createRequire(path).resolve("@types/node/package.json");
    return true;
  } catch {
    return false;
  }
}
