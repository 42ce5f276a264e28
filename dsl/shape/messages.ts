import { remedies } from "./remedies.js";

/**
 * The message catalogue of the language: every sentence about a shape stands here once.
 *
 * The type-level formatter `Message` and the run-time `shapeError` read the same strings, so an editor, `tsc` and a
 * graph that is being built say the same words. `{}` is a hole, filled in order; shapes print as `[2, 3]`.
 * Codes are stable: a message may be reworded, its code stays, and a code that retires is not used again.
 */
export const messages = {
  // GC2000: shapes as such
  dimension: {
    code: "GC2001",
    text: "shape {}: dimension {} is not a positive integer",
  },
  elements: {
    code: "GC2002",
    text: "shape {} has {} elements, the limit is 2147483647",
  },
  scalar: { code: "GC2003", text: "{}: expects a scalar of shape [], got {}" },
  loss: {
    code: "GC2004",
    text: "model: the loss has shape {}, expected a scalar: reduce it with mean or sum",
  },
  minimumRank: {
    code: "GC2005",
    text: "{}: expects {} or more axes, got {} (shape {})",
  },
  expected: { code: "GC2006", text: "{}: expects shape {}, got {}" },
  values: {
    code: "GC2007",
    text: "{}: shape {} has {} elements, got {} values",
  },
  symbols: {
    code: "GC2008",
    text: 'symbols: "{}" names {} entries, {} has {}',
  },
  indicesExpected: {
    code: "GC2009",
    text: "{}: expects indices (i32), got numbers of shape {}",
  },
  numbersExpected: {
    code: "GC2010",
    text: "{}: expects numbers (f64), got indices of shape {}",
  },
  positive: { code: "GC2011", text: "{}: {} {} is not a positive integer" },
  modelPart: { code: "GC2012", text: "model: has no {}, expected {}" },
  notTensor: {
    code: "GC2013",
    text: "model: the loss is not a tensor, expected a scalar such as mse(output, y)",
  },
  notOptimizer: {
    code: "GC2014",
    text: "model: the optimizer is not a rule, expected one such as sgd(0.1)",
  },
  notTrainable: {
    code: "GC2015",
    text: 'model: trainable is no list of parameters, layers and names, expected one such as ["head"]',
  },
  nothingTrainable: {
    code: "GC2016",
    text: 'model: trainable is empty, expected a parameter, a layer or a name such as "head"',
  },

  size: { code: "GC2017", text: "{}: {} is {}, expected a positive integer" },
  modelField: { code: "GC2018", text: "model: {} is no field, {}" },
  modelRecord: { code: "GC2019", text: "model: {} is {}, expected {}" },

  // GC2020: axes
  axis: {
    code: "GC2020",
    text: "{}: axis {} is out of range for rank {} (shape {})",
  },
  axisTwice: { code: "GC2021", text: "{}: axis {} occurs twice in {}" },
  axisOption: {
    code: "GC2022",
    text: "{}: {} {} is out of range for rank {} (shape {})",
  },
  permute: {
    code: "GC2023",
    text: "permute: {} is not a permutation of the {} axes of {}",
  },
  squeeze: {
    code: "GC2024",
    text: "squeeze: axis {} of {} has {} entries, expected 1",
  },
  glu: {
    code: "GC2025",
    text: "glu: axis {} of {} has {} entries, which do not split into two halves",
  },
  newAxis: {
    code: "GC2026",
    text: "{}: a new axis cannot stand at {} in shape {}",
  },

  // GC2030: operands that meet
  broadcast: {
    code: "GC2030",
    text: "{}: shapes {} and {} do not broadcast: {} and {} meet on axis {}",
  },
  where: {
    code: "GC2031",
    text: "where: shapes {}, {} and {} do not broadcast: {} and {} meet on axis {}",
  },
  expand: { code: "GC2032", text: "expand: {} does not broadcast to {}" },
  matmul: {
    code: "GC2033",
    text: "matmul: inner dimensions differ: left {} has {} columns, right {} has {} rows",
  },
  matmulBatch: {
    code: "GC2034",
    text: "matmul: batch axes of {} and {} do not broadcast: {} and {} meet on axis {}",
  },
  linear: {
    code: "GC2035",
    text: "linear: expects {} input features, got {} (input shape {})",
  },

  bilinear: {
    code: "GC2036",
    text: "bilinear: {} and {} differ before their last axes",
  },

  // GC2040: moving elements about
  reshape: {
    code: "GC2040",
    text: "reshape: {} has {} elements, {} has {}",
  },
  emptyList: { code: "GC2041", text: "{}: expects at least one tensor" },
  concatRank: { code: "GC2042", text: "concat: ranks differ: {} and {}" },
  concatDim: {
    code: "GC2043",
    text: "concat: shapes {} and {} differ outside axis {}",
  },
  stack: { code: "GC2044", text: "stack: shapes {} and {} differ" },
  slice: {
    code: "GC2045",
    text: "slice: [{}, {}) is not a range of integers in 0..{} (axis {} of {})",
  },
  select: {
    code: "GC2046",
    text: "select: index {} is outside 0..{} (axis {} of {})",
  },
  split: {
    code: "GC2047",
    text: "split: sizes {} add up to {}, axis {} of {} has {}",
  },
  tile: {
    code: "GC2048",
    text: "tile: expects one repeat for each of the {} axes of {}, got {}",
  },
  padLength: {
    code: "GC2049",
    text: "pad: {} entries cannot be added, expected an integer of at least 0",
  },
  padPairs: {
    code: "GC2050",
    text: "pad: expects a pair for each of the last axes of {}, the last axis first, got {}",
  },
  padReach: {
    code: "GC2051",
    text: "pad: mode {} finds {} entries beyond axis {} of {}, got {}",
  },
  diagonalAxes: {
    code: "GC2052",
    text: "diagonal: {} and {} are the same axis of {}",
  },
  diagonalOffset: {
    code: "GC2053",
    text: "diagonal: there is no diagonal {} in {} rows of {} entries",
  },
  gatherIndices: {
    code: "GC2054",
    text: "gather: indices of shape {} do not fit {} on axis {}",
  },
  indexList: {
    code: "GC2055",
    text: "indexSelect: expects a list of indices, got shape {}",
  },
  indexRange: {
    code: "GC2056",
    text: "{}: indices go up to {}, expected at most {}",
  },

  // GC2060: layers
  layerNorm: {
    code: "GC2060",
    text: "{}: the last axes of {} are not the normalized shape {}",
  },
  heads: { code: "GC2061", text: "{}: {} features do not split into {} heads" },

  // GC2070: losses
  target: { code: "GC2070", text: "{}: target must have shape {}, got {}" },
  classTarget: {
    code: "GC2071",
    text: "{}: class indices for {} with classAxis {} must have shape {}, got {}",
  },
  classCount: {
    code: "GC2072",
    text: "{}: {} has {} classes on classAxis {}, the indices were declared with {}",
  },
  classWeights: {
    code: "GC2073",
    text: "{}: weights must have shape {}, one for each class, got {}",
  },
  factors: {
    code: "GC2074",
    text: "{}: {} must broadcast to the entries {}, got {}",
  },

  // GC2080: einsum
  einsumFormat: {
    code: "GC2080",
    text: 'einsum: expects an equation such as "ij,jk->ik", got "{}"',
  },
  einsumOperands: {
    code: "GC2081",
    text: 'einsum: "{}" names {} operands, got {}',
  },
  einsumRank: {
    code: "GC2082",
    text: 'einsum: operand {} is "{}" (rank {}), got shape {}',
  },
  einsumDim: {
    code: "GC2083",
    text: 'einsum: index "{}" has {} entries in one place and {} in another',
  },
  einsumOutput: {
    code: "GC2084",
    text: 'einsum: output index "{}" does not appear in any operand',
  },
  einsumTwice: {
    code: "GC2085",
    text: 'einsum: output index "{}" occurs twice',
  },
  einsumSpread: {
    code: "GC2086",
    text: 'einsum: axis {} of "..." has {} entries in one place and {} in another',
  },

  // GC2090: sequences and attention
  features: {
    code: "GC2090",
    text: "{}: expects {} input features, got {} (input shape {})",
  },
  argument: { code: "GC2091", text: "{}: {} must have shape {}, got {}" },
  carryShape: {
    code: "GC2092",
    text: "{}: {} starts with shape {}, a step returns {}",
  },
  queryKey: {
    code: "GC2093",
    text: "{}: q {} has {} features, k {} has {}",
  },
  queryLead: {
    code: "GC2094",
    text: "{}: q {} and k {} differ before their last two axes",
  },
  keyValue: {
    code: "GC2095",
    text: "{}: k {} and v {} differ before their last axis",
  },
  scoreMask: {
    code: "GC2096",
    text: "{}: mask {} does not broadcast to the scores {}",
  },
  carryMissing: {
    code: "GC2097",
    text: "{}: a step returns no tensor for {}",
  },
  sequence: {
    code: "GC2098",
    text: "{}: expects a sequence of 2 or 3 axes, got {} (shape {})",
  },
  pairs: {
    code: "GC2099",
    text: "{}: {} features of {} are no pairs, expected an even number",
  },

  // GC2100: windows over the last axes
  perAxis: {
    code: "GC2100",
    text: "{}: {} {} is neither one number nor a list of {}, one for each axis",
  },
  natural: { code: "GC2101", text: "{}: {} {} is not an integer >= 0" },
  window: {
    code: "GC2102",
    text: "{}: a kernel that spans {} does not fit the padded input {} (input shape {})",
  },
  channels: {
    code: "GC2103",
    text: "{}: expects {} input channels, got {} (input shape {})",
  },
  groups: {
    code: "GC2104",
    text: "{}: {} groups do not divide {} input channels and {} output channels",
  },
  samePadding: {
    code: "GC2105",
    text: '{}: padding "same" needs stride 1, got {}',
  },
  padding: {
    code: "GC2106",
    text: '{}: padding "{}" is neither "same" nor "valid"',
  },
  poolPadding: {
    code: "GC2107",
    text: "{}: padding {} is more than half of a kernel that spans {}",
  },
  outputPadding: {
    code: "GC2108",
    text: "{}: outputPadding {} is smaller than neither stride {} nor dilation {}",
  },
  nothingLeft: {
    code: "GC2109",
    text: "{}: the padding takes away all of the output (input shape {})",
  },
  weightRank: {
    code: "GC2110",
    text: "{}: the weight has {} axes, got {} (shape {})",
  },
  fraction: { code: "GC2111", text: "{}: {} {} is not a number in [0, 1]" },
  channelGroups: {
    code: "GC2112",
    text: "{}: {} groups do not divide {} channels (shape {})",
  },
  nothingBehind: {
    code: "GC2113",
    text: "{}: channelAxis {} is the last one of {}, no axis is left to normalize over",
  },
  pixelShuffle: {
    code: "GC2114",
    text: "pixelShuffle: {} channels do not split into squares of {} by {} (shape {})",
  },
  scale: { code: "GC2115", text: "{}: scale {} is not a number > 0" },
  vanishes: {
    code: "GC2116",
    text: "{}: scale {} leaves nothing of {} entries (shape {})",
  },
} as const;

