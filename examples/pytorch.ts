/** Runs that PyTorch made (tests/golden/realdata): where it began, what it got. */
import { readFileSync } from "node:fs";

export interface Run {
  /** Parameters before the first step, in the order of the network's `layout`. */
  readonly start: readonly number[];
  readonly losses: readonly number[];
  /** Examples with the right answer after the last step. */
  readonly correct: Readonly<Record<string, number>>;
  /** |got - want| <= tolerance * max(1, |want|). */
  readonly tolerance: number;
}

interface CaseFile {
  readonly params: Readonly<Record<string, { readonly data: number[] }>>;
  readonly training: readonly {
    readonly lossPerStep: readonly number[];
    readonly accuracy: Readonly<Record<string, { readonly correct: number }>>;
  }[];
  readonly tolerance: { readonly training: number };
}

/** PyTorch's run on a data set. */
export function pytorchRun(name: "iris" | "digits"): Run {
  const path = `../tests/golden/realdata/real_${name}_mlp.json`;
  const read = JSON.parse(
    readFileSync(new URL(path, import.meta.url), "utf8"),
  ) as CaseFile;
  const [run] = read.training;
  if (run === undefined) throw new Error(`${path} has no training run`);
  return {
    start: Object.values(read.params).flatMap(({ data }) => data),
    losses: run.lossPerStep,
    correct: Object.fromEntries(
      Object.entries(run.accuracy).map(([part, { correct }]) => [
        part,
        correct,
      ]),
    ),
    tolerance: read.tolerance.training,
  };
}

/** The largest error of a loss curve, against max(1, |PyTorch's loss|). */
export function worstError(losses: readonly number[], run: Run): number {
  if (losses.length !== run.losses.length) return Infinity;
  const errors = run.losses.map(
    (want, i) =>
      Math.abs((losses[i] ?? NaN) - want) / Math.max(1, Math.abs(want)),
  );
  return errors.reduce((a, b) => Math.max(a, b), 0);
}
