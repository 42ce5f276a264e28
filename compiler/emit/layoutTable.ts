import { width } from "./comments.js";
import type { Dialect } from "./dialect.js";
import type { ModulePlan } from "./module.js";

/** The type of `layout`, over several lines. */
export const layoutType =
  "readonly {\n  readonly name: string;\n  readonly shape: readonly number[];\n  readonly offset: number;\n  readonly trainable: boolean;\n}[]";

/** Where each parameter lies in the flat vector. */
export function layoutText(
  plan: ModulePlan,
  dialect: Dialect,
  depth: number,
): string {
  const pad = "  ".repeat(depth);
  const room = width - pad.length;
  const rows = plan.model.params.map((p) => {
    const trainable = p.op.trainable !== false;
    const fields = [
      `name: "${p.op.name}"`,
      `shape: [${p.shape.join(", ")}]`,
      `offset: ${String(p.op.offset)}`,
      `trainable: ${String(trainable)}`,
    ];
    const line = `  { ${fields.join(", ")} },`;
    return line.length <= room
      ? line
      : `  {\n${fields.map((f) => `    ${f},`).join("\n")}\n  },`;
  });
  const lead = `${dialect.marksExports ? "export " : ""}${dialect.es5 ? "var" : "const"}`;
  const head = `${lead} layout${dialect.types ? `: ${layoutType}` : ""} = [`;
  // One row stands between the brackets where it fits: prettier breaks lists of two objects and more.
  const [only = ""] = rows;
  const short = `${only.trim().replace(/,$/, "")}];`;
  const last = head.split("\n").at(-1) ?? "";
  const inside = rows.length < 2 && `${last}${short}`.length <= room;
  const lines = [
    `/** Where each parameter lies in \`params\`, row-major. */`,
    ...(inside ? [`${head}${short}`] : [head, ...rows, "];"]),
  ];
  return lines
    .flatMap((l) => l.split("\n"))
    .map((l) => pad + l)
    .join("\n");
}
