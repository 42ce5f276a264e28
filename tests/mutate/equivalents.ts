/** Mutants that compute what the original computes: reviewed, each group with the reason why no test can tell. */
export interface Equivalent {
  readonly keys: RegExp;
  readonly reason: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    keys: /^lowering (abs|cos|cosh|erfDerivative|logCosh|square): \w+\[0\] > load: neg$/,
    reason: "the function is even",
  },
  {
    keys: /^lowering (custom|outputs|scan|update): (.* > )?(abs|square)\[0\] > load: neg$/,
    reason: "the function is even",
  },
  {
    keys: /^lowering where: where\[0\] > load: neg$/,
    reason: "a condition is whether it is not 0: it has no sign",
  },
  {
    keys: /^lowering (logsumexp|softmax).*: where\[0\] > less\[0\] > abs\[0\] > load: neg$/,
    reason: "|x| is even",
  },
  {
    keys: /^lowering (logsumexp|softmax).*: where\[0\] > less\[1\] > number: [+-] 1$/,
    reason: "infinity and one more or less is infinity",
  },
  {
    keys: /^lowering (logsumexp|softmax).*: where\[2\] > number: ([+-] 1|neg)$/,
    reason:
      "what is taken out where the largest entry is infinite may be any number: infinity less it is infinity",
  },
  {
    keys: /^lowering softmax.*: where\[0\] > less\[0\] > abs: only operand 0$/,
    reason: "where all entries are -infinity softmax is no number either way",
  },
  {
    keys: /^lowering softmax.*: exp: neg$/,
    reason: "-a / (-a - b) is a / (a + b), to the bit",
  },
  {
    keys: /^lowering random( of all)?: floor: only operand 0$/,
    reason:
      "mixWords takes the whole part of its sum; of the indices below 256, whose square has no upper half, nothing is rounded before",
  },
  {
    keys: /^shape reshape: (one axis more|axes swapped)$/,
    reason: "a reshape may have any shape of as many entries",
  },
  {
    keys: /^shape expand: one axis more$/,
    reason: "one copy along a new axis is an expansion, too",
  },
  {
    keys: /^rule add: cotangents 0 and 1: swapped cotangents$/,
    reason: "both are dy",
  },
  {
    keys: /^rule concat: slice \d: fill [+-] 1$/,
    reason: "a part lies inside of the whole: nothing is filled",
  },
  {
    keys: /^rule contract: contract \d: over swapped \d and \d$/,
    reason:
      "the terms of a sum in another order; that order is a matter of lowering, where it is tested to the bit",
  },
  {
    keys: /^rule (expand|reduce .*): reduce \d: axes swapped \d and \d$/,
    reason: "the terms of a reduction in another order",
  },
  {
    keys: /^rule (custom|expand|scan|softmax|reduce .*): reduce \d: ties -> first$/,
    reason: "ties matter to the derivative alone, and the value alone is used",
  },
  {
    keys: /^rule (contract|logsumexp|scan|softmax|reduce .*): expand \d: batch not$/,
    reason: "what is repeated is batched already",
  },
  {
    keys: /^rule reduce min share: equal 1: equal -> lessEqual$/,
    reason: "no entry is below the smallest",
  },
  {
    keys: /^rule reduce prod share: expand 4: axes swapped \d and \d$/,
    reason: "a diagonal is symmetric, and the same along all other axes",
  },
  {
    keys: /^rule relu: lessEqual 1: lessEqual -> equal$/,
    reason: "y is never below 0",
  },
  {
    keys: /^rule pow: (constant 0\.5 1: constant -> 1|less 2: less -> lessEqual)$/,
    reason: "the number compared with 0.5 is -1, 0 or 1",
  },
  {
    keys: /^rule scan: scan \d: step output \d (neg|dropped|is placeholder \d|swapped with output \d)$/,
    reason:
      "the carries that the steps of the last derivative found: they are kept for a further one, and computed nowhere",
  },
  {
    keys: /^rule scan: scan \d: step sum \d swapped with sum \d$/,
    reason: "both are terms of the cotangent of one value",
  },
  {
    keys: /^rule scan: scan \d: step contract: batch not \d$/,
    reason: "a step is of one example: there are no others to be summed over",
  },
  {
    keys: /^rule slice: contract 1: windows \[0\] dilation [+-] 1$/,
    reason: "one tap has no distance to another",
  },
];
