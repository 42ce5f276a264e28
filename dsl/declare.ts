import { currentScope, declareParameter, makeNode } from "./context.js";
import type { Call, Initializer, Leaf, Node } from "./graph.js";
import { uniformBetween } from "./initializers.js";
import { constantArray } from "./primitives/scalar.js";
import { checkedNumbers, checkFlags, checkSetting } from "./settings.js";
import {
  checkDims,
  checkValues,
  symbolNames,
  type Declared,
  type Mutable,
  type Shape,
} from "./shape/rules.js";
import { asTensor, type IndexTensor, type Tensor } from "./tensor.js";

const scoped = (name: string): string =>
  currentScope() === "" ? name : `${currentScope()}.${name}`;

export interface InputOptions {
  /** False for a whole array: by default the shape is that of one example, true. */
  readonly batched?: boolean;
  /** Names of the entries, row-major. */
  readonly symbols?: string;
}

/**
 * Declares an input. `shape` is that of one example; with `batched: false` that of the whole array. PyTorch: an argument
 * of forward.
 *
 * @throws ShapeError where a dimension is not a positive integer.
 * @example const x = input("x", [4]);
 */
export function input<const S extends Shape>(
  name: string,
  shape: Declared<S>,
  options: InputOptions = {},
): Tensor<Mutable<S>> {
  return asTensor(
    inputNode(name, shape as Shape, options, "f64", {
      site: new Error("input"),
    }),
  );
}

function inputNode(
  name: string,
  shape: Shape,
  { batched = true, symbols }: InputOptions,
  dtype: Node["dtype"],
  own: Pick<Leaf, "site" | "classes">,
): Node {
  const dims = checkDims(shape);
  const owner = dtype === "f64" ? "input" : "indices";
  checkFlags(`${owner} "${name}"`, { batched });
  return makeNode(
    {
      kind: "leaf",
      space: "input",
      name,
      offset: 0,
      ...own,
      ...(symbols !== undefined && {
        symbols: symbolNames(symbols, name, dims),
      }),
    },
    [],
    dims,
    batched,
    dtype,
  );
}

/**
 * Declares an input of class indices 0 .. classes - 1; `shape` is that of one example, [] for one class an example.
 * PyTorch: a LongTensor.
 *
 * @example const label = indices("label", [], 10);
 */
export function indices<const S extends Shape>(
  name: string,
  shape: Declared<S>,
  classes: number,
  options: InputOptions = {},
): IndexTensor<Mutable<S>> {
  checkSetting(`indices "${name}"`, "classes", classes, "count");
  return asTensor(
    inputNode(name, shape as Shape, options, "i32", {
      site: new Error("indices"),
      classes,
    }),
  );
}

export interface ParamOptions {
  /** How it starts; by default as PyTorch's Linear: uniform between -1 and 1 over the square root of its last dimension. */
  readonly init?: Initializer | readonly number[];
  /** True for a parameter without a gradient, which is not updated; false by default. */
  readonly frozen?: boolean;
  /** Names of the entries, row-major: "w1 w2". */
  readonly symbols?: string;
}

/**
 * Declares a parameter of the network. PyTorch: nn.Parameter.
 *
 * @example const w = param("w", [3, 2], { init: xavierUniform() });
 */
export function param<const S extends Shape>(
  name: string,
  shape: Declared<S>,
  options: ParamOptions = {},
): Tensor<Mutable<S>> {
  checkFlags(`param "${name}"`, { frozen: options.frozen });
  return asTensor(paramNode(scoped(name), shape as Shape, options));
}

/** The node of a parameter; `call` where a layer declares it, whose name then comes first. */
export function paramNode(
  name: string,
  shape: Shape,
  options: ParamOptions,
  call?: Call,
): Node {
  const dims = checkDims(shape);
  const { init, symbols } = options;
  const op: Leaf = {
    kind: "leaf",
    space: "param",
    name,
    offset: 0,
    trainable: options.frozen !== true,
    initializer: initializerOf(name, init, dims),
    ...(call === undefined ? { site: new Error("param") } : { call }),
    ...(symbols !== undefined && {
      symbols: symbolNames(symbols, name, dims),
    }),
  };
  declareParameter(op);
  return makeNode(op, [], dims, false);
}

function initializerOf(
  name: string,
  init: ParamOptions["init"],
  shape: Shape,
): Initializer {
  if (typeof init === "function") return init;
  if (init === undefined) {
    const bound = 1 / Math.sqrt(shape.at(-1) ?? 1);
    return uniformBetween(-bound, bound);
  }
  const values = checkedNumbers(`param "${name}"`, "init", init, "finite");
  checkValues(name, shape, values.length);
  return (draw) => constantArray(values, draw.shape);
}

/**
 * Numbers written in the model: one number, or a whole array, row-major. PyTorch: torch.tensor.
 *
 * @example const half = constant(0.5);
 * @example const mask = constant([2, 2], [1, 0, 1, 1]);
 */
export function constant(value: number): Tensor<[]>;
export function constant<const S extends Shape>(
  shape: Declared<S>,
  values: readonly number[],
): Tensor<Mutable<S>>;
export function constant(
  shape: number | Shape,
  values?: readonly number[],
): Tensor {
  if (typeof shape !== "object") {
    checkSetting("constant", "value", shape, "number");
    return asTensor(constantArray([shape], []));
  }
  const dims = checkDims(shape);
  const numbers = checkedNumbers("constant", "values", values, "number");
  checkValues("constant", dims, numbers.length);
  return asTensor(constantArray(numbers, dims));
}

/**
 * Indices written in the model, row-major: integers from 0. PyTorch: torch.tensor of integers.
 *
 * @throws CompileTimeError where a value is no index.
 * @example const order = constantIndices([3], [2, 0, 1]);
 */
export function constantIndices<const S extends Shape>(
  shape: Declared<S>,
  values: readonly number[],
): IndexTensor<Mutable<S>> {
  const dims = checkDims(shape as Shape);
  const data = checkedNumbers("constantIndices", "values", values, "index");
  checkValues("constantIndices", dims, data.length);
  return asTensor(makeNode({ kind: "constant", data }, [], dims, false, "i32"));
}
