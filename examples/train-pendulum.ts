// A network learns how a pendulum moves from noisy observations, then foretells 20 seconds of a swing that it has never
// seen: `npm run train:pendulum`, about 3 seconds.
import { create } from "../generated/pendulum.js";
import { options, writeOutput } from "./output.js";
import { colors, plotSvg, type Point } from "./plot.js";
import { random } from "./random.js";
import { progress } from "./training.js";

/** Seconds between two observations, as in the model. */
const h = 0.1;
const steps = 8000;
const batchSize = 32;

/** Angle in radians and speed a time h later, by many small steps: gravity over length is 1, friction 0.15. */
function swing([angle, speed]: Point): Point {
  const parts = 100;
  for (let i = 0; i < parts; i++) {
    const halfAngle = angle + (h / parts / 2) * speed;
    const halfSpeed = speed - (h / parts / 2) * force(angle, speed);
    angle += (h / parts) * halfSpeed;
    speed -= (h / parts) * force(halfAngle, halfSpeed);
  }
  return [angle, speed];
}

const force = (angle: number, speed: number): number =>
  Math.sin(angle) + 0.15 * speed;

/** The start and where `next` leads from there, `count` times. */
function path(
  start: Point,
  count: number,
  next: (state: Point) => Point,
): Point[] {
  const states = [start];
  for (let i = 0; i < count; i++) states.push(next(states[i] ?? start));
  return states;
}

const given = options();
const { uniform, normal, below } = random(given.seed);
const seen = Array.from({ length: 20 }, () => {
  const start: Point = [5 * uniform() - 2.5, 2 * uniform() - 1];
  const noisy = (x: number): number => x + 0.002 * normal();
  return path(start, 60, swing).map(([a, s]): Point => [noisy(a), noisy(s)]);
});

const network = create({ seed: given.seed, maxBatch: batchSize });
const { start, seen1, seen2 } = network.inputs;
for (let step = 1; step <= steps; step++) {
  network.lr = 0.01 * (1 - step / (steps + 1));
  for (let i = 0; i < batchSize; i++) {
    const states = seen[below(seen.length)] ?? [];
    const at = below(states.length - 2);
    [start, seen1, seen2].forEach((input, ahead) => {
      input.set(states[at + ahead] ?? [], 2 * i);
    });
  }
  network.trainStep(batchSize);
  progress(step, steps, network.loss[0] ?? NaN);
}

const first: Point = [2, 0];
const truth = path(first, 200, swing);
const foretold = path(first, 200, (state) => {
  const [angle = NaN, speed = NaN] = network.predict(state);
  return [angle, speed];
});
const largest = truth.reduce(
  (worst, [angle], i) =>
    Math.max(worst, Math.abs(angle - (foretold[i]?.[0] ?? NaN))),
  0,
);
console.log(
  `an unseen swing of 20 s, foretold from its first state: angle right to ${largest.toFixed(3)} rad`,
);
writeOutput(
  given,
  "pendulum",
  "svg",
  plotSvg({
    title: `A neural differential equation foretells 20 s to ${largest.toFixed(3)} rad`,
    axes: ["angle in radians", "speed in radians a second"],
    x: [-3, 3],
    y: [-2.5, 2.5],
    series: [
      { as: "dots", color: "#d8d8d8", points: seen.flat(), name: "observed" },
      { as: "line", color: colors[0], points: foretold, name: "foretold" },
      { as: "dashes", color: "#111", points: truth, name: "truth" },
    ],
  }),
);
