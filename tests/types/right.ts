/** Right programs: one-call expressions with their shapes, generic blocks, shapes known only later, and whole models. */

/** [expression, shape]: the type and the run must both say so; the values are those of wrong.ts. */
export const expressions: readonly (readonly [string, string])[] = [
  ['matmul(w, param("v", [64, 10]))', "[10]"],
  ['matmul(seq, param("v", [64, 10]))', "[32, 10]"],
  ["matmul(seq, w)", "[32]"],
  ["matmul(w, w)", "[]"],
  ['matmul(w, param("v", [4, 64, 10]))', "[4, 10]"],
  ['matmul(deep, param("v", [4, 6]))', "[2, 3, 6]"],
  ['matmul(deep, input("y", [5, 1, 4, 3]))', "[5, 2, 3, 3]"],
  ["linear(seq, 10)", "[32, 10]"],
  ["linear(x, 25088)", "[25088]"],
  ["dense(64, 10)(seq)", "[32, 10]"],
  ["dense(64, 10).weight", "[10, 64]"],
  ["add(seq, w)", "[32, 64]"],
  ["add(w, seq)", "[32, 64]"],
  ["add(seq, 1)", "[32, 64]"],
  ["sub(1, seq)", "[32, 64]"],
  ["mul(scalar, seq)", "[32, 64]"],
  ["add(seq, scalar)", "[32, 64]"],
  ['add(input("a", [4, 1, 3]), input("b", [2, 1]))', "[4, 2, 3]"],
  ["add(mul(sub(1, seq), seq), mul(w, sub(2, seq)))", "[32, 64]"],
  ["where(seq, w, 0)", "[32, 64]"],
  ["where(seq, 0, w)", "[32, 64]"],
  ['where(w, seq, input("b", [2, 1, 1]))', "[2, 32, 64]"],
  ['einsum("ij,jk->ik", seq, param("v", [64, 10]))', "[32, 10]"],
  ['einsum("hqd,hkd->hqk", deep, input("k", [2, 5, 4]))', "[2, 3, 5]"],
  ["transpose(deep)", "[2, 4, 3]"],
  ["transpose(deep, 0, -1)", "[4, 3, 2]"],
  ["permute(deep, [2, 0, 1])", "[4, 2, 3]"],
  ["permute(deep, [-1, 0, 1])", "[4, 2, 3]"],
  ["reshape(img, [4, 14, 14])", "[4, 14, 14]"],
  ["reshape(scalar, [1, 1])", "[1, 1]"],
  ["flatten(img)", "[784]"],
  ["flatten(deep, 1)", "[2, 12]"],
  ["flatten(deep, -2)", "[2, 12]"],
  ["flatten(scalar)", "[1]"],
  ["squeeze(img, 0)", "[28, 28]"],
  ["unsqueeze(seq, -1)", "[32, 64, 1]"],
  ["unsqueeze(seq, 1)", "[32, 1, 64]"],
  ["expand(img, [5, 28, 28])", "[5, 28, 28]"],
  ["expand(seq, [2, 32, 64])", "[2, 32, 64]"],
  ["tile(deep, [1, 2, 3])", "[2, 6, 12]"],
  ['einsum("ij,jk", seq, param("v", [64, 10]))', "[32, 10]"],
  ['einsum("ba", seq)', "[64, 32]"],
  ['einsum("ii->i", param("m", [4, 4]))', "[4]"],
  ['einsum("ii", param("m", [4, 4]))', "[]"],
  ['einsum(" i, i, j -> j i", x, x, w)', "[64, 32]"],
  ['gather(deep, -1, indices("i", [1, 3, 9], 4))', "[1, 3, 9]"],
  ['indexSelect(deep, 1, indices("i", [5], 3))', "[2, 5, 4]"],
  ["indexSelect(deep, -1, constantIndices([2], [3, 0]))", "[2, 3, 2]"],
  ['lookup(param("t", [64, 8]), token)', "[32, 8]"],
  ['lookup(param("t", [64]), token)', "[32]"],
  ["embeddingTable(64, 8)(token)", "[32, 8]"],
  ["embeddingTable(64, 8).weight", "[64, 8]"],
  ["bilinear(seq, seq, 5)", "[32, 5]"],
  ["loraLinear(seq, 10)", "[32, 10]"],
  ["loraLinear(x, 9, { rank: 2, alpha: 4, bias: false })", "[9]"],
  ["normalize(deep, 0)", "[2, 3, 4]"],
  ["cosineSimilarity(deep, deep)", "[2, 3]"],
  ['cosineSimilarity(deep, input("k", [3, 1]), 0)', "[3, 4]"],
  ["multiMargin(seq, token, { classAxis: -1 })", "[]"],
  ["pad(seq, [1, 2])", "[32, 67]"],
  ["pad(seq, [1, 2, 3, 0])", "[35, 67]"],
  ["pad(scalar, [])", "[]"],
  ['pad(deep, [3, 0, 2, 2], { mode: "reflect" })', "[2, 7, 7]"],
  ['pad(deep, [4, 4, 3, 0], { mode: "circular" })', "[2, 6, 12]"],
  ['pad(img, [0, 0, 0, 0, 9, 0], { mode: "replicate" })', "[10, 28, 28]"],
  ["flip(deep, [0, -1])", "[2, 3, 4]"],
  ["roll(deep, -5, 1)", "[2, 3, 4]"],
  ["tril(deep)", "[2, 3, 4]"],
  ["triu(deep, -1)", "[2, 3, 4]"],
  ["diagonal(deep)", "[4, 2]"],
  ["diagonal(deep, 1, -2, -1)", "[2, 3]"],
  ["diagonal(deep, undefined, undefined, -1)", "[3, 2]"],
  ["cosineSimilarity(deep, deep, undefined, { eps: 1 })", "[2, 3]"],
  ["diagonal(deep, -1, 2, 0)", "[3, 2]"],
  ["cumsum(deep, 0)", "[2, 3, 4]"],
  ["prod(deep, [0, 1], { keepdims: true })", "[1, 1, 4]"],
  ["maxDim(deep, 1)", "[2, 4]"],
  ["minDim(deep, -1, { keepdims: true })", "[2, 3, 1]"],
  ["argmax(deep)", "[]"],
  ["argmin(deep, 0)", "[3, 4]"],
  [
    'lookup(param("t", [64, 8]), argmax(seq, -1, { indices: true }))',
    "[32, 8]",
  ],
  ['concat([seq, input("y", [16, 64])])', "[48, 64]"],
  ["concat([seq, seq, seq], -1)", "[32, 192]"],
  ["stack([x, x, x])", "[3, 32]"],
  ["stack([x, x], -1)", "[32, 2]"],
  ["slice(seq, 0, 4, 12)", "[8, 64]"],
  ["slice(seq, -1, 0, 10, 3)", "[32, 4]"],
  ["select(seq, 0, 31)", "[64]"],
  ["select(seq, -1, -64)", "[32]"],
  ["split(seq, [10, 22], 0)", "[10, 64] [22, 64]"],
  ["sum(deep)", "[]"],
  ["sum(deep, 1)", "[2, 4]"],
  ["sum(deep, [0, -1])", "[3]"],
  ["sum(deep, [])", "[2, 3, 4]"],
  ["mean(deep, -1, { keepdims: true })", "[2, 3, 1]"],
  ["mean(deep, [-1, 0], { keepdims: true })", "[1, 3, 1]"],
  ["mean(deep, undefined, { keepdims: true })", "[1, 1, 1]"],
  ["softmax(deep)", "[2, 3, 4]"],
  ["softmax(deep, 0)", "[2, 3, 4]"],
  ["logsumexp(deep)", "[2, 3]"],
  ["logsumexp(deep, undefined, { keepdims: true })", "[2, 3, 1]"],
  ["glu(deep)", "[2, 3, 2]"],
  ["glu(deep, 0)", "[1, 3, 4]"],
  ["layerNorm(deep)", "[2, 3, 4]"],
  ["layerNorm(deep, { normalizedShape: [3, 4] })", "[2, 3, 4]"],
  ["embedding(token, 100, 16)", "[32, 16]"],
  ["oneHot(token, 100)", "[32, 100]"],
  ["gruCell(32, 16)(x)", "[16]"],
  ["rnnCell(64, 16)(seq)", "[32, 16]"],
  ["rnnCell(32, 64)(x, w)", "[64]"],
  ["gruCell(32, 16).weightIh", "[48, 32]"],
  ["lstmCell(32, 64)(x).c", "[64]"],
  ["lstmCell(32, 64)(x, { h: w, c: w }).h", "[64]"],
  ["scaledDotProductAttention(seq, seq, seq)", "[32, 64]"],
  [
    'scaledDotProductAttention(deep, input("k", [2, 5, 4]), input("v", [2, 5, 7]))',
    "[2, 3, 7]",
  ],
  [
    "scaledDotProductAttention(seq, seq, seq, { mask: causalMask(32) })",
    "[32, 64]",
  ],
  ["causalMask(5)", "[5, 5]"],
  [
    "scan(seq, { h: w, c: x }, ({ h, c }, v) => ({ carry: { h: add(h, v), c }, output: c })).outputs",
    "[32, 32]",
  ],
  [
    "scan(seq, w, (h, v) => ({ carry: add(h, v), output: sum(v) })).carry",
    "[64]",
  ],
  ["multiHeadAttention(64, 4)(seq)", "[32, 64]"],
  [
    'multiHeadAttention(4, 2)(deep, { key: input("memory", [2, 7, 4]), keyPaddingMask: input("pad", [2, 7]) })',
    "[2, 3, 4]",
  ],
  ["multiHeadAttention(64, 4).inProjWeight", "[192, 64]"],
  ["transformerEncoderLayer(64, 4)(seq, { mask: causalMask(32) })", "[32, 64]"],
  ["rotaryEmbedding(deep)", "[2, 3, 4]"],
  ["rnn(64, 16)(seq).output", "[32, 16]"],
  ["rnn(64, 16)(seq).h", "[1, 16]"],
  [
    "gru(4, 5, { bidirectional: true, numLayers: 2 })(deep).output",
    "[2, 3, 10]",
  ],
  ["gru(4, 5, { bidirectional: true, numLayers: 2 })(deep).h", "[4, 3, 5]"],
  ["lstm(4, 5, { batchFirst: true })(deep).c", "[1, 2, 5]"],
  [
    "unroll(seq, { h: w, c: x }, ({ h, c }, v) => ({ carry: { h: add(h, v), c }, output: c })).outputs",
    "[32, 32]",
  ],
  [
    "unroll(seq, [w, x], ([h, c], v) => ({ carry: [add(h, v), c], output: sum(v) })).carry[1]",
    "[32]",
  ],
  ['mse(seq, input("t", [32, 64]))', "[]"],
  ['bce(seq, seq, { weights: w, reduction: "none" })', "[32, 64]"],
  ["bceWithLogits(seq, seq, { posWeight: w, weights: scalar })", "[]"],
  ['crossEntropy(seq, input("t", [32, 64]))', "[]"],
  ["crossEntropy(seq, token, { classAxis: -1 })", "[]"],
  ['crossEntropy(linear(x, 9), indices("t", [], 9))', "[]"],
  ['crossEntropy(seq, indices("t", [64], 32), { classAxis: 0 })', "[]"],
  ["convTranspose2d(img, 4, 2, { stride: 2 })", "[4, 56, 56]"],
  [
    "convTranspose2d(img, 4, 3, { stride: 2, padding: 1, outputPadding: [1, 0] })",
    "[4, 56, 55]",
  ],
  ["convTranspose1d(deep, 6, 3, { dilation: 2 })", "[2, 6, 8]"],
  ["sharedConvTranspose1d(32, 8, 4, { stride: 4 })(seq)", "[8, 256]"],
  [
    'convolve2d(img, param("k", [6, 1, 5, 5]), { padding: "same" })',
    "[6, 28, 28]",
  ],
  ['convolve1d(seq, param("k", [4, 16, 3]), { groups: 2 })', "[4, 62]"],
  [
    'convolveTranspose1d(seq, param("k", [32, 2, 3]), { groups: 2 })',
    "[4, 66]",
  ],
  [
    'convolveTranspose2d(img, param("k", [1, 2, 3, 3]), { bias: param("b", [2]) })',
    "[2, 30, 30]",
  ],
  ["adaptiveAvgPool2d(img, [2, 5])", "[1, 2, 5]"],
  ["adaptiveAvgPool1d(seq, 7)", "[32, 7]"],
  ["adaptiveMaxPool2d(img, 7)", "[1, 7, 7]"],
  ["adaptiveMaxPool1d(seq, [64])", "[32, 64]"],
  ["globalAvgPool1d(deep)", "[2, 3]"],
  ["globalAvgPool2d(img)", "[1]"],
  ["upsample1d(seq, 2)", "[32, 128]"],
  ['upsample2d(img, [2, 3], { mode: "bilinear" })', "[1, 56, 84]"],
  ["resize1d(seq, 10)", "[32, 10]"],
  ["resize2d(img, [10, 20])", "[1, 10, 20]"],
  ['pixelShuffle(input("y", [8, 3, 4]), 2)', "[2, 6, 8]"],
  ["batchNorm(img)", "[1, 28, 28]"],
  ["batchNorm(x, { affine: false, channelAxis: -1 })", "[32]"],
  ["sharedBatchNorm(2, { channelAxis: 0 })(deep)", "[2, 3, 4]"],
  ["groupNorm(deep, 2, { channelAxis: 0 })", "[2, 3, 4]"],
  ["instanceNorm(deep, { affine: true, channelAxis: 1 })", "[2, 3, 4]"],
  ["dropout(seq)", "[32, 64]"],
  ["dropout(x, 0.25, { mask: x })", "[32]"],
  ["conv2d(img, 6, 5, { padding: 2 })", "[6, 28, 28]"],
  [
    "conv2d(img, 6, [5, 3], { stride: [2, 1], padding: [2, 0] })",
    "[6, 14, 26]",
  ],
  ['conv2d(img, 6, 4, { padding: "same" })', "[6, 28, 28]"],
  ['conv2d(img, 6, 4, { padding: "valid", dilation: 3 })', "[6, 19, 19]"],
  [
    'conv2d(input("y", [8, 4, 9, 9]), 8, 3, { groups: 4, stride: 2 })',
    "[8, 8, 4, 4]",
  ],
  ["conv1d(seq, 8, 3)", "[8, 62]"],
  ["conv1d(deep, 8, [2], { padding: [1] })", "[2, 8, 5]"],
  ["sharedConv1d(32, 8, 3, { stride: 2 })(seq)", "[8, 31]"],
  ['sharedConv2d(1, 6, 5, { padding: "same" })(img)', "[6, 28, 28]"],
  ["maxPool2d(img, 2)", "[1, 14, 14]"],
  ["maxPool2d(img, 3, { stride: 2, padding: 1 })", "[1, 14, 14]"],
  ["maxPool2d(img, [5, 3], { ceilMode: true })", "[1, 6, 10]"],
  ["maxPool1d(x2, 2, { stride: 2, padding: 1, ceilMode: true })", "[2, 3]"],
  ["maxPool1d(seq, 3, { dilation: 2, stride: 1 })", "[32, 60]"],
  ["avgPool1d(seq, 4)", "[32, 16]"],
  ["avgPool2d(img, 3, { stride: 2, ceilMode: true })", "[1, 14, 14]"],
];

