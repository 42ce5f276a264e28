import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A tensor of a case file, flat and row-major. */
export interface ArrayData {
  readonly shape: readonly number[];
  /** Absent in data-set cases: the first batch has the numbers. */
  readonly data?: readonly number[];
  readonly dtype?: "int64" | "bool";
  /** False for a frozen parameter. */
  readonly trainable?: boolean;
  /** False for an input without an expected gradient. */
  readonly requiresGrad?: boolean;
}

export type Arrays = Readonly<Record<string, ArrayData>>;
export type Attributes = Readonly<Record<string, unknown>>;

export interface GraphNode {
  readonly id: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attrs?: Attributes;
  /** Names of several results, in order. */
  readonly outputs?: readonly string[];
}

export interface LossTerm {
  readonly kind: string;
  readonly reduction?: string;
  readonly inputs?: readonly string[];
  readonly attrs?: Attributes;
  readonly weight?: number;
  readonly terms?: readonly LossTerm[];
}

export interface Batch {
  readonly inputs?: Arrays;
  readonly targets?: Arrays;
}

export interface Settings extends Attributes {
  readonly kind: string;
}

export interface GroupSettings {
  readonly params: readonly string[];
  readonly lr?: number;
  readonly weightDecay?: number;
}

export interface OptimizerSettings extends Settings {
  readonly lr?: number;
  readonly groups?: readonly GroupSettings[];
}

export interface TrainingRun {
  readonly optimizer: OptimizerSettings;
  readonly schedule?: Settings;
  readonly gradClip?: Settings;
  readonly steps: number;
  readonly batches?: readonly Batch[];
  readonly batchesFrom?: "dataset";
  readonly lossPerStep: readonly number[];
  readonly lrPerStep: number | readonly number[];
  readonly gradNormPerStep?: readonly number[];
  readonly paramsAfterFirstStep?: Arrays;
  readonly finalParams: Arrays;
  readonly finalBuffers?: Arrays;
  readonly accuracy?: Readonly<
    Record<
      string,
      {
        readonly rows: readonly [number, number];
        readonly correct: number;
        readonly total: number;
      }
    >
  >;
}

export interface Dataset {
  readonly file: string;
  readonly rows: readonly [number, number];
  readonly batchSize: number;
  readonly epochs: number;
  readonly input: string;
  readonly target: string;
  readonly shift: number | readonly number[];
  readonly scale: number | readonly number[];
  readonly order?: { readonly kind: string; readonly stride?: number };
}

/** One file of the format that golden/README.md describes. */
export interface GoldenCase {
  readonly format: number;
  readonly name: string;
  readonly family: string;
  readonly graph: readonly GraphNode[];
  readonly outputs: readonly string[];
  readonly params: Arrays;
  readonly buffers?: Arrays;
  readonly inputs: Arrays;
  readonly targets: Arrays;
  readonly loss: LossTerm;
  readonly dataset?: Dataset;
  readonly expect: {
    readonly outputs: Arrays;
    readonly loss: number;
    readonly grads: Arrays;
    readonly inputGrads: Arrays;
    readonly buffersAfter?: Arrays;
  };
  readonly training?: readonly TrainingRun[];
  readonly tolerance: {
    readonly forward: number;
    readonly grad: number;
    readonly training: number;
  };
}

/** Why a case cannot be told in the language as it is. */
export class Unsupported extends Error {
  constructor(readonly op: string) {
    super(`no ${op} in the language`);
  }
}

/** Every *.json file of a path, which is a file or a folder, in the order of their names. */
export function caseFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = join(path, entry.name);
      if (entry.isDirectory()) return caseFiles(below);
      return entry.name.endsWith(".json") ? [below] : [];
    });
}

/**
 * Reads one case.
 *
 * @throws Error where the file is no case of format 1.
 */
export function readCase(path: string): GoldenCase {
  const read = JSON.parse(readFileSync(path, "utf8")) as GoldenCase;
  if (read.format !== 1)
    throw new Error(`format is ${String(read.format)}, expected 1`);
  return read;
}

/** Typed access to the attributes of a node, a loss or an optimizer. */
export class Options {
  readonly #values: Attributes;

  constructor(values: Attributes = {}) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }

  number(name: string, standard?: number): number {
    const value = this.has(name) ? this.#values[name] : standard;
    if (value === "-Infinity") return -Infinity;
    if (value === "Infinity" || value === "inf") return Infinity;
    if (typeof value !== "number")
      throw new Error(
        `attribute ${name} is ${String(value)}, expected a number`,
      );
    return value;
  }

  /** Attributes that are there, under the names of the language. */
  numbers(names: Readonly<Record<string, string>>): Record<string, number> {
    return Object.fromEntries(
      Object.entries(names).flatMap(([own, theirs]) =>
        this.has(theirs) ? [[own, this.number(theirs)]] : [],
      ),
    );
  }

  list(name: string): number[] {
    const value = this.#values[name];
    if (!Array.isArray(value))
      throw new Error(`attribute ${name} is ${String(value)}, expected a list`);
    return value.map(Number);
  }

  /** One number for each of `count` axes, where it may be given once for all. */
  perAxis(name: string, count: number, standard: number): number[] {
    const value = this.has(name) ? this.#values[name] : standard;
    return Array.isArray(value)
      ? value.map(Number)
      : Array.from({ length: count }, () => Number(value));
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string, standard: string): string {
    const value = this.#values[name];
    return typeof value === "string" ? value : standard;
  }
}
