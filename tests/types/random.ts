/** Random programs of one call: about half of them wrong, from a seed. */
import {
  axisOf,
  chance,
  classes,
  drawer,
  near,
  shapeOf,
  show,
  sizeOf,
  tensor,
  type Draw,
  type Shape,
} from "./draw.js";
import { alongAxis, arrangements } from "./randomArrangements.js";
import { windowPrograms } from "./randomWindows.js";

/** A shape with as many elements, or nearly. */
function regrouped(draw: Draw, shape: Shape): number[] {
  const factors = shape.flatMap((d) =>
    d === 12 ? [3, 4] : d === 6 ? [2, 3] : d === 8 ? [2, 4] : [d],
  );
  const order = factors
    .map((f) => [draw(1000), f] as const)
    .sort(([a], [b]) => a - b)
    .map(([, f]) => f);
  const groups: number[] = [];
  for (const f of order)
    if (groups.length === 0 || chance(draw, 50)) groups.push(f);
    else groups.push((groups.pop() as number) * f);
  if (chance(draw, 30)) groups.push(sizeOf(draw));
  if (chance(draw, 8)) groups.push(-1);
  return groups;
}

const binary =
  (name: string) =>
  (draw: Draw): string => {
    const shape = shapeOf(draw, draw(4));
    const operand = (s: Shape): string => (chance(draw, 10) ? "2" : tensor(s));
    return `${name}(${tensor(shape)}, ${operand(near(draw, shape))})`;
  };
const reduction =
  (name: string) =>
  (draw: Draw): string => {
    const shape = shapeOf(draw, draw(4));
    const rank = shape.length;
    const list = Array.from({ length: draw(rank + 1) }, () =>
      axisOf(draw, rank),
    );
    const axis = ["undefined", String(axisOf(draw, rank)), show(list)][draw(3)];
    const keep = ["", ", { keepdims: true }", ", { keepdims: false }"][draw(3)];
    return `${name}(${tensor(shape)}, ${axis as string}${keep as string})`;
  };
/** An equation for two shapes: the letters of the second are partly those of the first. */
function einsum(draw: Draw): string {
  const left = shapeOf(draw, 1 + draw(3));
  const a = ["i", "j", "k"].slice(0, left.length);
  const b = Array.from({ length: 1 + draw(3) }, (_, i) =>
    chance(draw, 60) ? (a[draw(a.length)] as string) : ("lmn"[i] as string),
  );
  const right = b.map((c) =>
    a.includes(c) && chance(draw, 85)
      ? (left[a.indexOf(c)] as number)
      : sizeOf(draw),
  );
  if (chance(draw, 15)) {
    b.push(a[0] as string);
    right.push(chance(draw, 70) ? (left[0] as number) : sizeOf(draw));
  }
  if (chance(draw, 10)) right.push(2);
  const letters = [...new Set([...a, ...b])].filter(() => chance(draw, 60));
  if (chance(draw, 8)) letters.push("z");
  if (chance(draw, 5)) letters.push(...letters.slice(0, 1));
  const terms = chance(draw, 6) ? [a, b, ["q"]] : [a, b];
  const input = terms.map((term) => term.join("")).join(",");
  const output = chance(draw, 20) ? "" : `->${letters.join("")}`;
  return `einsum("${input}${output}", ${tensor(left)}, ${tensor(right)})`;
}

