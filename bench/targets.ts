/** What gradc is to reach, as ratios in one run: at most so many times the time of C, a library at least so many times its own. */
import type { Measured } from "./measure/measure.js";
import type { Element } from "./measure/job.js";
import type { Result } from "./measure/race.js";
import type { Table } from "./report/table.js";
import { ratioText, timeText } from "./report/units.js";
import { reasonOf } from "./reasons.js";
import { taskText } from "./report/speed.js";
import type { Task } from "./workloads/table.js";

/** Which of gradc's tiers is measured. */
export type Ours = "wasm" | "javascript";

interface Target {
  readonly workload: string;
  readonly kind: Task["kind"];
  readonly batch: number;
  readonly ours: Ours;
  /** A contestant, "C" for the fastest compiler of C, or "itself" for a time in ns. */
  readonly against: string;
  /** gradc's time over theirs. */
  readonly most?: number;
  /** Their time over gradc's. */
  readonly least?: number;
}

const at = (workload: string, kind: Task["kind"], batch = 1) => {
  const what = { workload, kind, batch };
  return {
    most: (most: number, against: string, ours: Ours = "wasm"): Target => ({
      ...what,
      ours,
      against,
      most,
    }),
    least: (least: number, against: string, ours: Ours = "wasm"): Target => ({
      ...what,
      ours,
      against,
      least,
    }),
  };
};

const w1 = at("W1", "step");
const w2 = at("W2", "step");
const w2Batch = at("W2", "step", 32);
const w3 = at("W3", "step", 32);
const w3Adam = at("W3-Adam", "step", 32);
const w3Forward = at("W3", "forward");
const w4 = at("W4", "step", 32);
const w4Forward = at("W4", "forward");
const w5 = at("W5", "step");
const w5Forward = at("W5", "forward");
const mlp = at("W6-MLP", "forward");
const gru = at("W6-GRU", "forward");

const targets: readonly Target[] = [
  w1.most(1, "C"),
  w1.most(3, "C", "javascript"),
  w1.least(5, "synaptic"),
  w1.least(4000, "PyTorch"),
  w2.most(1, "C"),
  w2Batch.most(0.7, "C"),
  w2.most(2, "C", "javascript"),
  w2.least(12, "synaptic"),
  w2Batch.least(200, "jax-js"),
  w3.most(1.5, "C OpenBLAS"),
  w3Adam.most(1.4, "C OpenBLAS"),
  at("W3-zeros", "step", 32).most(0.7, "C OpenBLAS"),
  w3.least(1.4, "PyTorch"),
  w3Adam.least(1.4, "PyTorch"),
  w3.least(3.5, "jax-js"),
  w3Adam.least(3.5, "jax-js"),
  w3.least(20, "TensorFlow.js wasm"),
  w3Adam.least(20, "TensorFlow.js wasm"),
  w3Forward.most(1.4, "C"),
  w3Forward.least(5, "onnxruntime-node"),
  w4.most(0.4, "C clang"),
  w4Forward.most(0.7, "C clang"),
  w4.least(3.5, "PyTorch"),
  w4.least(200, "jax-js"),
  w4Forward.least(2, "onnxruntime-node"),
  w5.most(1.7, "C OpenBLAS"),
  w5Forward.most(1.6, "C OpenBLAS"),
  w5.least(3.5, "PyTorch"),
  w5.least(7, "jax-js"),
  w5Forward.least(1.2, "onnxruntime-node"),
  mlp.most(1.5, "C"),
  gru.most(1.4, "C"),
  mlp.most(8000, "itself", "javascript"),
  mlp.least(40, "onnxruntime-node"),
  gru.least(25, "onnxruntime-node"),
  at("gemm", "forward", 32).most(1 / 0.6, "C OpenBLAS"),
  w3.most(4e6, "itself", "javascript"),
  w3.least(8, "TensorFlow.js cpu", "javascript"),
];

/** What a target is measured as: exact JavaScript is float64, its peers what they have. */
const elementOf = (ours: Ours): Element => (ours === "wasm" ? "f32" : "f64");

/** A row for each target of the workloads that were measured, on the newest engine. */
export function targetTable(measured: readonly Measured[]): Table {
  const results = measured.flatMap((m) => m.results);
  const names = new Set(measured.map((m) => m.workload.id));
  return {
    title: "Targets, on the newest Node: medians of one run",
    columns: [
      "",
      "gradc",
      "against",
      "target",
      "measured",
      "",
      "what holds it back",
    ],
    rows: [
      ...targets
        .filter(({ workload }) => names.has(workload))
        .map((target) => rowOf(target, results)),
      ...measured.flatMap(exactRows),
      ...measured.flatMap((m) => likeRows(m, measured)),
    ],
  };
}

/** The last engine is the newest; "C" is its fastest compiler. */
function timeOf(
  results: readonly Result[],
  name: string,
  element: Element | undefined,
): Result | undefined {
  const own = results.filter(
    (r) =>
      (name === "C" ? r.contestant.startsWith("C ") : r.contestant === name) &&
      (element === undefined || r.element === element),
  );
  const there = own.filter((r) => r.time !== undefined);
  if (there.length === 0) return own[0];
  if (name !== "C") return there.at(-1);
  return there.reduce((a, b) =>
    (a.time?.median ?? 0) <= (b.time?.median ?? 0) ? a : b,
  );
}

