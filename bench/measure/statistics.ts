export interface Statistics {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

/** Of at least one value. */
export function statisticsOf(values: readonly number[]): Statistics {
  const sorted = values.toSorted((a, b) => a - b);
  const [min = Number.NaN] = sorted;
  return {
    median: median(values),
    min,
    max: sorted.at(-1) ?? Number.NaN,
    samples: sorted.length,
  };
}

/** The middle value, the upper one of two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
