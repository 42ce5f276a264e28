/**
 * A process of its own: calls each method of a module's handle many times and
 * prints what that did to the heap, one JSON object a line. It does no more
 * than it must between two looks at the heap.
 *
 * Arguments: the module, how many examples a call is about, the number of
 * calls, the most seconds that they may take.
 */
import { pathToFileURL } from "node:url";
import { getHeapStatistics } from "node:v8";
import type { Handle, Module } from "../../compiler/check/emitted.js";

const [, , path = "", examples = "", ...limits] = process.argv;
const n = Number(examples);
const [mostCalls = 0, mostSeconds = 0] = limits.map(Number);
const { create } = (await import(pathToFileURL(path).href)) as Module;

/** --trace-gc shows when collections were, on V8's clock: a pause tells phases apart. */
const gap = new Int32Array(new SharedArrayBuffer(4));
const pause = (): void => void Atomics.wait(gap, 0, 0, 120);
const now = (): number => performance.now() - performance.nodeTiming.v8Start;

/** V8 has optimised this look at the heap when it counts: it then allocates next to nothing itself. */
const used = (): number => getHeapStatistics().used_heap_size;
for (let i = 0; i < 3e4; i++) used();

/** Bytes that `calls` calls leave on the heap. */
function bytesOf(once: () => void, calls: number): number {
  const before = used();
  for (let i = 0; i < calls; i++) once();
  return used() - before;
}

/** The smallest allocation is 12 bytes: these are as many calls as those of the looks at the heap cannot hide. */
const fewest = 25;
const isQuiet = (bytes: number, calls: number): boolean =>
  bytes >= 0 && bytes < 4 * fewest + 0.5 * calls;

/**
 * Calls until V8 has optimised all that the method runs: twice in a row, a few
 * calls allocate nothing. Until then it runs in the interpreter, which
 * allocates every number that is no integer; what is run once a call may take
 * some thousand calls (compiler/kernels/group.ts).
 */
function settle(once: () => void): void {
  let quiet = 0;
  for (let calls = 0; quiet < 2 && calls < 8000; calls += fewest)
    quiet = isQuiet(bytesOf(once, fewest), fewest) ? quiet + 1 : 0;
}

/** Calls that the time allows. */
function callsOf(once: () => void): number {
  const start = performance.now();
  for (let i = 0; i < fewest; i++) once();
  const each = (performance.now() - start) / fewest;
  const wanted = Math.floor((1000 * mostSeconds) / each);
  return Math.max(fewest, Math.min(mostCalls, wanted));
}

/**
 * Rounds of calls, up to three: V8 may change its mind about a function once
 * more, or make code and profiles meanwhile.
 */
function measure(method: string, once: () => void): void {
  settle(once);
  const calls = callsOf(once);
  let quiet = false;
  for (let round = 1; round <= 3 && !quiet; round++) {
    pause();
    const start = now();
    const bytes = bytesOf(once, calls);
    const end = now();
    quiet = isQuiet(bytes, calls);
    measured.push({ method, calls, start, end, bytes, quiet });
  }
  pause();
}

/** Printed at the end: printing allocates. */
const measured: object[] = [];

/** Numbers that neither overflow nor stand still. */
function fill(net: Handle, scale: number): void {
  for (const input of Object.values(net.inputs))
    if (!(input instanceof Int32Array))
      for (let i = 0; i < input.length; i++) input[i] = scale * Math.sin(i + 1);
}

const net = create({ seed: 1, maxBatch: n });
net.lr = 1e-6;
fill(net, 1);
measure("empty", () => undefined);
// One example takes less time, and is as good for V8.
if (n > 1)
  settle(() => {
    net.forward(1);
  });
const forward = (): void => {
  net.forward(n);
};
measure("forward", forward);
// Where a function has been to its rare parts, V8 knows less about its values.
fill(net, 30);
settle(forward);
fill(net, 1);
measure("forward after large inputs", forward);
measure("update", () => {
  net.update();
});
if (n > 1)
  settle(() => {
    net.backward(1);
  });
measure("backward", () => {
  net.backward(n);
});
measure("trainStep", () => {
  net.trainStep(n);
});
for (const m of measured) console.log(JSON.stringify(m));
