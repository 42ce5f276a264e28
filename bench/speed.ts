/** How fast compiled workloads are: gradc's tiers, C and libraries in turns. */
import type { Bench } from "./bench.js";
import { cContestants } from "./c/contestants.js";
import { machineTable } from "./machine.js";
import { measure, type Measured } from "./measure/measure.js";
import { engines, here, type Engines } from "./measure/nodes.js";
import { libraryContestants } from "./peers/contestants.js";
import { torchContestants } from "./peers/torch.js";
import type { Effort } from "./measure/race.js";
import { writePage } from "./report/page.js";
import { tablesOf } from "./report/speed.js";
import type { Table } from "./report/table.js";
import { targetTable } from "./report/targets.js";
import type { Workload } from "./workloads/table.js";

const thorough: Effort = { sample: 20, samples: 11, warmUp: 300, most: 1500 };
const quick: Effort = { sample: 4, samples: 3, warmUp: 40, most: 100 };

/** Few and short samples say nothing of what holds anything back: most of them are of code that is not compiled yet. */
const unquotable = (table: Table): Table => ({
  ...table,
  title: `${table.title}, too short to quote`,
  rows: table.rows.map((row) => row.with(-1, "")),
});

export const benchSpeed =
  (workloads: readonly Workload[]): Bench =>
  async (options) => {
    const nodes: Engines = options.alone ? { engines: [here] } : engines();
    const others = options.alone ? [] : cContestants();
    const libraries = options.alone
      ? []
      : [
          ...torchContestants(),
          ...libraryContestants(nodes.engines.at(-1) ?? here),
        ];
    const measured: Measured[] = [];
    for (const workload of workloads) {
      console.error(`bench: ${workload.id}, ${workload.title}`);
      measured.push(
        await measure(
          workload,
          nodes.engines,
          workload.peers ? [...others, ...libraries] : others,
          options.quick ? quick : thorough,
        ),
      );
    }
    const machine = machineTable(
      nodes.absent === undefined ? [] : [nodes.absent],
    );
    if (options.page !== undefined) {
      const reason = writePage(options.page, machine, measured);
      if (reason !== undefined) console.error(`bench: no page: ${reason}`);
    }
    const all = targetTable(measured);
    const targets = options.quick ? unquotable(all) : all;
    const verdicts = targets.rows.map((row) => row.at(-2) ?? "");
    const count = (start: string) =>
      String(verdicts.filter((v) => v.startsWith(start)).length);
    return {
      tables: [machine, ...measured.flatMap(tablesOf), targets],
      data: measured,
      summary: `${count("met")} targets met, ${count("missed")} missed, ${count("not")} not measured`,
    };
  };
