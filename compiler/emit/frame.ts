/** What stands around the functions of a module, so that other files reach them. */
import type { Code, Statement } from "./code.js";
import { statementLines } from "./print.js";
import type { TargetRow } from "./targets.js";

/**
 * The text of a module.
 *
 * @param body the functions, so many levels deep
 * @param exported what other files may use
 * @param id the variable of a page that it is
 */
export function framed(
  body: (depth: number) => string,
  exported: readonly string[],
  { frame, dialect }: TargetRow,
  id: string,
): string {
  const all: Code = {
    kind: "object",
    members: exported.map((key) => ({
      kind: "value",
      key,
      value: { kind: "name", text: key },
    })),
    open: false,
  };
  const text = (s: Statement, depth: number): string =>
    statementLines([s], dialect, depth).join("\n");
  switch (frame) {
    case "module":
      return body(0);
    case "commonjs": {
      const target: Code = { kind: "name", text: "module.exports" };
      const give = text({ kind: "assign", target, op: "=", value: all }, 0);
      return `"use strict";\n\n${body(0)}\n${give}\n`;
    }
    case "global": {
      const [open, close] = dialect.es5
        ? ["(function () {", "})();"]
        : ["(() => {", "})();"];
      const result = text({ kind: "return", value: all }, 1);
      return [
        `var ${id} = ${open}`,
        '  "use strict";',
        "",
        body(1),
        result,
        close,
        ...(dialect.es5
          ? [
              'if (typeof module === "object" && module.exports) {',
              `  module.exports = ${id};`,
              "}",
            ]
          : []),
        "",
      ].join("\n");
    }
  }
}

/**
 * The text of a module as the body of a function that returns what it exports, to be run.
 *
 * @param exported what other files may use
 * @param id the variable of a page that it is
 */
export function asFunctionBody(
  text: string,
  exported: readonly string[],
  { frame }: TargetRow,
  id: string,
): string {
  switch (frame) {
    case "module": {
      // Minified, all of them stand in one list at the end.
      const list = /\bexport\s*\{([^}]*)\};?\s*$/.exec(text);
      if (list !== null)
        return `${text.slice(0, list.index)}return {${(list[1] ?? "").replace(/([\w$]+) as ([\w$]+)/g, "$2: $1")}};`;
      const bare = text.replace(/^export (?=function |const )/gm, "");
      return `${bare}\nreturn { ${exported.join(", ")} };`;
    }
    case "commonjs":
      return `const module = { exports: {} };\n${text}\nreturn module.exports;`;
    case "global":
      return `${text}\nreturn ${id};`;
  }
}