/** Functions a user writes once for many shapes: the annotations are part of the test. */
export const generics = `
export function residual<S extends readonly number[]>(x: Tensor<S>, f: (x: Tensor<S>) => Tensor<S>): Tensor<S> {
  return relu(add(x, f(x)));
}
export function gated<S extends readonly number[]>(u: Tensor<S>, c: Tensor<S>, h: Tensor<S>): Tensor<S> {
  return add(mul(sub(1, u), c), mul(u, h));
}
export function scaled<S extends readonly number[]>(x: Tensor<S>, by: Tensor<[]>): Tensor<S> {
  return mul(by, mul(x, by));
}
export function energy<S extends readonly number[]>(x: Tensor<S>): Tensor<[]> {
  return mean(mul(x, x));
}
export function error<S extends readonly number[]>(x: Tensor<S>, t: Tensor<S>): Tensor<[]> {
  return mse(relu(x), t);
}
export function feedForward<L extends number, D extends number>(x: Tensor<[L, D]>): Tensor<[L, D]> {
  return add(x, linear(relu(linear(x, 256)), x.shape[1]));
}
export function twoMatrices<L extends number, D extends number>(x: Tensor<[L, D]>): Tensor<[L, D]> {
  const h = relu(matmul(x, param("up", [x.shape[1], 128])));
  return add(x, matmul(h, param("down", [128, x.shape[1]])));
}
export function attend<L extends number, D extends number>(q: Tensor<[L, D]>, k: Tensor<[L, D]>, v: Tensor<[L, D]>): Tensor<[L, D]> {
  return matmul(softmax(mul(matmul(q, transpose(k)), 0.125)), v);
}
export function cross<Q extends number, K extends number, D extends number>(q: Tensor<[Q, D]>, k: Tensor<[K, D]>): Tensor<[Q, D]> {
  return matmul(softmax(matmul(q, transpose(k))), k);
}
export function centred<L extends number, D extends number>(x: Tensor<[L, D]>): Tensor<[L, D]> {
  return sub(x, mean(x, -1, { keepdims: true }));
}
export function masked<L extends number, D extends number>(mask: Tensor<[L, 1]>, x: Tensor<[L, D]>): Tensor<[L, D]> {
  return mul(mask, x);
}
export function split4<L extends number>(x: Tensor<[L, 64]>): Tensor<[4, L, 16]> {
  return permute(reshape(x, [x.shape[0], 4, 16]), [1, 0, 2]);
}
export function merge4<L extends number>(x: Tensor<[4, L, 16]>): Tensor<[L, 64]> {
  return reshape(permute(x, [1, 0, 2]), [x.shape[1], 64]);
}
export function asRow<D extends number>(x: Tensor<[D]>): Tensor<[1, D]> {
  return reshape(x, [1, x.shape[0]]);
}
export function rows<L extends number>(x: Tensor<[L, 64]>): Tensor<[L]> {
  return sum(x, 1);
}
export function joined<A extends number, B extends number>(a: Tensor<[A]>, b: Tensor<[B]>) {
  return concat([a, b], 0);
}
export function classify<N extends number, C extends number>(x: Tensor<[N, C]>, t: IndexTensor<[N]>): Tensor<[]> {
  return crossEntropy(x, t);
}
export const used: [Tensor<[32, 64]>, Tensor<[32, 64]>, Tensor<[4, 32, 16]>] = [
  residual(seq, feedForward), attend(seq, seq, seq), split4(seq),
];
export const both: Tensor<[96]> = joined(x, w);
export function attendTo<L extends number, D extends number>(q: Tensor<[L, D]>, k: Tensor<[L, D]>, v: Tensor<[L, D]>): Tensor<[L, D]> {
  return scaledDotProductAttention(q, k, v, { causal: true });
}
export function causalBlock<L extends number>(t: Tensor<[L, 64]>): Tensor<[L, 64]> {
  const a = add(t, multiHeadAttention(64, 4, { causal: true, name: "attend" })(layerNorm(t)));
  return add(a, linear(gelu(linear(layerNorm(a), 256)), 64));
}
export function noisy<L extends number, D extends number>(x: Tensor<[L, D]>): Tensor<[L, D]> {
  return add(x, randomNormal([x.shape[0], x.shape[1]]));
}
export function shifted<S extends readonly number[]>(x: Tensor<S>) {
  return mean(add(mean(x), param("shift", x.shape)));
}
export function steps<T extends number>(t: Tensor<[T, 8]>): Tensor<[T, 16]> {
  return gru(8, 16, { name: "gru" })(t).output;
}
`;

