/**
 * A process of its own: calls each method of a module's handle many times and
 * prints what that did to the heap, one JSON object a line. It does no more
 * than it must between two looks at the heap.
 *
 * Arguments: the module, how many examples a call is about, the number of
 * calls, the most seconds that a method may take.
 */
import { pathToFileURL } from "node:url";
import { getHeapStatistics } from "node:v8";
import type { Handle, Module } from "../../compiler/check.js";

const [, , path = "", examples = "", calls = "", seconds = ""] = process.argv;
const n = Number(examples);
const { create } = (await import(pathToFileURL(path).href)) as Module;

/** --trace-gc shows when collections were, on V8's clock: a pause tells phases apart. */
const gap = new Int32Array(new SharedArrayBuffer(4));
const pause = (): void => void Atomics.wait(gap, 0, 0, 120);
const now = (): number => performance.now() - performance.nodeTiming.v8Start;

/** Calls `once` until the calls or the time are used up. */
function repeat(once: () => void, most: number, limit: number): number {
  const end = performance.now() + 1000 * limit;
  let made = 0;
  while (made < most && performance.now() < end) {
    for (let i = 0; i < 500; i++) once();
    made += 500;
  }
  return made;
}

/**
 * Two rounds after a warm-up: V8 may change its mind about a function once
 * more, and what it runs until the next optimisation allocates.
 */
function measure(method: string, once: () => void): void {
  repeat(once, 2e4, 1);
  repeat(once, 2e4, 1);
  pause();
  for (let round = 1; round <= 2; round++) {
    const start = now();
    const before = getHeapStatistics().used_heap_size;
    const made = repeat(once, Number(calls), Number(seconds));
    const bytes = getHeapStatistics().used_heap_size - before;
    const end = now();
    pause();
    measured.push({ method, calls: made, start, end, bytes });
  }
}

/** Printed at the end: printing allocates. */
const measured: object[] = [];

/** Numbers that neither overflow nor stand still. */
function fill(net: Handle, scale: number): void {
  for (const input of Object.values(net.inputs))
    if (input instanceof Float64Array)
      for (let i = 0; i < input.length; i++) input[i] = scale * Math.sin(i + 1);
}

const net = create({ seed: 1, maxBatch: n });
net.lr = 1e-6;
fill(net, 1);
measure("empty", () => undefined);
const forward = (): void => {
  net.forward(n);
};
measure("forward", forward);
// Where a function has been to its rare parts, V8 knows less about its values.
fill(net, 30);
repeat(forward, 4e4, 1);
fill(net, 1);
measure("forward after large inputs", forward);
measure("backward", () => {
  net.backward(n);
});
measure("update", () => {
  net.update();
});
measure("trainStep", () => {
  net.trainStep(n);
});
for (const m of measured) console.log(JSON.stringify(m));
