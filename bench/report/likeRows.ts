/** How near to C a network of other sizes is, beside the one that it is like. */
import type { Raced } from "../measure/measure.js";
import type { Result } from "../measure/race.js";
import { reasonOf } from "../reasons.js";
import { targets, type Ours } from "../targets.js";
import type { Task } from "../workloads/table.js";
import { equalC, equalText, reasonBesideC, type EqualC } from "./equalWidth.js";
import { taskText } from "./speed.js";
import { isSame, tiers, timeOf } from "./times.js";
import { ratioText } from "./units.js";
import { verdict } from "./verdict.js";

/** How many times as far from C a network may be as the one that it is like. */
const slack = 1.3;

/**
 * A network of other sizes is as near to C as the one that it is like, within 1.3, where that one's distance is a target;
 * other distances are reported, as those of JavaScript: vectors of C gain with the size of a layer, single numbers do not.
 */
export function likeRows(
  { workload, results }: Raced,
  measured: readonly Raced[],
): readonly (readonly string[])[] {
  const model = measured.find((m) => m.workload.id === workload.like);
  if (model === undefined) return [];
  return workload.tasks.flatMap((task) =>
    (["javascript", "wasm"] as const).flatMap((ours) => {
      const own = besideC(results, task, ours);
      const known = besideC(model.results, task, ours);
      if (own === undefined || known === undefined) return [];
      const { mine, c, equal } = own;
      const ratio = mine / c;
      const knownRatio = known.mine / known.c;
      const head = [
        `${workload.id} ${taskText(task)}`,
        `${ours} ${tiers[ours].element}`,
        `C, less ${model.workload.id}`,
      ];
      const measurement = [ratioText(ratio), equalText(mine, equal)];
      if (!isTarget(model.workload.id, task, ours))
        return [
          [
            ...head,
            `- (${ratioText(knownRatio)})`,
            ...measurement,
            "reported",
            "",
          ],
        ];
      const most = slack * knownRatio;
      const limit =
        "time" in known.equal ? (slack * known.mine) / known.equal.time : most;
      return [
        [
          ...head,
          `<= ${ratioText(most)}`,
          ...measurement,
          ...verdict(
            ratio / most,
            reasonBesideC({ mine, c, limit }, equal, reasonOf(workload, ours)),
          ),
        ],
      ];
    }),
  );
}

/** Times of a call in ns: gradc's, that of the fastest C, that of C as wide. */
function besideC(
  results: readonly Result[],
  task: Task,
  ours: Ours,
):
  | { readonly mine: number; readonly c: number; readonly equal: EqualC }
  | undefined {
  const { name, element } = tiers[ours];
  const own = results.filter((r) => isSame(r.task, task));
  const mine = timeOf(own, name, element)?.time?.median;
  const c = timeOf(own, "C", element)?.time?.median;
  return mine === undefined || c === undefined
    ? undefined
    : { mine, c, equal: equalC(own, ours) };
}

const isTarget = (workload: string, task: Task, ours: Ours): boolean =>
  targets.some(
    (target) =>
      target.workload === workload &&
      isSame(target.task, task) &&
      target.ours === ours &&
      target.limit.kind === "C",
  );
