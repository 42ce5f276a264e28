/** Files of safetensors by hand, legal and not. */

/** `"t":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}` */
export const tensorText = (
  name: string,
  dtype: string,
  shape: readonly number[],
  start: number,
  end: number,
): string =>
  `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [start, end] })}`;

/** @param length what the file says of its header, otherwise the truth */
export function fileOf(
  header: string,
  data: Uint8Array,
  length?: bigint,
): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** A file of doubles, or of another dtype's zeros. */
export function weightsFile(
  tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values?: readonly number[];
    readonly dtype?: "F64" | "F32" | "I64" | "I8";
  }[],
): Uint8Array {
  const widths = { F64: 8, F32: 4, I64: 8, I8: 1 } as const;
  let end = 0;
  const entries: string[] = [];
  const data: number[] = [];
  for (const { name, shape, values, dtype = "F64" } of tensors) {
    const count = shape.reduce((product, d) => product * d, 1);
    const part = new DataView(new ArrayBuffer(count * widths[dtype]));
    values?.forEach((value, i) => {
      if (dtype === "F64") part.setFloat64(8 * i, value, true);
      else part.setFloat32(4 * i, value, true);
    });
    const start = end;
    end += part.byteLength;
    entries.push(tensorText(name, dtype, shape, start, end));
    data.push(...new Uint8Array(part.buffer));
  }
  return fileOf(`{${entries.join(",")}}`, Uint8Array.from(data));
}
