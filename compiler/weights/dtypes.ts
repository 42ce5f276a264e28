/** What the entries of a tensor in a safetensors file are, by the name that the format has for it. */
export interface Dtype {
  readonly bytes: number;
  /** True where no weight is stored so: counters, masks. */
  readonly integer: boolean;
  /** The entry at a byte, exact as a double; absent where gradc takes no weights of the kind. */
  readonly read?: (view: DataView, at: number) => number;
}

const integer = (bytes: number): Dtype => ({ bytes, integer: true });
const float = (bytes: number, read?: Dtype["read"]): Dtype => ({
  bytes,
  integer: false,
  ...(read !== undefined && { read }),
});

/** Every dtype of safetensors 0.5 whose entries are whole bytes. */
export const dtypes: ReadonlyMap<string, Dtype> = new Map([
  ["F64", float(8, (view, at) => view.getFloat64(at, true))],
  ["F32", float(4, (view, at) => view.getFloat32(at, true))],
  ["F16", float(2, (view, at) => half(view.getUint16(at, true)))],
  ["BF16", float(2, (view, at) => brain(view.getUint16(at, true)))],
  ["F8_E4M3", float(1)],
  ["F8_E5M2", float(1)],
  ["F8_E8M0", float(1)],
  ["C64", float(8)],
  ["BOOL", integer(1)],
  ["U8", integer(1)],
  ["I8", integer(1)],
  ["U16", integer(2)],
  ["I16", integer(2)],
  ["U32", integer(4)],
  ["I32", integer(4)],
  ["U64", integer(8)],
  ["I64", integer(8)],
]);

/** Those that weights may have, as a message lists them. */
export const weightDtypes = "F64, F32, F16 or BF16";

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function half(bits: number): number {
  const sign = bits < 0x8000 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31)
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** bfloat16: the upper half of a binary32. */
function brain(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}
