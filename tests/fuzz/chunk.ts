/** Some hundred programs: generated, compiled, run, each by itself; those that fail are made smaller. */
import { checkProgram, type Forms } from "./check.js";
import { coveredBy } from "./coverage.js";
import { generate } from "./generate.js";
import { printProgram, type Program } from "./program.js";
import { shrink } from "./shrink.js";

export interface Failure {
  readonly index: number;
  readonly message: string;
  /** The smallest program found that fails. */
  readonly source: string;
}

/** What is known after a chunk; it goes from process to process as JSON. */
export interface ChunkReport {
  readonly failures: readonly Failure[];
  readonly covered: readonly string[];
  readonly gradients: number;
  readonly differences: number;
  readonly unsure: number;
  readonly undecided: number;
  readonly worstRatio: number;
}

/**
 * Every so many programs go through the whole of `npm run compile`, and as many others are checked in float32; either costs
 * about half as much again.
 */
const moreEvery = 4;

/** What the program of this number is checked in: the form in float32 alternates. */
const formsOf = (index: number): Forms => {
  const turn = index % (2 * moreEvery);
  return {
    whole: turn % moreEvery === 0,
    narrow: turn === 2 ? ["never"] : turn === 2 + moreEvery ? ["full"] : [],
  };
};

/** Programs `from` .. `to` - 1 of a seed. */
export async function runChunk(
  seed: number,
  from: number,
  to: number,
): Promise<ChunkReport> {
  const failures: Failure[] = [];
  const covered = new Set<string>();
  let [gradients, differences, unsure, undecided, worstRatio] = [0, 0, 0, 0, 0];
  for (let index = from; index < to; index++) {
    const program = generate(seed, index);
    coveredBy(program).forEach((key) => covered.add(key));
    const forms = formsOf(index);
    const message = await messageOf(program, forms, (checked) => {
      gradients += checked.gradients;
      differences += checked.differences;
      unsure += checked.unsure;
      undecided += checked.undecided;
      worstRatio = Math.max(worstRatio, checked.worstRatio);
    });
    if (message === undefined) continue;
    const smallest = await shrink(program, async (p) =>
      alike(message, await messageOf(p, forms)),
    );
    failures.push({ index, message, source: printProgram(smallest) });
  }
  return {
    failures,
    covered: [...covered],
    gradients,
    differences,
    unsure,
    undecided,
    worstRatio,
  };
}

type Checked = Awaited<ReturnType<typeof checkProgram>>;

/** Why a program fails; undefined where it does not. */
async function messageOf(
  p: Program,
  forms: Forms,
  report: (checked: Checked) => void = () => undefined,
): Promise<string | undefined> {
  try {
    report(await checkProgram(p, forms));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A smaller program should fail for the same reason: numbers and names apart, the words are the same. */
function alike(message: string, other: string | undefined): boolean {
  const words = (text: string): string =>
    text.replace(/-?\d[\d.e+-]*|Infinity|NaN|"[^"]*"/g, "#").slice(0, 24);
  return other !== undefined && words(other) === words(message);
}
