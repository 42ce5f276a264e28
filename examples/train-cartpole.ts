// A network learns to balance a pole on a cart by trying, at first at random: `npm run train:cartpole`, about 5 seconds.
import { create } from "../generated/cartpole.js";
import { options, writeOutput } from "./output.js";
import { colors, plotSvg, type Point } from "./plot.js";
import { random } from "./random.js";

/** Place and speed of the cart (m, m/s), angle and speed of the pole (rad, rad/s). */
type State = readonly [x: number, v: number, angle: number, spin: number];

/** Steps of an attempt that succeeds: 10 seconds. */
const longest = 500;
const rounds = 80;
/** Attempts between two updates of the policy. */
const attempts = 10;
/** What a step is worth to the action one step before it. */
const discount = 0.99;

/** The cart-pole of Barto, Sutton and Anderson (1983), 0.02 s later: masses 1 and 0.1 kg, half length 0.5 m, force 10 N. */
function moved([x, v, angle, spin]: State, action: number): State {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const push = ((action === 1 ? 10 : -10) + 0.05 * spin * spin * sin) / 1.1;
  const turn =
    (9.8 * sin - cos * push) / (0.5 * (4 / 3 - (0.1 * cos * cos) / 1.1));
  const speedUp = push - (0.05 * turn * cos) / 1.1;
  return [
    x + 0.02 * v,
    v + 0.02 * speedUp,
    angle + 0.02 * spin,
    spin + 0.02 * turn,
  ];
}

/** The cart has left the track, or the pole has fallen by more than 12 degrees. */
const lost = ([x, , angle]: State): boolean =>
  Math.abs(x) > 2.4 || Math.abs(angle) > Math.PI / 15;

const given = options();
const { uniform } = random(given.seed);
const network = create({ seed: given.seed, maxBatch: attempts * longest });

interface Step {
  readonly state: State;
  readonly action: number;
}

/** One attempt: what was seen and done until the pole fell, or long enough. */
function attempt(choose: (toTheRight: number) => number): Step[] {
  const start = (): number => 0.1 * uniform() - 0.05;
  let state: State = [start(), start(), start(), start()];
  const steps: Step[] = [];
  while (steps.length < longest && !lost(state)) {
    const [, toTheRight = NaN] = network.predict(state);
    const action = choose(toTheRight);
    steps.push({ state, action });
    state = moved(state, action);
  }
  return steps;
}

/** For each step, how many more there were, those far ahead counting less. */
function returns(steps: readonly Step[]): number[] {
  let sum = 0;
  return steps.map(() => (sum = 1 + discount * sum)).reverse();
}

const lengths: Point[] = [];
for (let round = 1; round <= rounds; round++) {
  const tried = Array.from({ length: attempts }, () =>
    attempt((toTheRight) => (uniform() < toTheRight ? 1 : 0)),
  );
  const steps = tried.flat();
  const gains = tried.flatMap(returns);
  const mean = gains.reduce((sum, g) => sum + g, 0) / gains.length;
  const square = gains.reduce((sum, g) => sum + (g - mean) ** 2, 0);
  const spread = Math.sqrt(square / gains.length) + 1e-9;
  steps.forEach(({ state, action }, i) => {
    network.inputs.state.set(state, 4 * i);
    network.inputs.action[i] = action;
    network.inputs.advantage[i] = ((gains[i] ?? NaN) - mean) / spread;
  });
  network.trainStep(steps.length);
  tried.forEach(({ length }, i) => {
    lengths.push([(round - 1) * attempts + i + 1, length]);
  });
  if (round === 1 || round % 10 === 0)
    console.log(
      `round ${String(round).padStart(2)} / ${String(rounds)}  ${(steps.length / attempts).toFixed(1)} steps an attempt`,
    );
}

const tests = Array.from(
  { length: 20 },
  () => attempt((toTheRight) => (toTheRight > 0.5 ? 1 : 0)).length,
);
const balanced = tests.filter((length) => length === longest).length;
console.log(
  `without chance: ${String(balanced)} of ${String(tests.length)} attempts balance for ${String(longest)} steps`,
);
writeOutput(
  given,
  "cartpole",
  "svg",
  plotSvg({
    title: `Balancing a pole: then ${String(balanced)} of ${String(tests.length)} for ${String(longest)} steps`,
    axes: ["attempt", "steps until the pole fell"],
    x: [0, rounds * attempts],
    y: [0, longest],
    series: [{ as: "dots", color: colors[0], points: lengths }],
  }),
);
