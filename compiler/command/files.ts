/** Which files a command reads and writes, and the checks before it does. */
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { CompileError, shortPath, type Problem } from "../diagnostics.js";
import { targets, type Target } from "../emit/targets.js";
import { checkFolder } from "./place.js";
import { sourceOf } from "./write.js";

/** A model file, its project and its output. */
export interface Files {
  /** Absolute path of the model: of the file itself where a link was given, since that is what stacks and imports go by. */
  readonly model: string;
  /** The nearest folder with a package.json, else the model's own. */
  readonly project: string;
  /** Absolute path of the module that is written. */
  readonly output: string;
  /** The same of its types, where they have a file of their own. */
  readonly types?: string;
  /** The model's path within the project, with forward slashes. */
  readonly sourceName: string;
}

/** Every file that a compile writes. */
export const outputsOf = ({ output, types }: Files): string[] =>
  types === undefined ? [output] : [output, types];

/**
 * @param base the folder that `model` and `folder` are relative to
 * @param model the model as the user wrote it
 * @param folder the output folder as the user wrote it
 * @param middle what stands between the name of the module and its ending
 * @throws CompileError when there is no such model file.
 */
export function findFiles(
  base: string,
  model: string,
  folder: string,
  target: Target,
  middle = "",
): Files {
  const path = resolve(base, model);
  checkModelFile(path, model);
  const project = projectOf(path);
  const { ending, typesEnding } = targets[target];
  const named = (end: string): string =>
    resolve(base, folder, outputName(path, middle + end));
  const sourceName = relative(project, path).replaceAll("\\", "/");
  const output = named(ending);
  for (const written of [sourceName, folderOf(project, output)])
    checkCommentPath(written);
  return {
    model: realpathSync(path),
    project,
    output,
    ...(typesEnding !== undefined && { types: named(typesEnding) }),
    sourceName,
  };
}

/** `xor.js` for the models `xor.ts`, `xor.mts` and `xor.model.ts`, where files end in `.js`. */
export function outputName(model: string, ending: string): string {
  const name = basename(model, extname(model));
  return `${name.replace(/(?<=.)\.model$/, "")}${ending}`;
}

/**
 * The command that compiles this model again from its project's folder, the
 * same on every machine: it stands in the header of the output.
 *
 * @param options the options that shape the output, ready to print
 */
export function commandFor(
  { project, output, sourceName }: Files,
  ownPackage: boolean,
  options: readonly string[],
): string {
  const folder = folderOf(project, output);
  const out =
    folder === "generated" ? [] : ["-o", folder === "" ? "." : folder];
  const all = [...out, ...options].map(quoted);
  const model = quoted(sourceName);
  if (!ownPackage) return ["npx gradc compile", model, ...all].join(" ");
  const rest = all.length === 0 ? [] : ["--", ...all];
  return ["npm run compile", model, ...rest].join(" ");
}

/** The folder of the output, as it is given to `-o`. */
const folderOf = (project: string, output: string): string =>
  relative(project, dirname(output)).replaceAll("\\", "/");

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument)
    ? argument
    : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** The paths of model and output stand in a comment of the output. */
export function checkCommentPath(path: string): void {
  if (/[\p{Cc}\u2028\u2029]|\*\//u.test(path))
    throw new CompileError({
      code: "GC1205",
      message: `the path ${JSON.stringify(path)} cannot stand in a comment`,
      remedy: "rename the file or its folder",
    });
}

function checkModelFile(path: string, shown: string): void {
  const refuse = (problem: Problem): never => {
    throw new CompileError(problem);
  };
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    refuse({
      code: "GC1201",
      message: `there is no file ${shown}`,
      remedy: existsSync(`${path}.ts`)
        ? `did you mean ${shown}.ts?`
        : "gradc init writes a first model.ts",
    });
  else if (stat.isDirectory())
    refuse({
      code: "GC1202",
      message: `${shown} is a folder, expected a model file`,
      remedy: existsSync(join(path, "model.ts"))
        ? `did you mean ${join(shown, "model.ts")}?`
        : "name the .ts file that has the model as its default export",
    });
  else if (!/\.[cm]?ts$/.test(path) || /\.d\.[cm]?ts$/.test(path))
    refuse({
      code: "GC1203",
      message: `${shown} is not a TypeScript file`,
      remedy: "a model file ends in .ts or .mts",
    });
  else if (!stat.isFile())
    refuse({ code: "GC1204", message: `${shown} is not a regular file` });
  try {
    accessSync(path, constants.R_OK);
  } catch {
    refuse({ code: "GC1204", message: `${shown} cannot be read` });
  }
}

function projectOf(model: string): string {
  const own = dirname(model);
  for (
    let folder = own, below = "";
    folder !== below;
    below = folder, folder = dirname(folder)
  )
    if (existsSync(join(folder, "package.json"))) return folder;
  return own;
}

/**
 * Refuses outputs that gradc must not or cannot write, before any work.
 *
 * @param owned whether the text that stands there now is gradc's
 * @throws CompileError with the reason.
 */
export function checkOutputs(
  files: Files,
  base: string,
  owned: (path: string) => boolean,
): void {
  for (const output of outputsOf(files))
    checkOutput(files.model, output, base, owned);
}

function checkOutput(
  model: string,
  output: string,
  base: string,
  owned: (path: string) => boolean,
): void {
  const shown = shortPath(output, base);
  if (output === model)
    throw new CompileError({
      code: "GC1404",
      message: `${shown} is the model itself, the output would replace it`,
      remedy: "choose another folder with -o",
    });
  checkFolder(dirname(output), base);
  const stat = lstatSync(output, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() === true)
    throw new CompileError({
      code: "GC1401",
      message: `${shown} is a symbolic link, gradc writes only regular files`,
      remedy: "remove the link or choose another folder with -o",
    });
  if (stat !== undefined && !stat.isFile())
    throw new CompileError({
      code: "GC1405",
      message: `${shown} is not a file, gradc cannot write its output there`,
      remedy: "choose another folder with -o",
    });
  if (stat !== undefined && !owned(output))
    throw new CompileError({
      code: "GC1402",
      message: `${shown} was not written by gradc and is left as it is`,
      remedy: "choose another folder with -o, or replace it with --force",
    });
}

/**
 * Refuses to replace the module of another model that is still there: models of one name in two folders.
 *
 * @param there the text of the module that is there
 * @throws CompileError with the way out, also where the module does not say whose it is.
 */
export function checkSource(
  { project, output, sourceName }: Files,
  base: string,
  there: string,
): void {
  const source = sourceOf(there);
  if (source === sourceName) return;
  if (source !== undefined && !existsSync(join(project, source))) return;
  throw new CompileError({
    code: "GC1407",
    message: `${shortPath(output, base)} is the module of ${source ?? "a model that it does not name"}, the output would replace it`,
    remedy: "choose another folder with -o, or replace it with --force",
  });
}