/** An annotation must not change what an argument that is left out means. */
export const annotated = `
export const a0: Tensor<[]> = sum(deep);
export const a1: Tensor<[2, 4]> = sum(deep, 1);
export const a2: Tensor<[2, 1, 4]> = sum(deep, 1, { keepdims: true });
export const a3: Tensor<[1, 1, 1]> = mean(deep, undefined, { keepdims: true });
export const a4: Tensor<[2, 3]> = logsumexp(deep);
export const a5: Tensor<[2, 3, 2]> = glu(deep);
export const a6: Tensor<[2, 3, 4]> = softmax(deep);
export const a7: Tensor<[24]> = flatten(deep);
export const a8: Tensor<[4, 3, 4]> = concat([deep, deep]);
export const a9: Tensor<[2, 2, 3, 4]> = stack([deep, deep]);
export const a10: Tensor<[2, 3, 2]> = slice(deep, -1, 0, 2);
export const a11: Tensor<[2, 3, 4]> = layerNorm(deep);
export const a12: Tensor<[32, 64]> = sub(1, seq);
export const a13: Tensor<[32, 64]> = where(seq, 0, 1);
export const a15: Tensor<[2, 4, 3]> = transpose(deep);
export const a16: Tensor<[3, 2, 4]> = transpose(deep, 0, 1);
export const a14: Tensor<[]> = add(1, 2);
export const a20: Tensor<[2, 3]> = cosineSimilarity(deep, deep);
export const a21: Tensor<[2, 3, 4]> = normalize(deep);
export const a22: Tensor<[32, 10]> = einsum("ij,jk", seq, param("v", [64, 10]));
export const a17: Tensor<[4, 2]> = diagonal(deep);
export const a18: Tensor<[]> = argmax(deep);
export const a19: Tensor<[2, 3, 6]> = pad(deep, [1, 1]);
`;

