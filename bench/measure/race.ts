/**
 * One workload, all contestants. Each has a process of its own, which waits while another one is timed; samples are taken
 * in turns, so that a busy machine is busy for all of them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Task } from "../workloads/table.js";
import { distance, tolerance } from "./agreement.js";
import type { Contestant, Place } from "./contestant.js";
import type { Element } from "./job.js";
import { statisticsOf, type Statistics } from "./statistics.js";
import { Worker, type Reply } from "./worker.js";

/** How long is measured. */
export interface Effort {
  /** Of each sample, in ms. */
  readonly sample: number;
  readonly samples: number;
  /** Before the first one, in ms, or longer for few calls: until engines have compiled what they run. */
  readonly warmUp: number;
  /** A contestant that is so slow that its samples take longer, in ms, gives fewer: at least three. It warms up no longer either. */
  readonly most: number;
}

export interface Result {
  readonly workload: string;
  readonly task: Task;
  readonly contestant: string;
  readonly element: Element;
  readonly runtime: string;
  /** Time of a call in ns. */
  readonly time?: Statistics;
  /** Relative distance of what it computes from what gradc does; undefined where that is another thing. */
  readonly distance?: number;
  /** Bytes that a call leaves on the heap of the engine, once it has compiled what it runs; of gradc. */
  readonly allocation?: number;
  /** Peak memory of the process in bytes, after all that was measured in it. */
  readonly memory?: number;
  /** Why there is no time. */
  readonly absent?: string;
  readonly note?: string;
}

/** As many calls as this come before the first sample, if there is time: the first one of a large network takes most of a second. */
const warmUpCalls = 30;

/** How long calls are watched for what they allocate, in ns. */
const allocationTime = 5e7;

interface Racer {
  readonly contestant: Contestant;
  readonly worker?: Worker;
  readonly ready: Reply;
}

/** The first contestant is the one that others are compared with. */
export async function race(
  place: Place,
  contestants: readonly Contestant[],
  effort: Effort,
): Promise<readonly Result[]> {
  const racers: Racer[] = [];
  try {
    for (const contestant of contestants)
      racers.push(await enter(contestant, place));
    const results: Result[] = [];
    for (const [index, task] of place.workload.tasks.entries())
      results.push(...(await raceTask(place, racers, task, index, effort)));
    return await withMemory(racers, results);
  } finally {
    for (const { worker } of racers) worker?.stop();
  }
}

async function enter(contestant: Contestant, place: Place): Promise<Racer> {
  const command = contestant.prepare(place);
  if ("absent" in command)
    return { contestant, ready: { absent: command.absent } };
  const [worker, ready] = await Worker.start(command);
  return { contestant, worker, ready };
}

/** Why a contestant, or this task of it, is not there. */
function absenceOf({ ready }: Racer, index: number): string | undefined {
  if (typeof ready.absent === "string") return ready.absent;
  const tasks = Array.isArray(ready.absent) ? (ready.absent as unknown[]) : [];
  const own = tasks[index];
  return typeof own === "string" ? own : undefined;
}

async function raceTask(
  place: Place,
  racers: readonly Racer[],
  task: Task,
  index: number,
  effort: Effort,
): Promise<readonly Result[]> {
  const start = numbersIn(place.files.parameters);
  let expected: Float64Array | undefined;
  const entries: {
    readonly racer: Racer;
    readonly times: number[];
    spent: number;
    absent?: string;
    distance?: number;
    allocation?: number;
  }[] = racers.map((racer) => ({ racer, times: [], spent: 0 }));
  for (const entry of entries) {
    const { racer } = entry;
    const absent = absenceOf(racer, index);
    if (absent !== undefined || racer.worker === undefined) {
      entry.absent = absent ?? "it did not start";
      continue;
    }
    const path = join(place.folder, "result.bin");
    const reply = await racer.worker.request(`check ${String(index)} ${path}`);
    if (typeof reply.absent === "string") {
      entry.absent = reply.absent;
      continue;
    }
    if (reply["compared"] === false) continue;
    const result = numbersIn(path);
    expected ??= result;
    entry.distance = distance(task, start, result, expected);
    if (!(entry.distance <= tolerance[racer.contestant.element]))
      entry.absent = `its result is another one: relative distance ${entry.distance.toExponential(1)}`;
  }
  const taking = () => entries.filter((entry) => entry.absent === undefined);
  const sample = async (
    entry: (typeof entries)[number],
    milliseconds: number,
  ) => {
    const begun = performance.now();
    const reply = await entry.racer.worker?.request(
      `sample ${String(index)} ${String(milliseconds)}`,
    );
    entry.spent += performance.now() - begun;
    const ns = reply?.["ns"];
    if (typeof ns === "number") return ns;
    entry.absent =
      typeof reply?.absent === "string" ? reply.absent : "no answer";
    return Number.NaN;
  };
  const warmUp = async (entry: (typeof entries)[number]) => {
    const ns = await sample(entry, effort.warmUp);
    const wanted = Math.min(effort.most, (warmUpCalls * ns) / 1e6);
    if (wanted > effort.warmUp) await sample(entry, wanted - effort.warmUp);
  };
  for (const entry of taking()) await warmUp(entry);
  for (const entry of entries) entry.spent = 0;
  for (let round = 0; round < effort.samples; round++)
    for (const entry of taking())
      if (round < 3 || entry.spent < effort.most)
        entry.times.push(await sample(entry, effort.sample));
  for (const entry of taking())
    if (entry.racer.contestant.name.startsWith("gradc")) {
      const calls = Math.ceil(
        allocationTime / statisticsOf(entry.times).median,
      );
      const line = `allocation ${String(index)} ${String(Math.max(25, calls))}`;
      const bytes = (await entry.racer.worker?.request(line))?.["bytes"];
      if (typeof bytes === "number") entry.allocation = bytes;
    }
  return entries.map((entry) => ({
    workload: place.workload.id,
    task,
    contestant: entry.racer.contestant.name,
    element: entry.racer.contestant.element,
    runtime: runtimeOf(entry.racer),
    ...(entry.absent === undefined
      ? { time: statisticsOf(entry.times) }
      : { absent: entry.absent }),
    ...(entry.distance !== undefined && { distance: entry.distance }),
    ...(entry.allocation !== undefined && { allocation: entry.allocation }),
    ...noteOf(entry.racer),
  }));
}

function runtimeOf({ contestant, ready }: Racer): string {
  const version = ready["version"];
  return typeof version === "string"
    ? `${version}, ${contestant.runtime}`
    : contestant.runtime;
}

function noteOf({ contestant, ready }: Racer): { note?: string } {
  const own = ready["note"];
  const note = typeof own === "string" ? own : contestant.note;
  return note === undefined ? {} : { note };
}

async function withMemory(
  racers: readonly Racer[],
  results: readonly Result[],
): Promise<readonly Result[]> {
  const memory = new Map<Contestant, number>();
  for (const { contestant, worker, ready } of racers) {
    if (worker === undefined || typeof ready.absent === "string") continue;
    const { bytes } = await worker.request("memory 0");
    if (typeof bytes === "number") memory.set(contestant, bytes);
  }
  return results.map((result, i) => {
    const racer = racers[i % racers.length];
    const bytes = racer && memory.get(racer.contestant);
    return bytes === undefined ? result : { ...result, memory: bytes };
  });
}

function numbersIn(path: string): Float64Array {
  const bytes = readFileSync(path);
  const numbers = new Float64Array(bytes.length / 8);
  new Uint8Array(numbers.buffer).set(bytes);
  return numbers;
}