/** The same call of two workloads. */
const isSame = (a: Task, b: Task): boolean =>
  a.kind === b.kind && a.batch === b.batch;

function rowOf(target: Target, all: readonly Result[]): readonly string[] {
  const { ours, against, most, least } = target;
  const results = all.filter(
    ({ workload, task }) =>
      workload === target.workload && isSame(task, target),
  );
  const element = elementOf(ours);
  const gradc = timeOf(
    results,
    ours === "wasm" ? "gradc wasm" : "gradc",
    element,
  );
  const isPeer = least !== undefined;
  // A library has the type that it has; C and PyTorch are compared in gradc's.
  const other =
    against === "itself"
      ? undefined
      : (timeOf(results, against, element) ??
        (isPeer ? timeOf(results, against, undefined) : undefined));
  const limit =
    against === "itself"
      ? `<= ${timeText(most ?? 0)}`
      : isPeer
        ? `>= ${ratioText(least)}`
        : `<= ${ratioText(most ?? 0)}`;
  const head = [
    `${target.workload} ${taskText({ kind: target.kind, batch: target.batch })}`,
    `${ours} ${element}`,
    against === "itself"
      ? "-"
      : `${other?.contestant ?? against} ${other?.element ?? element}`,
    limit,
  ];
  const reason = reasonOf({ id: target.workload }, ours);
  const mine = gradc?.time?.median;
  if (mine === undefined)
    return [
      ...head,
      "-",
      `not measured: ${gradc?.absent ?? "gradc has no such tier"}`,
      "",
    ];
  if (against === "itself")
    return [...head, timeText(mine), ...verdict(mine / (most ?? 0), reason)];
  const theirs = other?.time?.median;
  if (theirs === undefined)
    return [
      ...head,
      "-",
      `not measured: ${other?.absent ?? `${against} did not take part`}`,
      "",
    ];
  return isPeer
    ? [
        ...head,
        ratioText(theirs / mine),
        ...verdict(least / (theirs / mine), reason),
      ]
    : [
        ...head,
        ratioText(mine / theirs),
        ...verdict(mine / theirs / (most ?? 0), reason),
      ];
}

/** The last two columns; `over` is how many times over the limit the measurement is. */
const verdict = (over: number, reason: string): readonly string[] =>
  over <= 1 ? ["met", ""] : [`missed: ${ratioText(over)} too slow`, reason];

/** gradc's own functions may cost 10 % more than the engine's. */
function exactRows({ workload, results }: Measured): readonly string[][] {
  return workload.tasks.flatMap((task) => {
    const own = results.filter((r) => r.task === task);
    const exact = timeOf(own, "gradc", "f64")?.time?.median;
    const host = timeOf(own, "gradc --math host", "f64")?.time?.median;
    if (exact === undefined || host === undefined) return [];
    return [
      [
        `${workload.id} ${taskText(task)}`,
        "javascript f64",
        "--math host",
        "<= 1.10x",
        ratioText(exact / host),
        ...verdict(exact / host / 1.1, reasonOf(workload, "exact")),
      ],
    ];
  });
}

/**
 * A network of other sizes is as near to C as the one that it is like, within 1.3, where that one's distance is a target;
 * other distances are reported, as those of JavaScript: vectors of C gain with the size of a layer, single numbers do not.
 */
function likeRows(
  { workload, results }: Measured,
  measured: readonly Measured[],
): readonly string[][] {
  const model = measured.find((m) => m.workload.id === workload.like);
  if (model === undefined) return [];
  const tiers = [
    ["javascript", "gradc", "f64"],
    ["wasm", "gradc wasm", "f32"],
  ] as const;
  const toC = (
    of: readonly Result[],
    task: Task,
    name: string,
    element: Element,
  ) => {
    const own = of.filter((r) => isSame(r.task, task));
    const mine = timeOf(own, name, element)?.time?.median;
    const c = timeOf(own, "C", element)?.time?.median;
    return mine === undefined || c === undefined ? undefined : mine / c;
  };
  return workload.tasks.flatMap((task) =>
    tiers.flatMap(([ours, name, element]) => {
      const own = toC(results, task, name, element);
      const known = toC(model.results, task, name, element);
      if (own === undefined || known === undefined) return [];
      const head = [
        `${workload.id} ${taskText(task)}`,
        `${ours} ${element}`,
        `C, less ${model.workload.id}`,
      ];
      const isTarget = targets.some(
        (t) =>
          t.workload === model.workload.id &&
          isSame(t, task) &&
          t.ours === ours &&
          t.against.startsWith("C"),
      );
      if (!isTarget)
        return [
          [...head, `- (${ratioText(known)})`, ratioText(own), "reported", ""],
        ];
      return [
        [
          ...head,
          `<= ${ratioText(1.3 * known)}`,
          ratioText(own),
          ...verdict(own / known / 1.3, reasonOf(workload, ours)),
        ],
      ];
    }),
  );
}
