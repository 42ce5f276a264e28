/** `gradc compile model.ts --watch`: compiles again each time that a file of the model changes. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, watch, type FSWatcher } from "node:fs";
import { dirname } from "node:path";
import { shortPath } from "../diagnostics.js";
import type { readSources } from "../load/sources.js";

/** Milliseconds in which an editor may write a file in several steps. */
const pause = 100;

export interface Watched {
  /** The model, an absolute path. */
  readonly model: string;
  /** Other files that are compiled in: weights, examples. */
  readonly others: readonly string[];
  /** Hears which files are watched now, as they are shown. */
  readonly onWait: (names: readonly string[]) => void;
}

/**
 * Compiles now and after each change, until the process is stopped. Every compile is a process of its own with the same
 * command line: a model is a module, and a module that is loaded stays as it was.
 *
 * @param base paths are shown relative to it
 */
export async function watchCommand(
  watched: Watched,
  base: string,
): Promise<never> {
  const sources = await import("../load/sources.js");
  new Watch(watched, base, sources.readSources).compileChanged();
  return new Promise<never>(() => undefined);
}

class Watch {
  readonly #watched: Watched;
  readonly #base: string;
  readonly #read: typeof readSources;
  /** Folders, not files: editors replace a file by another one of its name. */
  readonly #folders = new Map<string, FSWatcher>();
  #sources: readonly string[];
  /** What the files were at the last compile. */
  #compiled: string | undefined;
  #isRunning = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(watched: Watched, base: string, read: typeof readSources) {
    this.#watched = watched;
    this.#base = base;
    this.#read = read;
    this.#sources = [watched.model];
  }

  /** Compiles if some file is not what it was at the last compile, and again if one changes meanwhile. */
  compileChanged(): void {
    if (this.#isRunning) return;
    const now = this.#contents();
    this.#watchFolders();
    if (now === this.#compiled) return;
    this.#compiled = now;
    this.#isRunning = true;
    const [, script = "", ...args] = process.argv;
    const again = args.filter((arg) => arg !== "--watch");
    spawn(process.execPath, [...process.execArgv, script, ...again], {
      stdio: "inherit",
    }).on("close", () => {
      this.#isRunning = false;
      this.#watched.onWait(this.#files().map((f) => shortPath(f, this.#base)));
      this.compileChanged();
    });
  }

  #files(): string[] {
    return [...new Set([...this.#sources, ...this.#watched.others])];
  }

  /** Equal as long as every file that the module is made of is what it was. */
  #contents(): string {
    try {
      this.#sources = [...this.#read(this.#watched.model).texts.keys()];
    } catch {
      // A file is not there at the moment: its folder tells when it is.
    }
    const hash = createHash("sha256");
    for (const file of this.#files()) hash.update(file).update(digestOf(file));
    return hash.digest("hex");
  }

  #watchFolders(): void {
    for (const folder of new Set(this.#files().map(dirname))) {
      if (this.#folders.has(folder)) continue;
      const watcher = watch(folder, () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
          this.compileChanged();
        }, pause);
      });
      watcher.on("error", () => {
        watcher.close();
        this.#folders.delete(folder);
      });
      this.#folders.set(folder, watcher);
    }
  }
}

/** What a file has; the same for all that cannot be read. */
function digestOf(file: string): Uint8Array {
  const hash = createHash("sha256");
  try {
    hash.update("file").update(readFileSync(file));
  } catch {
    hash.update("none");
  }
  return hash.digest();
}