/** Dimensions that the types do not know: nothing is refused, and what is known stays known. */
export const dynamics = `
declare const n: number;
declare const shape: number[];
declare const list: Tensor<[27]>[];
declare const width: 2 | 3;
const some = input("some", [n, 64]);
const any = input("any", shape);
export const linearOfSome: Tensor<[number, 10]> = linear(some, 10);
export const sumOfAny: Tensor = add(any, seq);
export const broadcastUnknown: Is<typeof oneAndSome, Tensor<[number, 64]>> = true;
const oneAndSome = add(input("one", [1, 64]), some);
export const rankUnknown: Is<typeof threeAndAny, Tensor<number[]>> = true;
const threeAndAny = add(input("three", [3]), any);
export const stacked: Tensor<[number, 27]> = stack(list);
export const joinedList: Tensor<number[]> = concat(list, 0);
export const products = [matmul(any, seq), matmul(some, w), matmul(seq, any), linear(any, 3)];
export const moved = [reshape(some, [64, n]), reshape(some, shape), reshape(any, [3]), permute(any, [1, 0]), transpose(any), flatten(some), slice(some, 0, 3, 100), select(some, 0, 5), squeeze(any, 0), squeeze(some, 0), expand(some, [5, 64]), tile(any, [2])];
export const reduced = [sum(any, 5), sum(some, n), sum(some, [n]), mean(any), softmax(any, 3), logsumexp(any)];
export const losses = [mse(some, seq), mse(any, seq), crossEntropy(any, token), crossEntropy(some, token), crossEntropy(seq, token, { classAxis: n })];
const either = input("either", [width]);
export const unions = [add(either, input("two", [2])), mse(either, input("three", [3])), reshape(either, [2]), matmul(either, param("m", [3, 4]))];
`;

