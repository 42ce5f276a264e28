import * as gradc from "../../dsl/index.js";
import type { Model, Tensor } from "../../dsl/index.js";
import type {
  Algebra,
  BinaryName,
  ReductionName,
  UnaryName,
} from "./algebra.js";

/** Random networks as models of the language; inputs are batched. */
export class Language implements Algebra<Tensor> {
  readonly inputs: Record<string, Tensor> = {};
  readonly params: string[] = [];
  readonly #data: (shape: readonly number[]) => readonly number[];

  /** @param data numbers that a new parameter starts with */
  constructor(data: (shape: readonly number[]) => readonly number[]) {
    this.#data = data;
  }

  model(loss: Tensor): Model {
    return gradc.model({
      inputs: this.inputs,
      outputs: { loss: gradc.reshape(loss, []) },
      loss: gradc.reshape(loss, []),
      optimizer: gradc.adam(0.01),
    });
  }

  leaf(kind: "param" | "input", shape: readonly number[]): Tensor {
    if (kind === "input") {
      const name = `x${String(Object.keys(this.inputs).length + 1)}`;
      const made = gradc.input(name, shape);
      this.inputs[name] = made;
      return made;
    }
    const name = `w${String(this.params.length + 1)}`;
    this.params.push(name);
    return gradc.param(name, shape, { init: this.#data(shape) });
  }

  shape(x: Tensor): readonly number[] {
    return x.shape;
  }
  unary(name: UnaryName, x: Tensor): Tensor {
    if (name === "softplus") return gradc.softplus(x, { threshold: Infinity });
    return gradc[name](x);
  }
  binary(name: BinaryName, a: Tensor, b: Tensor): Tensor {
    return gradc[name](a, b);
  }
  reduce(name: ReductionName, x: Tensor, axis: number): Tensor {
    switch (name) {
      case "sum":
        return gradc.sum(x, axis);
      case "mean":
        return gradc.mean(x, axis);
      case "max":
        return gradc.max(x, axis);
      case "logsumexp":
        return gradc.logsumexp(x, axis);
    }
  }
  softmax(x: Tensor, axis: number): Tensor {
    return gradc.softmax(x, axis);
  }
  linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
    return gradc.add(gradc.matmul(x, gradc.transpose(weight)), bias);
  }
  reshape(x: Tensor, shape: readonly number[]): Tensor {
    return gradc.reshape(x, shape);
  }
  transpose(x: Tensor): Tensor {
    return gradc.transpose(x, 0, 1);
  }
  slice(x: Tensor, axis: number, from: number, to: number): Tensor {
    return gradc.slice(x, axis, from, to);
  }
  concat(a: Tensor, b: Tensor, axis: number): Tensor {
    return gradc.concat([a, b], axis);
  }
  total(x: Tensor): Tensor {
    return gradc.sum(x);
  }
}
