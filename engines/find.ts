/** Where the programs of the engines are. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that the packages of npm are installed in (`npm ci --ignore-scripts`). */
export const packages = join(
  dirname(fileURLToPath(import.meta.url)),
  "packages",
);

/** A file of a package of npm; undefined where it is absent. */
export function fromNpm(...path: readonly string[]): string | undefined {
  const file = join(packages, "node_modules", ...path);
  return existsSync(file) ? file : undefined;
}

/** The file of a command; undefined where there is none. */
export function onPath(command: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((file) => existsSync(file));
}

export const chromium = (): string | undefined => onPath("chromium");

export const workerd = (): string | undefined =>
  fromNpm("@cloudflare", "workerd-linux-64", "bin", "workerd");

export const hermes = (): string | undefined =>
  fromNpm("hermes-engine-cli", "linux64-bin", "hermes");

/** What C programs include to have Duktape in them. */
export const duktapeHeader = (): string | undefined =>
  ["/usr/include/duktape.h", "/usr/local/include/duktape.h"].find((file) =>
    existsSync(file),
  );
