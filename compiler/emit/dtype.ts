/** What a module holds its numbers in: the command's `--dtype`. */

/** The type of parameters, gradients, state, inputs, outputs and the memory between them. */
export type Dtype = "f64" | "f32";

export const dtypeNames = ["f64", "f32"] as const satisfies readonly [
  Dtype,
  ...Dtype[],
];

export interface DtypeRow {
  /** The array that holds such numbers. */
  readonly list: "Float64Array" | "Float32Array";
  readonly bytes: 8 | 4;
  /** What a header and an error call it. */
  readonly word: "float64" | "float32";
  /** How a `DataView` reads and writes one. */
  readonly read: "getFloat64" | "getFloat32";
  readonly write: "setFloat64" | "setFloat32";
  /** By what a saved state is known to hold such numbers; the word after the model's identity. */
  readonly savedFormat: 1 | 2;
}

export const dtypes: Readonly<Record<Dtype, DtypeRow>> = {
  f64: {
    list: "Float64Array",
    bytes: 8,
    word: "float64",
    read: "getFloat64",
    write: "setFloat64",
    savedFormat: 1,
  },
  f32: {
    list: "Float32Array",
    bytes: 4,
    word: "float32",
    read: "getFloat32",
    write: "setFloat32",
    savedFormat: 2,
  },
};
