/**
 * Builds dist/ when the sources it is made of changed: plain Node, so that a
 * fresh clone needs nothing but `npm ci --ignore-scripts`.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const stampFile = join(dist, ".stamp");
/** Where builds are made, on the file system of dist/ and outside of the tree. */
const workshop = join(root, "node_modules", ".cache", "gradc-build");
const sources = ["dsl", "compiler"];
const settings = ["tsconfig.json", "tsconfig.build.json", "package.json"];

/**
 * Brings dist/ up to date.
 *
 * @returns {{ built: boolean, ok: boolean, output: string }} whether it had to
 *   build, whether that worked, and what the compiler said
 */
export function build() {
  const wanted = stampOf();
  if (readStamp() === wanted) return { built: false, ok: true, output: "" };
  return locked(() => {
    // Somebody else may have built while this process waited.
    if (readStamp() === wanted) return { built: false, ok: true, output: "" };
    return { built: true, ...compileInto(stampOf()) };
  });
}

/** The hash of everything that dist/ is made of. */
function stampOf() {
  const hash = createHash("sha256");
  const files = sources.flatMap((folder) => filesIn(join(root, folder)));
  for (const file of [...files, ...settings.map((name) => join(root, name))]) {
    hash.update(`${relative(root, file)}\0`);
    hash.update(readFileSync(file));
    hash.update("\0");
  }
  return hash.digest("hex");
}

/** @returns {string | undefined} the stamp of the last build */
function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, "utf8") : undefined;
}

/**
 * Compiles into a folder of its own and moves the files over one by one: a
 * process that runs from dist/ never misses a file, and a build that fails
 * leaves dist/ as it was.
 *
 * @param {string} stamp the hash of the sources as they are read now
 */
function compileInto(stamp) {
  const fresh = join(workshop, String(process.pid));
  try {
    const { status, output } = runTypeScript(fresh);
    if (status !== 0) return { ok: false, output };
    rmSync(stampFile, { force: true });
    const files = filesIn(fresh).map((file) => relative(fresh, file));
    for (const file of files) {
      mkdirSync(dirname(join(dist, file)), { recursive: true });
      renameSync(join(fresh, file), join(dist, file));
    }
    const kept = new Set(files);
    for (const file of filesIn(dist))
      if (!kept.has(relative(dist, file))) rmSync(file, { force: true });
    writeFileSync(stampFile, stamp);
    return { ok: true, output: "" };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** @param {string} folder where the output goes */
function runTypeScript(folder) {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("typescript7/package.json");
  const compiler = join(dirname(manifest), "bin", "tsc");
  const args = ["-p", join(root, "tsconfig.build.json"), "--outDir", folder];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, ...args, "--pretty", "false"],
    { cwd: root, encoding: "utf8" },
  );
  return { status, output: `${stdout}${stderr}`.trim() };
}

/**
 * Runs `work` while no other process builds.
 *
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
function locked(work) {
  const lock = join(workshop, "lock");
  mkdirSync(workshop, { recursive: true });
  for (const start = Date.now(); ;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      // A build takes seconds: an older lock is that of a killed process.
      const age =
        Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age > 60_000 || Date.now() - start > 60_000)
        rmSync(lock, { recursive: true, force: true });
      else pause(20);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/**
 * @param {string} folder
 * @returns {string[]} all files below, in one order on every machine
 */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
