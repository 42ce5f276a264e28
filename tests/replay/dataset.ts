import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Batch, Dataset, GoldenCase } from "./caseFile.js";

interface Rows {
  readonly values: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

const folder = fileURLToPath(new URL("../../data/", import.meta.url));
const known = new Map<string, Rows>();

/** The project's own copy of a data set: numbers and class of each row. */
export function rowsOf(file: string): Rows {
  const name = basename(file);
  const before = known.get(name);
  if (before !== undefined) return before;
  const text = readFileSync(join(folder, name), "utf8");
  const rows = name.endsWith(".csv") ? table(text) : images(text);
  known.set(name, rows);
  return rows;
}

/** A head line, then numbers; the class is the last column. */
function table(text: string): Rows {
  const rows = text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
  return {
    values: rows.map((row) => row.slice(0, -1)),
    labels: rows.map((row) => row.at(-1) ?? NaN),
  };
}

/** `pixels[r]`: one character a pixel, 0-9 and a-g for 10-16; `labels`: one digit a row. */
function images(text: string): Rows {
  const { pixels, labels } = JSON.parse(text) as {
    readonly pixels: readonly string[];
    readonly labels: string;
  };
  return {
    values: pixels.map((row) => Array.from(row, (c) => parseInt(c, 17))),
    labels: Array.from(labels, Number),
  };
}

/** Rows `from` to `to` as the inputs and targets of a case, transformed as it says. */
export function rowsAsBatch(
  c: GoldenCase,
  dataset: Dataset,
  rows: readonly number[],
): Batch {
  const { values, labels } = rowsOf(dataset.file);
  const at = (by: number | readonly number[], column: number): number =>
    typeof by === "number" ? by : (by[by.length === 1 ? 0 : column] as number);
  const data = rows.flatMap((r) =>
    (values[r] as readonly number[]).map(
      (value, k) => (value - at(dataset.shift, k)) / at(dataset.scale, k),
    ),
  );
  const example = (c.inputs[dataset.input]?.shape ?? []).slice(1);
  return {
    inputs: {
      [dataset.input]: { shape: [rows.length, ...example], data },
    },
    targets: {
      [dataset.target]: {
        shape: [rows.length],
        dtype: "int64",
        data: rows.map((r) => labels[r] as number),
      },
    },
  };
}

/** All batches of all epochs, in order. */
export function datasetBatches(c: GoldenCase, dataset: Dataset): Batch[] {
  const [from, to] = dataset.rows;
  const n = to - from;
  const stride =
    dataset.order?.kind === "strided" ? (dataset.order.stride ?? 1) : 1;
  const order = Array.from({ length: n }, (_, k) => from + ((k * stride) % n));
  const epoch = Array.from(
    { length: Math.floor(n / dataset.batchSize) },
    (_, b) =>
      rowsAsBatch(
        c,
        dataset,
        order.slice(b * dataset.batchSize, (b + 1) * dataset.batchSize),
      ),
  );
  return Array.from({ length: dataset.epochs }, () => epoch).flat();
}
