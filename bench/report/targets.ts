/** What was measured beside what gradc is to reach. */
import type { Element } from "../measure/job.js";
import type { Raced } from "../measure/measure.js";
import type { Result } from "../measure/race.js";
import { reasonOf } from "../reasons.js";
import { targets, type Limit, type Target } from "../targets.js";
import {
  equalC,
  equalText,
  reasonBeside,
  reasonBesideC,
} from "./equalWidth.js";
import { likeRows } from "./likeRows.js";
import { taskText } from "./speed.js";
import type { Table } from "./table.js";
import { isSame, tiers, timeOf } from "./times.js";
import { ratioText, timeText } from "./units.js";
import { unmeasured, verdict } from "./verdict.js";

/** A row for each target of the workloads that were measured, on the newest engine. */
export function targetTable(measured: readonly Raced[]): Table {
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
      "to C as wide",
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

function rowOf(target: Target, all: readonly Result[]): readonly string[] {
  const { ours, limit, task } = target;
  const results = all.filter(
    (r) => r.workload === target.workload && isSame(r.task, task),
  );
  const { name, element } = tiers[ours];
  const other = otherOf(limit, element, results);
  const head = [
    `${target.workload} ${taskText(task)}`,
    `${ours} ${element}`,
    limit.kind === "time"
      ? "-"
      : `${other?.contestant ?? limit.against} ${other?.element ?? element}`,
    limitText(limit),
  ];
  const gradc = timeOf(results, name, element);
  const mine = gradc?.time?.median;
  if (mine === undefined)
    return [...head, ...unmeasured(gradc?.absent ?? "gradc has no such tier")];
  const equal = equalC(results, ours);
  const profile = reasonOf({ id: target.workload }, ours);
  if (limit.kind === "time")
    return [
      ...head,
      timeText(mine),
      "-",
      ...verdict(mine / limit.most, reasonBeside(limit.most, equal, profile)),
    ];
  const theirs = other?.time?.median;
  if (theirs === undefined)
    return [
      ...head,
      ...unmeasured(other?.absent ?? `${limit.against} did not take part`),
    ];
  if (limit.kind === "library") {
    const most = theirs / limit.least;
    return [
      ...head,
      ratioText(theirs / mine),
      "-",
      ...verdict(mine / most, reasonBeside(most, equal, profile)),
    ];
  }
  const times = { mine, c: theirs, limit: limit.most };
  return [
    ...head,
    ratioText(mine / theirs),
    equalText(mine, equal),
    ...verdict(
      mine / theirs / limit.most,
      reasonBesideC(times, equal, profile),
    ),
  ];
}

/** A library has the type that it has; C and PyTorch are compared in gradc's. */
function otherOf(
  limit: Limit,
  element: Element,
  results: readonly Result[],
): Result | undefined {
  if (limit.kind === "time") return undefined;
  const own = timeOf(results, limit.against, element);
  return limit.kind === "library"
    ? (own ?? timeOf(results, limit.against))
    : own;
}

function limitText(limit: Limit): string {
  switch (limit.kind) {
    case "C":
      return `<= ${ratioText(limit.most)}`;
    case "library":
      return `>= ${ratioText(limit.least)}`;
    case "time":
      return `<= ${timeText(limit.most)}`;
  }
}

/** gradc's own functions may cost 10 % more than the engine's. */
function exactRows({ workload, results }: Raced): readonly string[][] {
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
        "-",
        ...verdict(exact / host / 1.1, reasonOf(workload, "exact")),
      ],
    ];
  });
}
