/** Packages that only the benchmark needs, installed when it first asks for them. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const bench = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder with its packages in place, or npm's reason why they are not. No package's own script is run. */
export function installed(
  name: "peers" | "nodes" | "page",
): { readonly folder: string } | { readonly absent: string } {
  const folder = join(bench, name);
  if (isUpToDate(folder)) return { folder };
  console.error(`bench: installing the packages of bench/${name}`);
  const { status, stderr, error } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    { cwd: folder, encoding: "utf8" },
  );
  if (status === 0) return { folder };
  const reason = stderr
    .split("\n")
    .find((line) => line.startsWith("npm error"));
  return {
    absent: `npm ci in bench/${name} failed: ${reason ?? error?.message ?? stderr}`,
  };
}

/** npm leaves a copy of the lock file beside what it installed, less the package itself. */
function isUpToDate(folder: string): boolean {
  const left = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(left)) return false;
  const versions = (path: string) => {
    const { packages } = JSON.parse(readFileSync(path, "utf8")) as {
      readonly packages: Readonly<
        Record<string, { readonly version?: string }>
      >;
    };
    return new Map(Object.entries(packages).map(([k, v]) => [k, v.version]));
  };
  const wanted = versions(join(folder, "package-lock.json"));
  // Optional packages of other platforms are locked, and not installed.
  return [...versions(left)].every(([k, version]) => wanted.get(k) === version);
}