export type Messages = typeof messages;
/** The name of a message: the word that code uses. */
export type MessageKey = keyof Messages;
/** The diagnostic code of a message: the word that documentation uses. */
export type MessageCode = Messages[MessageKey]["code"];

/** `Show<[2, 3]>` is `"[2, 3]"`; a shape of unknown rank is `"[...]"`. */
export type Show<
  S extends readonly number[],
  Out extends string = "",
> = number extends S["length"]
  ? "[...]"
  : S extends readonly [
        infer Head extends number,
        ...infer Rest extends readonly number[],
      ]
    ? Show<Rest, Out extends "" ? `${Head}` : `${Out}, ${Head}`>
    : `[${Out}]`;

type Fill<
  Text extends string,
  Args extends readonly (string | number)[],
  Out extends string = "",
> = Text extends `${infer Before}{}${infer After}`
  ? Args extends readonly [
      infer Arg extends string | number,
      ...infer Rest extends readonly (string | number)[],
    ]
    ? Fill<After, Rest, `${Out}${Before}${Arg}`>
    : `${Out}${Text}`
  : `${Out}${Text}`;

/** The sentence of message `K` with its holes filled, as a string literal type. */
export type Message<
  K extends MessageKey,
  Args extends readonly (string | number)[],
> = Fill<Messages[K]["text"], Args>;

