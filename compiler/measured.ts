/** Parts of a compile whose time `npm run bench -- compile` reports. */

/** Runs a part; its time is an entry of `performance`. */
export function measured<T>(name: string, run: () => T): T {
  const start = performance.now();
  try {
    return run();
  } finally {
    performance.measure(`gradc ${name}`, { start });
  }
}

/** The same for a part that ends later. */
export async function measuredLater<T>(
  name: string,
  run: () => T | Promise<T>,
): Promise<T> {
  const start = performance.now();
  try {
    return await run();
  } finally {
    performance.measure(`gradc ${name}`, { start });
  }
}

/** Milliseconds of each part so far; a part that ran several times is their sum. */
export function timings(): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  for (const { name, duration } of performance.getEntriesByType("measure"))
    parts.set(name, (parts.get(name) ?? 0) + duration);
  return parts;
}
