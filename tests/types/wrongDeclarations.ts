/** Declarations of shapes that are none, and of what is trained. */
import type { WrongProgram } from "./wrong.js";

export const wrongDeclarations: readonly WrongProgram[] = [
  {
    code: "GC2001",
    source: 'input("n", «[0]»)',
    sentence: "shape [0]: dimension 0 is not a positive integer",
  },
  {
    code: "GC2001",
    source: 'input("n", «[3, -2]», { batched: false })',
    sentence: "shape [3, -2]: dimension -2 is not a positive integer",
  },
  {
    code: "GC2001",
    source: 'indices("n", «[-1]», 4)',
    sentence: "shape [-1]: dimension -1 is not a positive integer",
  },
  {
    code: "GC2001",
    source: 'param("n", «[1.5, 2]»)',
    sentence: "shape [1.5, 2]: dimension 1.5 is not a positive integer",
  },
  {
    code: "GC2001",
    source: 'param("n", «[2, 1e-7]», { frozen: true })',
    sentence: "shape [2, 1e-7]: dimension 1e-7 is not a positive integer",
  },
  {
    code: "GC2001",
    source: "constant(«[0, 2]», [])",
    sentence: "shape [0, 2]: dimension 0 is not a positive integer",
  },
  {
    code: "GC2001",
    source: "constantIndices(«[-3]», [])",
    sentence: "shape [-3]: dimension -3 is not a positive integer",
  },
  {
    code: "GC2001",
    source: "randomUniform(«[-6]», { batched: false })",
    sentence: "shape [-6]: dimension -6 is not a positive integer",
  },
  {
    code: "GC2001",
    source: "randomNormal(«[4, 0]»)",
    sentence: "shape [4, 0]: dimension 0 is not a positive integer",
  },
  {
    code: "GC2015",
    source:
      "model({ inputs: { x }, outputs: { scalar }, loss: scalar, optimizer: sgd(0.1), «trainable»: [5] })",
    sentence:
      'model: trainable is no list of parameters, layers and names, expected one such as ["head"]',
  },
  {
    code: "GC2015",
    source:
      "model({ inputs: { x }, outputs: { scalar }, loss: scalar, optimizer: sgd(0.1), «trainable»: [x, indices('t', [], 9)] })",
    sentence:
      'model: trainable is no list of parameters, layers and names, expected one such as ["head"]',
  },
  {
    code: "GC2016",
    source:
      "model({ inputs: { x }, outputs: { scalar }, loss: scalar, optimizer: sgd(0.1), «trainable»: [] })",
    sentence:
      'model: trainable is empty, expected a parameter, a layer or a name such as "head"',
  },
];