/** Structural functions: each has a generator of its own. */
const structural: Readonly<Record<string, (draw: Draw) => string>> = {
  where: (draw) => {
    const shape = shapeOf(draw, draw(4));
    const operand = (): string =>
      chance(draw, 15) ? "0" : tensor(near(draw, shape));
    return `where(${tensor(near(draw, shape))}, ${operand()}, ${operand()})`;
  },
  matmul: (draw) => {
    const inner = sizeOf(draw);
    const lead = shapeOf(draw, draw(3));
    const a = [...lead, ...shapeOf(draw, draw(2)), inner];
    const b = [...near(draw, lead), inner, ...shapeOf(draw, draw(2))];
    return `matmul(${tensor(chance(draw, 15) ? near(draw, a) : a)}, ${tensor(chance(draw, 15) ? near(draw, b) : b)})`;
  },
  linear: (draw) =>
    `linear(${tensor(shapeOf(draw, 1 + draw(3)))}, ${String(sizeOf(draw))})`,
  dense: (draw) => {
    const shape = shapeOf(draw, draw(4));
    const features = shape.at(-1) ?? 2;
    return `dense(${String(chance(draw, 50) ? features : sizeOf(draw))}, ${String(sizeOf(draw))})(${tensor(shape)})`;
  },
  ...arrangements,
  einsum,
  transpose: (draw) => {
    const shape = shapeOf(draw, draw(5));
    const axis = (): string => String(axisOf(draw, shape.length));
    const axes = chance(draw, 50) ? "" : `, ${axis()}, ${axis()}`;
    return `transpose(${tensor(shape)}${axes})`;
  },
  permute: (draw) => {
    const shape = shapeOf(draw, 1 + draw(4));
    const order = shape.map((_, i) => i).sort(() => draw(3) - 1);
    const wrong = order.map((i) => (chance(draw, 20) ? i - shape.length : i));
    if (chance(draw, 20)) wrong.push(0);
    if (chance(draw, 20)) wrong[0] = axisOf(draw, shape.length);
    return `permute(${tensor(shape)}, ${show(wrong)})`;
  },
  reshape: (draw) => {
    const shape = shapeOf(draw, draw(4));
    return `reshape(${tensor(shape)}, ${show(regrouped(draw, shape))})`;
  },
  flatten: alongAxis("flatten"),
  squeeze: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3)).map((d) =>
      chance(draw, 50) ? 1 : d,
    );
    return `squeeze(${tensor(shape)}, ${String(axisOf(draw, shape.length))})`;
  },
  unsqueeze: (draw) => {
    const shape = shapeOf(draw, draw(4));
    return `unsqueeze(${tensor(shape)}, ${String(axisOf(draw, shape.length + 1))})`;
  },
  expand: (draw) => {
    const shape = shapeOf(draw, draw(4));
    const from = near(draw, shape);
    if (chance(draw, 5)) shape.push(-1);
    return `expand(${tensor(from)}, ${show(shape)})`;
  },
  tile: (draw) => {
    const shape = shapeOf(draw, draw(4));
    const repeats = shapeOf(draw, shape.length);
    if (chance(draw, 20)) repeats[0] = 0;
    if (chance(draw, 10)) repeats.push(2);
    return `tile(${tensor(shape)}, ${show(repeats)})`;
  },
  concat: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    const axis = axisOf(draw, shape.length);
    const at = axis < 0 ? shape.length + axis : axis;
    const parts = Array.from({ length: 1 + draw(3) }, () => {
      const part = shape.map((d, i) => (i === at ? sizeOf(draw) : d));
      return tensor(chance(draw, 15) ? near(draw, part) : part);
    });
    return `concat([${parts.join(", ")}], ${String(axis)})`;
  },
  stack: (draw) => {
    const shape = shapeOf(draw, draw(4));
    const parts = Array.from({ length: 1 + draw(3) }, () =>
      tensor(chance(draw, 20) ? near(draw, shape) : shape),
    );
    const axis = chance(draw, 30)
      ? ""
      : `, ${String(axisOf(draw, shape.length + 1))}`;
    return `stack([${parts.join(", ")}]${axis})`;
  },
  slice: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    const start = draw(5) - (chance(draw, 10) ? 1 : 0);
    const end = start + draw(6);
    const step = chance(draw, 30) ? `, ${String(draw(4))}` : "";
    return `slice(${tensor(shape)}, ${String(axisOf(draw, shape.length))}, ${String(start)}, ${String(end)}${step})`;
  },
  select: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    return `select(${tensor(shape)}, ${String(axisOf(draw, shape.length))}, ${String(draw(12) - 5)})`;
  },
  split: (draw) => {
    const shape = shapeOf(draw, 1 + draw(2));
    const axis = axisOf(draw, shape.length);
    const length = shape[axis < 0 ? shape.length + axis : axis] ?? 4;
    const first = 1 + draw(length);
    const parts = first < length ? [first, length - first] : [first];
    if (chance(draw, 20)) parts.push(draw(3) - 1);
    return `split(${tensor(shape)}, ${show(parts)}, ${String(axis)})`;
  },
  scaledDotProductAttention: (draw) => {
    const q = shapeOf(draw, 1 + draw(3));
    const k = q.map((d, i) => (i === q.length - 2 ? sizeOf(draw) : d));
    const v = k.map((d, i) => (i === k.length - 1 ? sizeOf(draw) : d));
    const scores = [...q.slice(0, -1), ...k.slice(-2, -1)];
    const operand = (shape: Shape): string =>
      tensor(chance(draw, 15) ? near(draw, shape) : shape);
    const mask = chance(draw, 50)
      ? ""
      : `, { mask: ${operand(chance(draw, 30) ? scores.slice(1) : scores)} }`;
    return `scaledDotProductAttention(${tensor(q)}, ${operand(k)}, ${operand(v)}${mask})`;
  },
  multiHeadAttention: (draw) => {
    const q = shapeOf(draw, 1 + draw(3));
    const features = chance(draw, 80) ? (q.at(-1) ?? 2) : sizeOf(draw);
    const k = q.map((d, i) => (i === q.length - 2 ? sizeOf(draw) : d));
    const operand = (shape: Shape): string =>
      tensor(chance(draw, 15) ? near(draw, shape) : shape);
    const heads = chance(draw, 70) ? 1 + draw(2) : draw(5);
    const options = [
      "",
      `, { key: ${operand(k)} }`,
      `, { key: ${tensor(k)}, keyPaddingMask: ${operand(k.slice(0, -1))} }`,
    ][draw(3)] as string;
    return `multiHeadAttention(${String(features)}, ${String(heads)})(${tensor(q)}${options})`;
  },
  transformerEncoderLayer: (draw) => {
    const x = shapeOf(draw, draw(4));
    const features = chance(draw, 80) ? (x.at(-1) ?? 2) : sizeOf(draw);
    const heads = chance(draw, 70) ? 1 + draw(2) : draw(5);
    return `transformerEncoderLayer(${String(features)}, ${String(heads)}, { feedForward: 4 })(${tensor(x)})`;
  },
  rotaryEmbedding: (draw) =>
    `rotaryEmbedding(${tensor(shapeOf(draw, draw(4)))})`,
  rnnCell: cellCall("rnnCell"),
  gruCell: cellCall("gruCell"),
  rnn: sequenceCall("rnn"),
  gru: sequenceCall("gru"),
  lstm: (draw) => {
    const { sizes: own, x, state } = sequenceOf(draw);
    return `lstm(${own})(${x}, { h: ${state()}, c: ${state()} }).output`;
  },
  unroll: stepsOf("unroll"),
  scan: stepsOf("scan"),
  lstmCell: (draw) => {
    const { sizes: own, x, state } = cellOf(draw);
    return `lstmCell(${own})(${x}, { h: ${state()}, c: ${state()} }).c`;
  },
  logsumexp: alongAxis("logsumexp"),
  glu: alongAxis("glu"),
  layerNorm: (draw) => normalization("layerNorm")(draw),
  rmsNorm: (draw) => normalization("rmsNorm")(draw),
  crossEntropy: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    return chance(draw, 30)
      ? `crossEntropy(${tensor(shape)}, ${tensor(near(draw, shape))})`
      : onClasses("crossEntropy")(draw);
  },
  nll: (draw) => onClasses("nll")(draw),
  multiMargin: (draw) => onClasses("multiMargin")(draw),
  maskedFill: (draw) => {
    const shape = shapeOf(draw, draw(4));
    return `maskedFill(${tensor(shape)}, ${tensor(near(draw, shape))}, 0)`;
  },
  tripletMargin: (draw) => {
    const shape = shapeOf(draw, draw(4));
    const other = (): string =>
      tensor(chance(draw, 70) ? shape : near(draw, shape));
    return `tripletMargin(${tensor(shape)}, ${other()}, ${other()})`;
  },
  cosineEmbedding: (draw) => {
    const shape = shapeOf(draw, draw(4));
    const target = shape.slice(0, -1);
    return `cosineEmbedding(${tensor(shape)}, ${tensor(chance(draw, 70) ? shape : near(draw, shape))}, ${tensor(chance(draw, 70) ? target : near(draw, target))})`;
  },
  marginRanking: (draw) => threeAlike("marginRanking")(draw),
  gaussianNll: (draw) => threeAlike("gaussianNll")(draw),
  clamp: (draw) => `clamp(${tensor(shapeOf(draw, draw(4)))}, { min: 0 })`,
  threshold: (draw) => `threshold(${tensor(shapeOf(draw, draw(4)))}, 0, 1)`,
};

