/**
 * Writes ONNX files: the few messages of onnx.proto3 (https://onnx.ai, IR version 8) that a network needs, in the wire
 * format of protocol buffers.
 */

/** An operation: its name, what it reads and writes by name, and its attributes. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] };

/** A constant. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** What a graph reads or gives. */
export interface OnnxValue {
  readonly name: string;
  readonly type: "float" | "int64";
  /** Left out where the reader of the file may find it. */
  readonly shape?: readonly number[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** TensorProto.DataType. */
const elementTypes = { float: 1, int64: 7 } as const;

/** The first operator set with LayerNormalization. */
const operatorSet = 17;

/** The bytes of a model. */
export function onnxModel(graph: OnnxGraph): Uint8Array {
  return message(
    integer(1, 8), // ir_version
    text(2, "gradc-bench"), // producer_name
    bytes(
      7,
      message(
        ...graph.nodes.map((node) => bytes(1, nodeBytes(node))),
        text(2, "graph"),
        ...graph.constants.map((tensor) => bytes(5, tensorBytes(tensor))),
        ...graph.inputs.map((value) => bytes(11, valueBytes(value))),
        ...graph.outputs.map((value) => bytes(12, valueBytes(value))),
      ),
    ),
    bytes(8, message(integer(2, operatorSet))), // opset_import
  );
}

const nodeBytes = ({ op, inputs, outputs, attributes = {} }: OnnxNode) =>
  message(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      bytes(5, attributeBytes(name, value)),
    ),
  );

/** Fields f, i, ints and type of AttributeProto; types FLOAT 1, INT 2, INTS 7. */
function attributeBytes(name: string, value: Attribute): Uint8Array {
  if ("float" in value)
    return message(text(1, name), float(2, value.float), integer(20, 1));
  if ("int" in value)
    return message(text(1, name), integer(3, value.int), integer(20, 2));
  return message(
    text(1, name),
    ...value.ints.map((n) => integer(8, n)),
    integer(20, 7),
  );
}

function tensorBytes({ name, shape, values }: OnnxTensor): Uint8Array {
  const type = values instanceof Float32Array ? "float" : "int64";
  const raw = new Uint8Array(
    values.buffer,
    values.byteOffset,
    values.byteLength,
  );
  return message(
    ...shape.map((n) => integer(1, n)),
    integer(2, elementTypes[type]),
    text(8, name),
    bytes(9, raw),
  );
}

function valueBytes({ name, type, shape }: OnnxValue): Uint8Array {
  const dimensions = shape?.map((n) => bytes(1, message(integer(1, n))));
  const tensor = message(
    integer(1, elementTypes[type]),
    ...(dimensions === undefined ? [] : [bytes(2, message(...dimensions))]),
  );
  return message(text(1, name), bytes(2, message(bytes(1, tensor))));
}

function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(fields));
}

/** A number from 0 on in groups of seven bits, the last ones first. */
function varint(value: number): readonly number[] {
  const groups: number[] = [];
  let left = value;
  while (left > 127) {
    groups.push((left % 128) + 128);
    left = Math.floor(left / 128);
  }
  return [...groups, left];
}

/** Field number and wire type: 0 integer, 2 bytes, 5 four bytes. */
const key = (field: number, wire: 0 | 2 | 5) => varint(field * 8 + wire);

const integer = (field: number, value: number): Uint8Array =>
  Uint8Array.from([...key(field, 0), ...varint(value)]);

function float(field: number, value: number): Uint8Array {
  const four = new Uint8Array(Float32Array.of(value).buffer);
  return Uint8Array.from([...key(field, 5), ...four]);
}

function bytes(field: number, content: Uint8Array): Uint8Array {
  const head = Uint8Array.from([...key(field, 2), ...varint(content.length)]);
  return message(head, content);
}

const text = (field: number, value: string): Uint8Array =>
  bytes(field, new TextEncoder().encode(value));
