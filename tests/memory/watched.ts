/** The memory that values share, watched: which value wrote an entry last is known whenever one is read. */

/** What a module's `create` asks for a part of. */
interface Watched {
  subarray(from: number, to: number): object;
}

const place = "watchedMemory";

/** The text of a module that asks for watched memory. */
export const watching = (script: string): string =>
  script.replace(
    /const values = new Float64Array\(/,
    `const values = globalThis.${place}(`,
  );

/** Runs something; returns the number of entries that were read where another value had been written since, or none. */
export function foreignReads(run: () => void): number {
  let foreign = 0;
  const memory = (size: number): Watched => {
    const numbers = new Float64Array(size);
    const writers = new Int32Array(size).fill(-1);
    let views = 0;
    return {
      subarray(from, to) {
        const view = views++;
        return new Proxy(numbers.subarray(from, to), {
          get(target, key): unknown {
            const i = Number(key);
            if (!(i >= 0 && i < to - from && writers[from + i] === view))
              foreign++;
            return target[i];
          },
          set(target, key, value: number) {
            const i = Number(key);
            if (!(i >= 0 && i < to - from)) foreign++;
            writers[from + i] = view;
            target[i] = value;
            return true;
          },
        });
      },
    };
  };
  Object.assign(globalThis, { [place]: memory });
  try {
    run();
  } finally {
    Reflect.deleteProperty(globalThis, place);
  }
  return foreign;
}