/** Sizes, an input and states for a cell, each now and then wrong. */
function cellOf(draw: Draw): {
  readonly sizes: string;
  readonly x: string;
  readonly state: () => string;
} {
  const x = shapeOf(draw, draw(10) === 0 ? 0 : 1 + draw(2));
  const features = chance(draw, 80) ? (x.at(-1) ?? 2) : sizeOf(draw);
  const hidden = sizeOf(draw);
  const shape = [...x.slice(0, -1), hidden];
  return {
    sizes: `${String(features)}, ${String(hidden)}`,
    x: tensor(x),
    state: () => tensor(chance(draw, 80) ? shape : near(draw, shape)),
  };
}
/** As `cellOf`, for a sequence in one or two directions. */
function sequenceOf(draw: Draw): ReturnType<typeof cellOf> {
  const x = shapeOf(draw, draw(8) === 0 ? draw(5) : 2 + draw(2));
  const features = chance(draw, 80) ? (x.at(-1) ?? 2) : sizeOf(draw);
  const [hidden, layers] = [sizeOf(draw), 1 + draw(2)];
  const [both, first] = [chance(draw, 50), chance(draw, 50)];
  const between = first ? x.slice(0, 1) : x.slice(1, 2);
  const shape = [
    both ? 2 * layers : layers,
    ...(x.length === 3 ? between : []),
    hidden,
  ];
  const options = `{ numLayers: ${String(layers)}, bidirectional: ${String(both)}, batchFirst: ${String(first)} }`;
  return {
    sizes: `${String(features)}, ${String(hidden)}, ${options}`,
    x: tensor(x),
    state: () => tensor(chance(draw, 80) ? shape : near(draw, shape)),
  };
}
function stepsOf(name: string): (draw: Draw) => string {
  return (draw) => {
    const shape = shapeOf(draw, draw(10) === 0 ? 0 : 1 + draw(3));
    const start = shapeOf(draw, draw(3));
    const next = tensor(chance(draw, 60) ? start : near(draw, start));
    return `${name}(${tensor(shape)}, ${tensor(start)}, (h, v) => ({ carry: ${next}, output: v })).outputs`;
  };
}
function sequenceCall(name: string): (draw: Draw) => string {
  return (draw) => {
    const { sizes: own, x, state } = sequenceOf(draw);
    const result = chance(draw, 50) ? "output" : "h";
    return `${name}(${own})(${x}${chance(draw, 40) ? "" : `, ${state()}`}).${result}`;
  };
}
function cellCall(name: string): (draw: Draw) => string {
  return (draw) => {
    const { sizes: own, x, state } = cellOf(draw);
    return `${name}(${own})(${x}${chance(draw, 30) ? "" : `, ${state()}`})`;
  };
}

