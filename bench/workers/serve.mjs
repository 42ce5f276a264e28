/**
 * A contestant's side of the benchmark's protocol (bench/README.md), for contestants that run in Node: it answers lines
 * on its input with one JSON object each. Imported first: its clock starts here. With the index of a task as a second
 * argument it says how long it took until the first call of that task was over, and ends.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { getHeapStatistics } from "node:v8";

const begun = performance.now();

/** The job of this process: what bench/measure/job.ts wrote. */
export const job = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** Numbers of a file of the job: parameters, input or target. */
export function numbersOf(name) {
  const bytes = readFileSync(job.files[name]);
  const numbers = new Float64Array(bytes.length / 8);
  new Uint8Array(numbers.buffer).set(bytes);
  return numbers;
}

const product = (shape) => shape.reduce((a, b) => a * b, 1);

/** The first `batch` examples of the input, or of the target. */
export function examples(name, batch) {
  const size = product(job.workload[name]);
  return numbersOf(name).subarray(0, batch * size);
}

/**
 * Answers until the input ends. `start` returns what the contestant is: a version, and one entry a task, which is
 * `{ run, reset, setRate, result }` (they may return promises; `awaited` says that `run` does) or `{ absent: "why" }`.
 * `small` is the same call about one example: what runs once a call is compiled sooner by it.
 * `result` gives the output after a forward pass, the loss and the parameters after a step; without it nothing is
 * compared, and `note` says why. `fresh` says that nothing has to be reset before the first run.
 */
export async function serve(start) {
  const say = (reply) => process.stdout.write(`${JSON.stringify(reply)}\n`);
  let contestant;
  try {
    contestant = await start();
  } catch (error) {
    say({ absent: String(error?.message ?? error).split("\n")[0] });
    return;
  }
  const { tasks, fresh = false, ...about } = contestant;
  const absent = tasks.map((task) => task.absent ?? null);
  const first = process.argv[3];
  if (first !== undefined) {
    // A cold start is that of the process alone: nobody asks for it first.
    if (absent[first] !== null) {
      say({ absent: absent[first] });
      process.exit();
    }
    if (!fresh) await tasks[first].reset();
    await tasks[first].run();
    say({ ready: true, ...about, ms: performance.now() - begun });
    process.exit();
  }
  say({ ready: true, ...about, absent });
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, index, argument] = line.split(" ");
    try {
      say(await commands[name](tasks[Number(index)], argument));
    } catch (error) {
      say({ absent: String(error?.message ?? error).split("\n")[0] });
    }
  }
  process.exit();
}

const commands = {
  check: async (task, path) => {
    if (task.result === undefined) return { compared: false };
    await task.reset();
    task.setRate?.(job.checkRate);
    await task.run();
    writeFileSync(path, Float64Array.from(await task.result()));
    task.setRate?.(job.workload.rate);
    return { compared: true };
  },
  sample: async (task, milliseconds) => {
    await task.reset();
    return task.awaited
      ? sampleAwaited(task.run, Number(milliseconds))
      : sample(task.run, Number(milliseconds));
  },
  worst: (task, calls) => ({
    ...worst(task.run, Number(calls)),
    nothing: worst(() => undefined, Number(calls)),
  }),
  allocation: (task, calls) => allocation(task, Number(calls)),
  memory: () => ({ bytes: peakMemory() }),
};

/** Largest resident set. What Linux says through getrusage is at least that of the parent when it started the process. */
function peakMemory() {
  const status = existsSync("/proc/self/status")
    ? readFileSync("/proc/self/status", "utf8")
    : "";
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
  return 1024 * Number(kilobytes ?? process.resourceUsage().maxRSS);
}

/** Looks at the clock every 0.05 ms or more, so that they cost less than a thousandth. */
const between = 0.05;

function sample(run, milliseconds) {
  const start = performance.now();
  for (let calls = 0, batch = 1; ;) {
    for (let i = 0; i < batch; i++) run();
    calls += batch;
    const elapsed = performance.now() - start;
    if (elapsed >= milliseconds) return { ns: (elapsed / calls) * 1e6, calls };
    if (elapsed < between) batch *= 2;
  }
}

async function sampleAwaited(run, milliseconds) {
  const start = performance.now();
  for (let calls = 1; ; calls++) {
    await run();
    const elapsed = performance.now() - start;
    if (elapsed >= milliseconds) return { ns: (elapsed / calls) * 1e6, calls };
  }
}

/** Times every call: the first, and of the others median, 99.9th percentile and the longest, in ns. */
function worst(run, calls) {
  const times = new Float64Array(calls);
  const before = performance.now();
  run();
  const first = (performance.now() - before) * 1e6;
  let last = performance.now();
  for (let i = 0; i < calls; i++) {
    run();
    const now = performance.now();
    times[i] = now - last;
    last = now;
  }
  times.sort();
  const at = (part) =>
    times[Math.min(calls - 1, Math.floor(part * calls))] * 1e6;
  return { first, median: at(0.5), p999: at(0.999), max: at(1) };
}

/** A look at the heap. It leaves some hundred bytes there itself while the engine has not compiled it for where it stands. */
const used = () => getHeapStatistics().used_heap_size;

/** Bytes that calls, and a look, leave on the heap; negative where a collection came between. */
function growth(run, calls) {
  const before = used();
  for (let i = 0; i < calls; i++) run();
  return used() - before;
}

const [windows, callsOfWindow] = [5, 25];

/** The fewest bytes that a window of calls grows the heap by, less what a window without any does. */
function leastGrowth(run, calls, count) {
  let [fewest, ofLook] = [Infinity, Infinity];
  for (let i = 0; i < count; i++) {
    const bytes = growth(run, calls);
    if (bytes >= 0) fewest = Math.min(fewest, bytes);
    const look = growth(run, 0);
    if (look >= 0) ofLook = Math.min(ofLook, look);
  }
  return Math.max(0, fewest - ofLook);
}

/**
 * Calls until a few leave nothing, twice in a row, or for so many milliseconds. A loop that an engine has compiled for
 * itself starts in the interpreter, which allocates each number that is no integer, until the function is compiled as a
 * whole: after up to six thousand calls.
 */
function settle(run, milliseconds) {
  const start = performance.now();
  for (let quiet = 0; quiet < 2;) {
    quiet = leastGrowth(run, callsOfWindow, 1) === 0 ? quiet + 1 : 0;
    if (performance.now() - start >= milliseconds) return;
  }
}

/** Bytes a call leaves on the heap. What it allocates is in each window of calls; what the engine does meanwhile is not. */
function allocation({ run, small = run }, calls) {
  for (let i = 0; i < 3e4; i++) used();
  settle(small, 60_000);
  settle(run, 10_000);
  return { bytes: leastGrowth(run, calls, windows) / calls };
}
