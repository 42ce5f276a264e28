import { CompileError } from "../diagnostics.js";
import type { TargetRow } from "./targets.js";

/**
 * The text of a module without what only readers need.
 *
 * @throws CompileError where esbuild is not installed.
 */
export async function minified(text: string, row: TargetRow): Promise<string> {
  const { transform } = await esbuild();
  const { code } = await transform(text, {
    minifyWhitespace: true,
    minifyIdentifiers: true,
    // Folding would make decimals of quotients, which the smallest engines misread.
    minifySyntax: !row.small,
    target: row.small ? "es5" : "es2020",
    ...(row.frame === "module" && { format: "esm" }),
    legalComments: "none",
    charset: "ascii",
  });
  return code;
}

/** A package of the user's: gradc does without. */
async function esbuild(): Promise<typeof import("esbuild")> {
  try {
    return await import("esbuild");
  } catch {
    throw new CompileError({
      code: "GC1012",
      message: "--minify needs esbuild, which is not installed",
      remedy: "npm install --save-dev esbuild",
    });
  }
}
