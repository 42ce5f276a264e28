/** `gradc init`: a first model, a script that trains it, and npm scripts. */
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { CompileError, shortPath } from "../diagnostics.js";
import type { Reporter } from "./reporter.js";
import { root as ownFolder } from "./package.js";
import { checkFolder, writeFile } from "./place.js";
import { modelText, scripts, trainText } from "./starter.js";
import { readIfThere } from "./write.js";

/**
 * Writes what is missing and says what it did; nothing that exists changes,
 * except that package.json gains the scripts it does not have.
 *
 * @throws CompileError when package.json cannot be read, or a file not be written.
 */
export function initCommand(
  folder: string,
  base: string,
  reporter: Reporter,
): void {
  const root = resolve(base, folder);
  const shown = (path: string) => shortPath(path, base);
  checkFolder(root, base);
  const manifest = withScripts(join(root, "package.json"));
  for (const [name, text] of [
    ["model.ts", modelText],
    ["train.ts", trainText],
  ] as const) {
    const path = join(root, name);
    const there = existsSync(path);
    if (!there) writeFile(path, text, base);
    reporter.output(`${there ? "kept   " : "created"} ${shown(path)}`);
  }
  const { path, text, added } = manifest;
  if (added.length > 0) writeFile(path, text, base);
  const what = added.length === 0 ? "" : `: scripts ${added.join(", ")}`;
  reporter.output(
    `${added.length === 0 ? "kept   " : "updated"} ${shown(path)}${what}`,
  );
  if (!manifest.isModule)
    reporter.output(
      'note: package.json has no "type": "module"; npm pkg set type=module allows await outside of functions, and --target js',
    );
  const install = installCommand(root);
  const steps = [
    ...(root === resolve(base) ? [] : [`cd ${shown(root)}`]),
    ...(install === undefined ? [] : [install]),
    `${manifest.command("compile")} model.ts && ${manifest.command("train")}`,
  ];
  steps.forEach((step, i) => {
    reporter.output(`${i === 0 ? "next: " : "      "}${step}`);
  });
}

/** What the project still has to install; gradc itself from the folder it runs from, for it is on no registry. */
function installCommand(project: string): string | undefined {
  const { resolve: find } = createRequire(join(project, "package.json"));
  const isMissing = (name: string): boolean => {
    try {
      find(`${name}/package.json`);
      return false;
    } catch {
      return true;
    }
  };
  const folder = relative(realpathSync(project), ownFolder());
  const packages = [
    ...(isMissing("gradc") ? [folder.replaceAll("\\", "/")] : []),
    ...(isMissing("tsx") ? ["tsx"] : []),
  ];
  return packages.length === 0
    ? undefined
    : `npm install --save-dev ${packages.join(" ")}`;
}

interface Manifest {
  readonly path: string;
  readonly text: string;
  /** Scripts that `text` has and the file has not. */
  readonly added: readonly string[];
  /** True where Node takes the project's `.js` and `.ts` files for modules. */
  readonly isModule: boolean;
  /** What runs a script of gradc's: npm, or the command itself where the project's script of that name is another. */
  readonly command: (script: keyof typeof scripts) => string;
}

function withScripts(path: string): Manifest {
  const before = textOf(path);
  // A new package is a module, as the model is one.
  const manifest =
    before === undefined
      ? { private: true, type: "module" }
      : parse(before, path);
  const own = manifest["scripts"];
  const has: Readonly<Record<string, unknown>> =
    typeof own === "object" && own !== null ? { ...own } : {};
  const missing = Object.entries(scripts).filter(([name]) => !(name in has));
  const all = { ...has, ...Object.fromEntries(missing) };
  const indent = /^[ \t]+(?=")/m.exec(before ?? "")?.[0] ?? "  ";
  return {
    path,
    text: `${JSON.stringify({ ...manifest, scripts: all }, null, indent)}\n`,
    added: missing.map(([name]) => name),
    isModule: manifest["type"] === "module",
    command: (script) =>
      all[script] === scripts[script]
        ? `npm run ${script}`
        : `npx ${scripts[script]}`,
  };
}

function textOf(path: string): string | undefined {
  const text = readIfThere(path);
  if (text !== undefined || !existsSync(path)) return text;
  throw new CompileError({
    code: "GC1420",
    message: "package.json cannot be read",
    file: path,
    remedy: "mend it, or run gradc init in another folder",
  });
}

function parse(text: string, path: string): Record<string, unknown> {
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === "object" && manifest !== null)
      return { ...manifest };
  } catch {
    // Said below, in one sentence for both mistakes.
  }
  throw new CompileError({
    code: "GC1420",
    message: "package.json is not a JSON object",
    file: path,
    remedy: "mend it, or run gradc init in another folder",
  });
}