/** `showShape([2, 3])` is `"[2, 3]"`. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** Two shapes, or a shape and an operation, that do not fit. */
export class ShapeError extends TypeError {
  override readonly name = "ShapeError";
  readonly code: MessageCode;
  readonly remedy: string;

  constructor(code: MessageCode, message: string) {
    super(message);
    this.code = code;
    this.remedy = remedies[code];
  }
}

/** What may fill a hole; lists print as shapes. */
export type MessageArgument = string | number | readonly number[];

/** The error that message `key` describes, its holes filled in order. */
export function shapeError(
  key: MessageKey,
  ...args: readonly MessageArgument[]
): ShapeError {
  const { code, text } = messages[key];
  let next = 0;
  const message = text.replace(/\{\}/g, (hole) => {
    const arg = args[next++];
    if (arg === undefined) return hole;
    return typeof arg === "object" ? showShape(arg) : String(arg);
  });
  return new ShapeError(code, message);
}

/** Throws `shapeError(key, ...args)`. */
export function failShape(
  key: MessageKey,
  ...args: readonly MessageArgument[]
): never {
  throw shapeError(key, ...args);
}

/** The code of a sentence that a type checker printed, or undefined when the catalogue does not have it. */
export function codeOf(sentence: string): MessageCode | undefined {
  const found = Object.values(messages).filter(({ text }) =>
    new RegExp(`^${text.split("{}").map(escaped).join(hole)}$`).test(sentence),
  );
  // Where several fit, the one that says more of the sentence itself.
  return found.sort((a, b) => wordsOf(b.text) - wordsOf(a.text))[0]?.code;
}
/** What a hole holds: a list in brackets, or words without. */
const hole = "(?:\\[[^\\]]*\\]|[^[\\]]*)";
const escaped = (text: string): string =>
  text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
const wordsOf = (text: string): number => text.replaceAll("{}", "").length;