/** Functions that share a type: a family is drawn as often as one structural function. */
const families: readonly {
  readonly names: readonly string[];
  readonly of: (name: string) => (draw: Draw) => string;
}[] = [
  {
    names: words(
      "abs atan batchMax batchMean batchSum cos cosh erf exp expm1 floor hardshrink hardsigmoid hardswish hardtanh",
      "celu elu gelu logSigmoid mish selu sigmoid silu softplus softsign tanh tanhshrink",
      "leakyRelu log log1p log2 neg reciprocal relu relu6 rsqrt sign sin sinh softshrink sqrt square stopGradient tan",
    ),
    of: unary,
  },
  {
    names: words("add sub mul div maximum minimum pow atan2"),
    of: binary,
  },
  {
    names: words("equal notEqual less lessEqual greater greaterEqual"),
    of: binary,
  },
  { names: words("sum mean max min prod variance std norm"), of: reduction },
  { names: words("softmax logSoftmax softmin"), of: alongAxis },
  {
    names: words(
      "mse l1 halfSse smoothL1 huber logCosh bce bceWithLogits hinge squaredHinge softMargin hingeEmbedding klDiv",
      "poissonNll klStandardNormal",
    ),
    of: twoAlike,
  },
];

function words(...lists: readonly string[]): string[] {
  return lists.flatMap((list) => list.split(" "));
}
function unary(name: string): (draw: Draw) => string {
  return (draw) => `${name}(${tensor(shapeOf(draw, draw(4)))})`;
}
function twoAlike(name: string): (draw: Draw) => string {
  return (draw) => {
    const shape = shapeOf(draw, draw(4));
    return `${name}(${tensor(shape)}, ${tensor(near(draw, shape))})`;
  };
}
function threeAlike(name: string): (draw: Draw) => string {
  return (draw) => {
    const shape = shapeOf(draw, draw(4));
    const other = (): string =>
      tensor(chance(draw, 75) ? shape : near(draw, shape));
    return `${name}(${tensor(shape)}, ${other()}, ${other()})`;
  };
}
function normalization(name: string): (draw: Draw) => string {
  return (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    const last = shape.slice(draw(shape.length));
    const normalized = chance(draw, 40) ? near(draw, last) : last;
    return normalized.length === 0 || chance(draw, 20)
      ? `${name}(${tensor(shape)})`
      : `${name}(${tensor(shape)}, { normalizedShape: ${show(normalized)} })`;
  };
}
/** Class indices, mostly of the right shape, for logits with the classes on a random axis. */
function onClasses(name: string): (draw: Draw) => string {
  return (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    const axis = axisOf(draw, shape.length);
    const at = axis < 0 ? shape.length + axis : axis;
    const target = shape.filter((_, i) => i !== at);
    const from = chance(draw, 40) ? near(draw, target) : target;
    return `${name}(${tensor(shape)}, ${classes(from, shape[at] ?? 3)}, { classAxis: ${String(axis)} })`;
  };
}

/** Every function that has a generator. */
export const generated: readonly string[] = [
  ...Object.keys(structural),
  ...Object.keys(windowPrograms),
  ...families.flatMap(({ names }) => names),
];

/** `count` programs that call only `available` functions: every structural function and family as often as another. */
export function randomPrograms(
  seed: number,
  count: number,
  available: (name: string) => boolean,
): string[] {
  const draw = drawer(seed);
  const all = [
    ...Object.entries({ ...structural, ...windowPrograms })
      .filter(([name]) => available(name))
      .map(([, generate]) => generate),
    ...families.map(({ names, of }) => {
      const own = names.filter(available);
      return (d: Draw) => of(own[d(own.length)] as string)(d);
    }),
  ];
  return Array.from({ length: count }, (_, i) =>
    (all[i % all.length] as (draw: Draw) => string)(draw),
  );
}
