/** gradc's own package: its version, and whether a project is it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Files } from "./files.js";

/** gradc's version, from its package.json. */
export function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(root(), "package.json"), "utf8"),
  );
  return typeof manifest === "object" &&
    manifest !== null &&
    "version" in manifest &&
    typeof manifest.version === "string"
    ? manifest.version
    : "0.0.0";
}

/** Whether a model belongs to a working copy of gradc itself. */
export function isOwnPackage({ project }: Files): boolean {
  return (
    existsSync(join(project, "tools", "compile.mjs")) &&
    /"name":\s*"gradc"/.test(
      readFileSync(join(project, "package.json"), "utf8"),
    )
  );
}

/** The folder of gradc's package.json, from its sources or from dist/. */
export function root(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
