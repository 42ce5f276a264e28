/** The two data sets of data/, as examples one after the other. */
import { readFileSync } from "node:fs";
import { measured } from "./flowers.js";

/** Examples of a classifier, row-major, with the class of each. */
export interface Examples {
  /** Numbers of one example. */
  readonly width: number;
  readonly features: Float64Array;
  readonly labels: Int32Array;
}

/** Fisher's 150 flowers, 50 of each species. */
export function irises(): Examples {
  const [, ...lines] = read("iris.csv").trim().split("\n");
  const rows = lines.map((line) => line.split(",").map(Number));
  return {
    width: 4,
    features: Float64Array.from(rows.flatMap((r) => measured(r.slice(0, 4)))),
    labels: Int32Array.from(rows, (r) => at(r, 4)),
  };
}

/** 1797 handwritten digits of 8 x 8 pixels, from 0 (white) to 1 (black). */
export function digits(): Examples {
  const { pixels, labels } = JSON.parse(read("digits.json")) as {
    readonly pixels: readonly string[];
    readonly labels: string;
  };
  const grey = (row: string): number[] =>
    Array.from(row, (character) => parseInt(character, 17) / 16);
  return {
    width: 64,
    features: Float64Array.from(pixels.flatMap(grey)),
    labels: Int32Array.from(labels, Number),
  };
}

/** Examples `from` to `to`, without the last. */
export function rows(all: Examples, from: number, to: number): Examples {
  const { width, features, labels } = all;
  return {
    width,
    features: features.subarray(from * width, to * width),
    labels: labels.subarray(from, to),
  };
}

function at(list: readonly number[], index: number): number {
  const value = list[index];
  if (value === undefined || Number.isNaN(value))
    throw new RangeError(`no number at ${String(index)} of ${String(list)}`);
  return value;
}

function read(name: string): string {
  return readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8");
}
