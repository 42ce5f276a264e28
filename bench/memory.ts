/** The plan of the memory: bytes that values take, beside the largest set of them that is needed at one time. */
import type { Bench } from "./bench.js";
import { compileTier, tiers, type Tier } from "./measure/tiers.js";
import { bytesText, ratioText } from "./report/units.js";
import { workloads } from "./workloads/table.js";

/** Most bytes, as a multiple of the largest set. */
const most = 1.05;

interface Planned {
  readonly workload: string;
  readonly tier: Tier;
  /** In bytes, with room for one example. */
  readonly values?: number;
  readonly largestLiveSet?: number;
  readonly absent?: string;
}

export const benchMemory: Bench = () => {
  const plans = workloads
    .filter(({ zeros }) => zeros === 0)
    .flatMap((workload) => {
      console.error(`bench: memory of ${workload.id}`);
      return tiers
        .filter(({ name }) => !name.includes("host"))
        .map((tier): Planned => {
          const of = { workload: workload.id, tier };
          const made = compileTier(workload, tier);
          return "absent" in made
            ? { ...of, ...made }
            : { ...of, ...made.memory };
        });
    });
  const verdicts = plans.map(verdictOf);
  const count = (start: string) =>
    String(verdicts.filter((v) => v.startsWith(start)).length);
  return Promise.resolve({
    tables: [
      {
        title: "Memory for values of one example",
        columns: ["", "type", "planned", "largest live set", "ratio", ""],
        rows: plans.map((plan, i) => {
          const { workload, tier, values, largestLiveSet } = plan;
          const known = values !== undefined && largestLiveSet !== undefined;
          return [
            `${workload} ${tier.name}`,
            tier.element,
            ...(known
              ? [
                  bytesText(values),
                  bytesText(largestLiveSet),
                  ratioText(ratioOf(values, largestLiveSet)),
                ]
              : ["-", "-", "-"]),
            verdicts[i] ?? "",
          ];
        }),
      },
    ],
    data: plans,
    summary: `${count("met")} plans within ${ratioText(most)} of the largest live set, ${count("missed")} beyond`,
  });
};

/** A module whose values are all names of functions plans nothing. */
const ratioOf = (values: number, least: number): number =>
  least === 0 ? 1 : values / least;

function verdictOf({ values, largestLiveSet, absent }: Planned): string {
  if (values === undefined || largestLiveSet === undefined)
    return `not measured: ${absent ?? ""}`;
  return ratioOf(values, largestLiveSet) <= most
    ? `met: <= ${ratioText(most)}`
    : `missed: <= ${ratioText(most)}`;
}