/** Whole model files: those of the tutorial and of a first course. */
export const models: Readonly<Record<string, string>> = {
  seed: `
const x = input("x", [2]);
const y = input("y", [2]);
const hidden = linear(x, 2);
const output = linear(hidden, 2);
export const loss: Tensor<[]> = mse(output, y);
`,
  classifier: `
const image = input("image", [784]);
const label = indices("label", [], 10);
const h1 = relu(linear(image, 128));
const h2 = relu(linear(h1, 64));
const logits = linear(h2, 10);
export const loss: Tensor<[]> = crossEntropy(logits, label);
`,
  autoencoder: `
const x = input("x", [784]);
const weight = param("weight", [784, 32]);
const code = relu(add(matmul(x, weight), param("b", [32])));
const y = relu(add(matmul(code, transpose(weight)), param("c", [784])));
export const loss: Tensor<[]> = mse(y, x);
`,
  siamese: `
const a = input("a", [64]);
const b = input("b", [64]);
const same = input("same", []);
const f = dense(64, 32);
const g = dense(32, 8);
const embed = (x: Tensor<[64]>) => g(relu(f(x)));
const e = sub(embed(a), embed(b));
const distance = sum(mul(e, e));
export const loss: Tensor<[]> = add(mul(same, distance), mul(sub(1, same), relu(sub(1, distance))));
`,
  gru: `
const chars = indices("chars", [8], 27);
const next = indices("next", [8], 27);
const start = input("start", [32]);
const z = dense(48, 32);
const r = dense(48, 32);
const n = dense(48, 32);
const head = dense(32, 27);
function cell(x: Tensor<[16]>, h: Tensor<[32]>): Tensor<[32]> {
  const both = concat([x, h]);
  const u = relu(z(both));
  const g = relu(r(both));
  const c = relu(n(concat([x, mul(g, h)])));
  return add(mul(sub(1, u), c), mul(u, h));
}
const steps = embedding(chars, 27, 16);
const states: Tensor<[32]>[] = [];
for (let t = 0, h = start; t < 8; t++) states.push((h = cell(select(steps, 0, t), h)));
const logits = stack(states.map((h) => head(h)));
export const loss: Tensor<[]> = crossEntropy(logits, next);
`,
  transformer: `
const tokens = indices("tokens", [32], 256);
const next = indices("next", [32], 256);
function block<L extends number>(x: Tensor<[L, 64]>): Tensor<[L, 64]> {
  const n = layerNorm(x);
  const heads = (y: Tensor<[L, 64]>) => permute(reshape(y, [y.shape[0], 4, 16]), [1, 0, 2]);
  const q = heads(linear(n, 64));
  const k = heads(linear(n, 64));
  const v = heads(linear(n, 64));
  const mixed = matmul(softmax(mul(matmul(q, transpose(k)), 0.25)), v);
  const a = add(x, linear(reshape(permute(mixed, [1, 0, 2]), [x.shape[0], 64]), 64));
  return add(a, linear(relu(linear(layerNorm(a), 256)), 64));
}
const e = add(embedding(tokens, 256, 64), param("position", [32, 64]));
const logits = linear(layerNorm(block(block(e))), 256);
export const loss: Tensor<[]> = crossEntropy(logits, next);
`,
};

/** Exact type equality, for a program that states its types. */
export const equality = `
type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
`;
