import type { GoldenCase } from "./caseFile.js";

type Numbers = ArrayLike<number>;

/** What a case's numbers are held against; `worst` is the largest error seen, relative to max(1, |want|). */
export class Comparison {
  worst = 0;
  readonly faults: string[] = [];

  constructor(readonly tolerance: GoldenCase["tolerance"]) {}

  close(
    what: string,
    got: Numbers | undefined,
    want: Numbers,
    kind: keyof GoldenCase["tolerance"],
  ): void {
    if (got?.length !== want.length) {
      this.#fault(
        `${what}: ${String(got?.length)} numbers, expected ${String(want.length)}`,
      );
      return;
    }
    for (let i = 0; i < want.length; i++) {
      const [g, w] = [got[i] as number, want[i] as number];
      if (g === w) continue;
      const error = Math.abs(g - w) / Math.max(1, Math.abs(w));
      if (!(error <= this.tolerance[kind])) {
        this.#fault(
          `${what}[${String(i)}] is ${String(g)}, expected ${String(w)}`,
        );
        return;
      }
      this.worst = Math.max(this.worst, error);
    }
  }

  /** Equal bit for bit; every NaN counts as one value. */
  same(
    what: string,
    got: Numbers | undefined,
    want: Numbers | undefined,
  ): void {
    if (got === undefined || want === undefined || got.length !== want.length) {
      this.#fault(
        `${what}: ${String(got?.length)} and ${String(want?.length)} numbers`,
      );
      return;
    }
    for (let i = 0; i < want.length; i++)
      if (!Object.is(got[i], want[i])) {
        this.#fault(
          `${what}[${String(i)}] is ${shown(got[i])}, expected the bits of ${shown(want[i])}`,
        );
        return;
      }
  }

  equal(what: string, got: number, want: number): void {
    if (got !== want)
      this.#fault(`${what} is ${String(got)}, expected ${String(want)}`);
  }

  #fault(text: string): void {
    if (this.faults.length < 20) this.faults.push(text);
  }
}

const shown = (x: number | undefined): string =>
  Object.is(x, -0) ? "-0" : String(x);
