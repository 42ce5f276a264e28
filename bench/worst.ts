/** The longest calls: what an application with a deadline, such as sound or a game, has to expect of `forward(1)`. */
import type { Bench } from "./bench.js";
import { withCompiled } from "./measure/measure.js";
import { engines, here } from "./measure/nodes.js";
import { Worker } from "./measure/worker.js";
import { timeText } from "./report/units.js";
import { workloads } from "./workloads/table.js";

const measured = ["W1", "W2", "W6-MLP", "W6-GRU", "LSTM-stream"];

interface Calls {
  readonly workload: string;
  readonly contestant: string;
  readonly element: string;
  readonly runtime: string;
  /** In ns, each with a look at the clock. */
  readonly first: number;
  readonly median: number;
  readonly p999: number;
  readonly max: number;
  /** The same of calls that do nothing: what the machine and the clock take. */
  readonly nothing: { readonly p999: number; readonly max: number };
}

export const benchWorst: Bench = async ({ quick, alone }) => {
  const newest = (alone ? [] : engines().engines).at(-1) ?? here;
  const calls = quick ? 1e4 : 1e6;
  const found: Calls[] = [];
  for (const workload of workloads.filter(({ id }) => measured.includes(id))) {
    console.error(`bench: longest calls of ${workload.id}`);
    await withCompiled(workload, [newest], async ({ place, own }) => {
      for (const contestant of own) {
        const command = contestant.prepare(place);
        if ("absent" in command) continue;
        const [worker] = await Worker.start(command);
        const reply = await worker.request(`worst 0 ${String(calls)}`);
        worker.stop();
        const ns = (name: string) => Number(reply[name]);
        found.push({
          workload: workload.id,
          contestant: contestant.name,
          element: contestant.element,
          runtime: contestant.runtime,
          first: ns("first"),
          median: ns("median"),
          p999: ns("p999"),
          max: ns("max"),
          nothing: reply["nothing"] as Calls["nothing"],
        });
      }
    });
  }
  const longest = Math.max(...found.map(({ max }) => max));
  return {
    tables: [
      {
        title: `Longest of ${String(calls)} calls of forward(1), the first one apart`,
        columns: [
          "",
          "type",
          "first",
          "median",
          "99.9 %",
          "longest",
          "of nothing: 99.9 %",
          "longest",
          "in",
        ],
        rows: found.map((row) => [
          `${row.workload} ${row.contestant}`,
          row.element,
          ...[row.first, row.median, row.p999, row.max].map(timeText),
          ...[row.nothing.p999, row.nothing.max].map(timeText),
          row.runtime,
        ]),
      },
    ],
    data: found,
    summary: `the longest call took ${timeText(longest)}`,
  };
};
