/**
 * `npm run compile model.ts --check` hands gradc only `model.ts`: npm takes the
 * options before `--` for its own and leaves them in the environment. What the
 * user meant is said, never guessed.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Problem } from "../diagnostics.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** An option of gradc that npm may have taken. */
export interface TakenOption {
  /** Its long name, without dashes. */
  readonly name: string;
  readonly letter?: string;
  /** For an option with a value: the values it may have, if they are few. */
  readonly values?: readonly string[] | "any";
}

/** Whether this process is the script of an `npm run` in the package's folder. */
export function underNpmRun(env: Environment, cwd: string): boolean {
  const manifest = env["npm_package_json"];
  return (
    (env["npm_command"] === "run" || env["npm_command"] === "run-script") &&
    manifest !== undefined &&
    dirname(manifest) === cwd
  );
}

/**
 * The folder that a path on the command line is relative to: where the user
 * typed it. Under npm that is INIT_CWD, for what the script itself says the
 * package's folder.
 */
export function baseFolder(
  env: Environment,
  cwd: string,
  argument: string,
): string {
  const typed = env["INIT_CWD"];
  if (typed === undefined || !underNpmRun(env, cwd)) return cwd;
  return env["npm_lifecycle_script"]?.includes(argument) === true ? cwd : typed;
}

/**
 * The problem with options that npm took, or with arguments that they left.
 *
 * @param args the arguments that did arrive, without the command's name
 * @param own how many of them the command asks for, options aside
 */
export function takenByNpm(
  env: Environment,
  cwd: string,
  options: readonly TakenOption[],
  args: readonly string[],
  own: number,
): Problem | undefined {
  if (!underNpmRun(env, cwd)) return undefined;
  const given = args.filter((arg) => !arg.startsWith("-"));
  const [model = "model.ts", ...others] = given.slice(0, own);
  const strays = given.slice(own);
  const config = configFiles(env);
  const taken = options.flatMap(({ name, letter, values }) => {
    const long = valueOf(env, config, name);
    const value =
      long ?? (letter === undefined ? undefined : valueOf(env, config, letter));
    if (value === undefined || !plausible(value, name, values)) return [];
    const dashes = long === undefined ? `-${letter ?? ""}` : `--${name}`;
    const negated = name === "verify" ? "--no-verify" : dashes;
    if (values === undefined) return [negated];
    const its = value === "true" ? strays.shift() : value;
    return [its === undefined ? dashes : `${dashes} ${its}`];
  });
  if (taken.length === 0) return undefined;
  const script = env["npm_lifecycle_event"] ?? "compile";
  return {
    code: "GC1002",
    message: `npm took ${taken.join(" ")} for itself`,
    remedy: `npm run ${script} ${[model, ...others].join(" ")} -- ${[...taken, ...strays].join(" ")}`,
  };
}

/** What npm found for a name on its command line, not in a configuration. */
function valueOf(
  env: Environment,
  config: string,
  name: string,
): string | undefined {
  const value = env[`npm_config_${name.replaceAll("-", "_")}`];
  if (value === undefined) return undefined;
  return new RegExp(`^\\s*${name}\\s*(?:=|$)`, "m").test(config)
    ? undefined
    : value;
}

/** Whether a value is one that an option of gradc leaves behind in npm. */
function plausible(
  value: string,
  name: string,
  values: TakenOption["values"],
): boolean {
  if (name === "verify") return value === "";
  if (value === "true") return true;
  if (values === undefined) return false;
  return value !== "" && (values === "any" || values.includes(value));
}

/** The text of npm's configuration files. */
function configFiles(env: Environment): string {
  const folders = [env["npm_config_local_prefix"], env["npm_package_json"]];
  const [prefix, manifest] = folders;
  const paths = [
    env["npm_config_userconfig"],
    env["npm_config_globalconfig"],
    prefix === undefined ? undefined : join(prefix, ".npmrc"),
    manifest === undefined ? undefined : join(dirname(manifest), ".npmrc"),
  ];
  return paths
    .map((path) => {
      try {
        return path === undefined ? "" : readFileSync(path, "utf8");
      } catch {
        return "";
      }
    })
    .join("\n");
}
