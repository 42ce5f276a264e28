import type { MessageCode } from "./messages.js";

/** What to do about each message of the catalogue: one line, in the words of the language. */
export const remedies: Readonly<Record<MessageCode, string>> = {
  GC2001:
    "dimensions are known when a model is compiled: write positive integers",
  GC2002: "take fewer or smaller dimensions",
  GC2003: "reduce it with sum(x) or mean(x)",
  GC2004: "mean(x) or sum(x) is a scalar; the batch is averaged by itself",
  GC2005: "reshape(x, [...]) gives it more axes; the batch is none of them",
  GC2006: "reshape(x, [...]) or permute(x, [...]) gives it that shape",
  GC2007: "give one number for each element, row-major",
  GC2008: "give one name for each entry, separated by spaces",
  GC2009: "declare it with indices(name, shape, classes)",
  GC2010:
    "give numbers there, such as oneHot(k, classes); indices are labels and places",
  GC2011: "write a positive integer",
  GC2012: "add it to the record that model() is given",
  GC2013: "give it what a loss returns: loss: mse(output, y)",
  GC2014: "give it what an optimizer returns: optimizer: adam(0.001)",
  GC2015: 'list what is trained: trainable: ["head", "*.bias"]',
  GC2016: "leave it out to train all that is not frozen",
  GC2017:
    "write a number; a layer that is made of sizes alone is applied afterwards: dense(4, 2)(x)",
  GC2018: "a model has inputs, outputs, loss, optimizer and trainable",
  GC2019: "give each tensor its name, in braces: { x, y }",

  GC2020: "axes are counted from 0 without the batch; -1 is the last one",
  GC2021: "name each axis once; -1 is the last one",
  GC2022: "axes are counted from 0 without the batch; -1 is the last one",
  GC2023: "name each axis once: permute(x, [1, 0]) swaps two",
  GC2024: "name an axis of one entry, or take select(x, axis, index)",
  GC2025: "give it an axis with an even number of entries",
  GC2026: "a new axis stands at 0 up to the number of axes",

  GC2030:
    "axes are compared from the last one: make both sizes equal, or one of them 1 (unsqueeze, expand)",
  GC2031:
    "axes are compared from the last one: make the sizes equal, or 1 (unsqueeze, expand)",
  GC2032: "an axis of 1 entry is repeated, another one keeps its size",
  GC2033:
    "transpose(right) swaps its axes; linear(x, out) has a weight that fits",
  GC2034: "make both sizes equal, or one of them 1",
  GC2035: "declare the layer with as many input features as the last axis has",
  GC2036: "give both the same axes before the last one",

  GC2040: "keep the number of elements; -1 is not counted out for you",
  GC2041: "give it a list such as [a, b]",
  GC2042: "give both as many axes: unsqueeze(x, axis) adds one",
  GC2043: "only the axis of concat may differ: slice or pad the others",
  GC2044: "give all the same shape; concat joins along an axis that they have",
  GC2045:
    "slice(x, axis, start, end) goes from start up to, not including, end",
  GC2046: "indices start at 0",
  GC2047: "give sizes that add up to the axis",
  GC2048: "give one repeat for each axis, 1 for those that stay",
  GC2049: "write an integer of at least 0; slice takes entries away",
  GC2050:
    "pad(x, [left, right]) pads the last axis, two more numbers the one before it",
  GC2051: "pad less, or with another mode",
  GC2052: "name two axes that differ",
  GC2053: "offsets above 0 are above the diagonal, those below 0 below it",
  GC2054:
    "indices have the axes of the tensor, no larger but on the gathered one",
  GC2055: "give indices of shape [n]; gather and embedding take others",
  GC2056: "declare the indices with as many classes as the axis has entries",

  GC2060: "the normalized shape is that of the last axes, without the batch",
  GC2061: "take a number of heads that divides the features",

  GC2070:
    "reshape one of them, or compare what has the target's shape; class numbers are declared as `indices`",
  GC2071:
    "classAxis says which axis has the classes, { classAxis: -1 } that it is the last one",
  GC2072: "make as many logits as classes, or declare the indices with as many",
  GC2073: "give one weight for each class",
  GC2074: "give it the shape of the entries, or axes of 1",

  GC2080: "letters for axes, a comma between operands, -> before the result",
  GC2081: "give one operand for each term of the equation",
  GC2082: "give one letter for each axis, without the batch",
  GC2083: "one letter is one size: name axes of other sizes otherwise",
  GC2084: "name an axis that an operand has",
  GC2085: "name each axis of the result once",
  GC2086:
    'axes of "..." are compared from the last one: make the sizes equal, or one of them 1',

  GC2090: "declare the layer with as many input features as the last axis has",
  GC2091: "reshape it, or make it with that shape",
  GC2092: "return a carry of the shape that it starts with",
  GC2093: "give q and k as many features: linear(x, features) makes them",
  GC2094: "give q and k the same axes before their last two",
  GC2095: "give k and v one entry for each of the same positions",
  GC2096: "a mask has the axes [queries, keys], or axes of 1",
  GC2097: "return { carry: next, output: next }",
  GC2098: "give it [steps, features], the batch is no axis of it",
  GC2099: "take an even number of features",

  GC2100: "write one number for all axes, or a list with one for each",
  GC2101: "write an integer of at least 0",
  GC2102: "take a smaller kernel or dilation, or more padding",
  GC2103:
    "declare the layer with as many channels as the first axis has, or permute the input",
  GC2104: "take a number of groups that divides both",
  GC2105: "leave the stride at 1, or pad by a number",
  GC2106: 'write "same", "valid" or a number',
  GC2107: "pad by at most half of the kernel",
  GC2108: "outputPadding is smaller than the stride or the dilation",
  GC2109: "pad less, or take a larger kernel",
  GC2110: "a weight has the axes [out, in / groups, ...kernel]",
  GC2111: "write a number from 0 to 1",
  GC2112: "take a number of groups that divides the channels",
  GC2113: "take an axis that has others after it",
  GC2114: "make the channels a multiple of the square of the factor",
  GC2115: "write a number above 0",
  GC2116: "take a larger scale",
};
