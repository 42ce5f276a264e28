/** The pages of the reference: which files of dsl/ each one has, and what its examples use. */

export interface Family {
  readonly title: string;
  /** Name of the page, without .md. */
  readonly page: string;
  readonly files: RegExp;
  /** What a reader should know before the entries. */
  readonly intro: string;
  /** Declarations that the examples of the page use. */
  readonly given: string;
  /** Families whose functions have a formula say so: the check of the records demands one. */
  readonly formulas: boolean;
}

const vectors = `const x = input("x", [4, 8]);
const y = input("y", [4, 8]);`;

export const families: readonly Family[] = [
  {
    title: "Declarations",
    page: "declarations",
    files:
      /^dsl\/(?:context|declare|model|errors|tensor|naming|graph|ops\/random)\.ts$|^dsl\/shape\//,
    intro:
      "What a model file is made of: inputs, parameters, constants, random numbers, and the model that it exports by default. Shapes are those of one example; the batch is implied.",
    given: `const x = input("x", [4]);
const y = input("y", [2]);
const output = linear(x, 2);`,
    formulas: false,
  },
  {
    title: "Arithmetic and elementwise functions",
    page: "elementwise",
    files: /^dsl\/ops\/(?:arithmetic|elementary|compare|elementwise)\.ts$/,
    intro:
      "Entry by entry. Operands broadcast as NumPy's do, and a plain number is an operand too. In the derivatives, dy is the cotangent of the result, dL/dy, and dx, da, db are those of the operands.",
    given: `${vectors}
const mask = input("mask", [4, 8]);
const label = indices("label", [4], 10);`,
    formulas: true,
  },
  {
    title: "Reductions and softmax",
    page: "reductions",
    files:
      /^dsl\/ops\/(?:reduce|batch|softmax|statistics|extremes|normalize)\.ts$/,
    intro:
      "From many entries to few, or to a distribution. An `axis` counts from 0, or from the end where it is negative. The examples of a batch are never reduced over, except by the functions whose names begin with `batch`.",
    given: `${vectors}
const logits = input("logits", [10]);
const distances = input("distances", [5]);
const query = input("query", [8]);
const key = input("key", [8]);`,
    formulas: true,
  },
  {
    title: "Shapes and indexing",
    page: "shapes",
    files:
      /^dsl\/ops\/(?:arrange|rearrange|join|index|indexing|lookup|shapes?|pad|flip|gather|select|sort|tile|roll|movement|triangle|diagonal)\w*\.ts$/,
    intro:
      "Entries are moved, repeated, chosen or cut; none is computed with. A derivative moves the cotangents back, and adds those of an entry that was used several times.",
    given: `${vectors}
const scores = input("scores", [6, 6]);
const a = input("a", [2, 8]);
const b = input("b", [2, 8]);
const values = input("values", [5]);
const action = indices("action", [1], 5);
const token = indices("token", [6], 100);
const label = indices("label", [], 10);
const table = param("table", [100, 16]);`,
    formulas: false,
  },
  {
    title: "Matrices and einsum",
    page: "matrices",
    files: /^dsl\/ops\/(?:matrix|einsum|linalg|product)\w*\.ts$/,
    intro: "Products of matrices, and their axes in another order.",
    given: `const a = input("a", [4, 8]);
const b = input("b", [8, 3]);
const x = input("x", [2, 4, 8]);
const q = input("q", [6, 8]);
const k = input("k", [6, 8]);
const heads = input("heads", [2, 6, 4]);`,
    formulas: true,
  },
  {
    title: "Activations",
    page: "activations",
    files: /^dsl\/layers\/(?:activations|piecewise)\.ts$/,
    intro:
      "Nonlinear functions between layers. All work entry by entry, except `glu`, which halves an axis. [Kinks](../kinks.md) says which derivative holds where a function has none.",
    given: `const x = input("x", [8]);`,
    formulas: true,
  },
  {
    title: "Dense layers",
    page: "dense",
    files:
      /^dsl\/layers\/(?:linear|affine|bilinear|embedding|lora|parameters)\w*\.ts$/,
    intro:
      "Layers with parameters: shapes, names and initial distributions are PyTorch's. A layer is called after the const that it is declared as, so that `const hidden = linear(x, 16)` has `hidden.weight` and `hidden.bias`.",
    given: `const x = input("x", [8]);
const token = indices("token", [6], 100);
const left = input("left", [64]);
const right = input("right", [64]);`,
    formulas: true,
  },
  {
    title: "Convolution",
    page: "convolution",
    files: /^dsl\/layers\/(?:conv|upsampl|pixel|interpol|fold)\w*\.ts$/i,
    intro:
      "A batched value has the axes of one example, [C, L] or [C, H, W]; an unbatched one PyTorch's, [N, C, L] or [N, C, H, W].",
    given: `const signal = input("signal", [4, 32]);
const image = input("image", [4, 16, 16]);`,
    formulas: true,
  },
  {
    title: "Pooling",
    page: "pooling",
    files: /^dsl\/layers\/\w*pool\w*\.ts$/i,
    intro:
      "A batched value has the axes of one example, [C, L] or [C, H, W]; an unbatched one PyTorch's, [N, C, L] or [N, C, H, W].",
    given: `const signal = input("signal", [4, 32]);
const image = input("image", [4, 16, 16]);`,
    formulas: true,
  },
  {
    title: "Normalisation",
    page: "normalisation",
    files: /^dsl\/layers\/\w*norm\w*\.ts$/i,
    intro: "Layers that take out mean and scale, over axes or over examples.",
    given: `const x = input("x", [8]);
const image = input("image", [4, 16, 16]);`,
    formulas: true,
  },
  {
    title: "Recurrent layers and sequences",
    page: "recurrent",
    files:
      /^dsl\/(?:layers|ops)\/(?:rnn|gru|lstm|cell|gates|recurrent|sequence|scan|unroll|stream)\w*\.ts$|^dsl\/(?:scan|unroll)\.ts$/i,
    intro:
      "A sequence has its time axis first: [T, I] for one example. Weights, gates and their order are PyTorch's.",
    given: `const x = input("x", [8]);
const sequence = input("sequence", [12, 8]);
const h = input("h", [16]);
const c = input("c", [16]);`,
    formulas: true,
  },
  {
    title: "Attention",
    page: "attention",
    files:
      /^dsl\/layers\/(?:attention|multiHeadAttention|rotary|position|mask|transformer)\w*\.ts$/i,
    intro: "Tokens are rows: [L, D] for one example.",
    given: `const x = input("x", [6, 16]);
const q = input("q", [6, 16]);
const k = input("k", [6, 16]);
const v = input("v", [6, 16]);
const bias = input("bias", [6, 6]);`,
    formulas: true,
  },
  {
    title: "Losses",
    page: "losses",
    files: /^dsl\/losses\//,
    intro:
      "A loss is a number for each example; the model's loss is its mean over the batch. `reduction` makes one number of the entries of an example: their mean by default, their sum, or none of it.",
    given: `const x = input("x", [3]);
const y = input("y", [3]);
const label = indices("label", [], 3);
const scores = input("scores", [3]);
const counts = input("counts", [3]);
const same = input("same", []);
const order = input("order", [3]);
const u = input("u", [8]);
const v = input("v", [8]);
const w = input("w", [8]);
const embed = dense(8, 4);
const output = linear(x, 3);
const logits = linear(x, 3);`,
    formulas: true,
  },
  {
    title: "Optimizers",
    page: "optimizers",
    files: /^dsl\/optimizers\/(?!schedules|clipping)/,
    intro:
      "How parameters move. In the formulas w is a parameter, g = dL/dw after clipping, t = 1, 2, ... the number of the step, and lr the rate of the step: base rate times schedule. States start at 0 unless something else is said.",
    given: "",
    formulas: false,
  },
  {
    title: "Schedules and clipping",
    page: "schedules",
    files: /^dsl\/optimizers\/(?:schedules|clipping)\.ts$/,
    intro:
      "A schedule makes the rate of a step from the base rate lr and k = 0, 1, ..., the number of updates made before it. Clipping changes the gradients before the optimizer sees them.",
    given: "",
    formulas: false,
  },
  {
    title: "Initializers",
    page: "initializers",
    files: /^dsl\/initializers\.ts$/,
    intro:
      "How a parameter starts. Numbers depend on the seed of `create({ seed })` and on the place of the entry alone. In the formulas, fan in and fan out are the second and the first dimension of the weight, times the size of its kernel.",
    given: `const x = input("x", [8]);`,
    formulas: false,
  },
  {
    title: "Derivatives",
    page: "derivatives",
    files: /^dsl\/ops\/(?:gradient|custom|checkpoint|again)\w*\.ts$/,
    intro:
      "The derivative is a function of the language: its result is a tensor like any other, and has derivatives of its own.",
    given: `const x = input("x", [3]);
const prediction = linear(x, 3);
const y = sum(square(prediction));`,
    formulas: false,
  },
  {
    title: "Random numbers and modes",
    page: "random",
    files: /^dsl\/(?:layers|ops)\/(?:random|dropout|noise|mode)\w*\.ts$/,
    intro:
      "Random numbers are drawn anew at each step of training, for each example, from the seed and the number of the step alone: the same everywhere, and the same again after `load`.",
    given: `const x = input("x", [8]);`,
    formulas: true,
  },
];

/** The family of a file, or undefined where none has it. */
export const familyOf = (file: string): Family | undefined =>
  families.find((family) => family.files.test(file));
