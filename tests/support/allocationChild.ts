/**
 * A process of its own: calls each method of a module's handle many times and
 * prints what that did to the heap, one JSON object a line. It does no more
 * than it must between two looks at the heap.
 *
 * Arguments: the module, the number of calls, the most seconds a method may take.
 */
import { pathToFileURL } from "node:url";
import { getHeapStatistics } from "node:v8";
import type { Handle, Module } from "../../compiler/check.js";

const [, , path = "", calls = "", seconds = ""] = process.argv;
const { create } = (await import(pathToFileURL(path).href)) as Module;
const examples = 8;

/** Collections show in --trace-gc by their time: a pause tells phases apart. */
const gap = new Int32Array(new SharedArrayBuffer(4));
const pause = (): void => void Atomics.wait(gap, 0, 0, 150);

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

function measure(method: string, n: number, once: () => void): void {
  repeat(once, 2e4, 1);
  repeat(once, 2e4, 1);
  pause();
  const start = performance.now();
  const before = getHeapStatistics().used_heap_size;
  const made = repeat(once, Number(calls), Number(seconds));
  const after = getHeapStatistics().used_heap_size;
  const end = performance.now();
  pause();
  console.log(
    JSON.stringify({
      method,
      n,
      calls: made,
      start,
      end,
      bytes: after - before,
    }),
  );
}

/** Numbers that neither overflow nor stand still. */
function filled(): Handle {
  const net = create({ seed: 1, maxBatch: examples });
  net.lr = 1e-6;
  for (const input of Object.values(net.inputs))
    if (input instanceof Float64Array)
      for (let i = 0; i < input.length; i++) input[i] = Math.sin(i + 1);
  return net;
}

measure("empty", 0, () => undefined);
for (const n of [1, examples]) {
  const net = filled();
  measure("forward", n, () => {
    net.forward(n);
  });
  measure("backward", n, () => {
    net.backward(n);
  });
  measure("update", n, () => {
    net.update();
  });
  measure("trainStep", n, () => {
    net.trainStep(n);
  });
}
