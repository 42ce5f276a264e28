/** What was measured of a workload, as a table. */
import type { Measured } from "../measure/measure.js";
import type { Result } from "../measure/race.js";
import type { Task } from "../workloads/table.js";
import type { Table } from "./table.js";
import { bytesText, ratioText, timeText } from "./units.js";

export const taskText = ({ kind, batch }: Task): string =>
  batch === 1 ? kind : `${kind}, batch ${String(batch)}`;

/** One table a task; ratios are how many times as long as gradc's fastest a contestant takes. */
export function tablesOf({ workload, results }: Measured): readonly Table[] {
  return workload.tasks.map((task) => {
    const own = results.filter((result) => result.task === task);
    return {
      title: `${workload.id} ${taskText(task)}: ${workload.title}`,
      columns: [
        "",
        "type",
        "median",
        "min",
        "max",
        "/ gradc",
        "bytes a call",
        "memory",
        "agrees to",
        "in",
      ],
      rows: own.map((result) => rowOf(result, fastest(own, result))),
    };
  });
}

/** gradc's fastest of the same element type, or its fastest where there is none. */
function fastest(
  results: readonly Result[],
  { element }: Result,
): number | undefined {
  const times = (ofType: boolean) =>
    results.flatMap((result) =>
      result.contestant.startsWith("gradc") &&
      result.time !== undefined &&
      (result.element === element) === ofType
        ? [result.time.median]
        : [],
    );
  const [same, other] = [times(true), times(false)];
  const all = same.length > 0 ? same : other;
  return all.length > 0 ? Math.min(...all) : undefined;
}

function rowOf(result: Result, gradc: number | undefined): readonly string[] {
  const { contestant, element, time, runtime, absent, note } = result;
  const about = note === undefined ? runtime : `${runtime}; ${note}`;
  if (time === undefined)
    return [
      contestant,
      element,
      ...Array.from({ length: 7 }, () => "-"),
      absent ?? about,
    ];
  return [
    contestant,
    element,
    timeText(time.median),
    timeText(time.min),
    timeText(time.max),
    gradc === undefined ? "-" : ratioText(time.median / gradc),
    result.allocation === undefined ? "-" : result.allocation.toFixed(0),
    result.memory === undefined ? "-" : bytesText(result.memory),
    result.distance === undefined ? "-" : result.distance.toExponential(0),
    about,
  ];
}
