/** Cold starts: a fresh process until its first call is over, its own start-up apart. Everything is loaded that the library asks for. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench } from "./bench.js";
import { withCompiled } from "./measure/measure.js";
import type { Contestant, Place } from "./measure/contestant.js";
import { writeJob } from "./measure/job.js";
import { engines, here, type Engine } from "./measure/nodes.js";
import { statisticsOf, type Statistics } from "./measure/statistics.js";
import { Worker } from "./measure/worker.js";
import { reasonOf } from "./reasons.js";
import { libraryContestants } from "./peers/contestants.js";
import { taskText } from "./report/speed.js";
import { workloads, type Task } from "./workloads/table.js";

/** Most ms that gradc may take. */
const limits: Readonly<Record<string, number>> = { W1: 2, W2: 2, W3: 15 };

interface Start {
  readonly workload: string;
  readonly task: Task;
  readonly contestant: string;
  readonly runtime: string;
  /** In ms. */
  readonly time?: Statistics;
  readonly absent?: string;
}

const emptyModule = "an empty module";

/** The same process around a module that does nothing: what no start can be faster than. */
const nothing = ({ name, path }: Engine): Contestant => ({
  name: emptyModule,
  element: "f64",
  runtime: name,
  prepare: ({ folder, workload, files }) => ({
    program: path,
    args: [
      join(dirname(fileURLToPath(import.meta.url)), "workers", "nothing.mjs"),
      writeJob(folder, "nothing", workload, files, {}),
    ],
  }),
});

export const benchCold: Bench = async ({ quick, alone }) => {
  const { engines: nodes } = alone ? { engines: [here] } : engines();
  const newest = nodes.at(-1) ?? here;
  const libraries = alone ? [] : libraryContestants(newest);
  const starts: Start[] = [];
  for (const workload of workloads.filter(({ id }) => id in limits)) {
    console.error(`bench: cold starts of ${workload.id}`);
    const step = workload.tasks.findIndex(({ kind }) => kind === "step");
    await withCompiled(workload, nodes, async ({ place, own }) => {
      for (const engine of nodes)
        starts.push(await cold(nothing(engine), place, 0, quick ? 2 : 7));
      for (const contestant of own)
        for (const task of [0, step])
          starts.push(await cold(contestant, place, task, quick ? 2 : 7));
      // What all libraries have is a forward pass.
      for (const contestant of libraries)
        starts.push(await cold(contestant, place, 0, quick ? 1 : 5));
    });
  }
  const ms = (x: number) => x.toFixed(1);
  const verdictOf = ({ contestant, workload, task, runtime, time }: Start) => {
    const limit = limits[workload];
    if (time === undefined || limit === undefined) return "";
    if (!contestant.startsWith("gradc") || task.kind === "forward") return "";
    if (time.median <= limit) return `met: <= ${String(limit)} ms`;
    const empty = starts.find(
      (s) =>
        s.contestant === emptyModule &&
        s.workload === workload &&
        s.runtime === runtime,
    );
    const floor =
      empty?.time === undefined
        ? ""
        : `, an empty module takes ${ms(empty.time.median)}`;
    return `missed: <= ${String(limit)} ms${floor}`;
  };
  const count = (word: string): string =>
    String(starts.filter((s) => verdictOf(s).startsWith(word)).length);
  return {
    tables: [
      {
        title: "Cold start: import and first call, in ms, of a fresh process",
        columns: [
          "",
          "first call",
          "median",
          "min",
          "max",
          "",
          "in",
          "what holds it back",
        ],
        rows: starts.map((start) => {
          const { workload, task, contestant, runtime, time, absent } = start;
          const verdict = verdictOf(start);
          return [
            `${workload} ${contestant}`,
            taskText(task),
            ...(time === undefined
              ? ["-", "-", "-"]
              : [time.median, time.min, time.max].map(ms)),
            verdict,
            absent ?? runtime,
            verdict.startsWith("missed")
              ? reasonOf({ id: workload }, "cold")
              : "",
          ];
        }),
      },
    ],
    data: starts,
    summary: `${count("met")} of gradc's starts are fast enough, ${count("missed")} are not`,
  };
};

async function cold(
  contestant: Contestant,
  place: Place,
  index: number,
  times: number,
): Promise<Start> {
  const { workload } = place;
  const task = workload.tasks[index] ?? { kind: "forward", batch: 1 };
  const { name, runtime } = contestant;
  const what = { workload: workload.id, task, contestant: name, runtime };
  const command = contestant.prepare(place);
  if ("absent" in command) return { ...what, absent: command.absent };
  const args = [...command.args, String(index)];
  const measured: number[] = [];
  for (let i = 0; i < times; i++) {
    const [worker, reply] = await Worker.start({ ...command, args });
    worker.stop();
    const ms = reply["ms"];
    if (typeof ms !== "number")
      return {
        ...what,
        absent: typeof reply.absent === "string" ? reply.absent : "no answer",
      };
    measured.push(ms);
  }
  return { ...what, time: statisticsOf(measured) };
}
