/** Irises as the network of examples/iris.ts wants them, and what it calls them. */

/** What a class is called. */
export const species = ["setosa", "versicolor", "virginica"] as const;

/** Mean and standard deviation of each measurement, in centimetres. */
const center = [5.8433, 3.0573, 3.758, 1.1993];
const spread = [0.8253, 0.4344, 1.7594, 0.7597];

/** Sepal length and width, petal length and width: how many deviations from the mean. */
export function measured(centimetres: readonly number[]): number[] {
  return centimetres.map(
    (x, k) => (x - (center[k] ?? NaN)) / (spread[k] ?? NaN),
  );
}
