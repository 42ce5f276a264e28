/** TensorFlow.js: eager tensors in pictures-last layout, its own optimizers. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { examples, job, serve } from "../workers/serve.mjs";
import { block, dense, gated, parameters } from "./network.mjs";

const require = createRequire(import.meta.url);

/** Channels are last here, so that a layer after pictures reads them in another order. */
function layoutOf(layer, index) {
  const before = job.workload.layers[index - 1];
  switch (layer.kind) {
    case "dense":
      return before?.kind === "conv"
        ? afterPictures(layer, before.out)
        : dense(layer.in, layer.out, layer.bias);
    case "conv": {
      const { kernel, channels, out } = layer;
      return [
        {
          shape: [kernel, kernel, channels, out],
          place: (i) => channelsLast(i, kernel * kernel, channels, out),
        },
        { shape: [out] },
      ];
    }
    case "block":
      return block(layer);
    case "embedding":
      return [{ shape: [layer.letters, layer.width] }];
    case "gru":
      return gated(3, layer);
    case "lstm":
      return gated(4, layer);
    case "causal": {
      const { kernel, channels, out } = layer;
      return [
        {
          shape: [kernel, channels, out],
          place: (i) => channelsLast(i, kernel, channels, out),
        },
        { shape: [out] },
      ];
    }
  }
}

/** Entry i of [out, channels, taps] in [taps, channels, out]. */
function channelsLast(i, taps, channels, out) {
  const tap = i % taps;
  const channel = Math.floor(i / taps) % channels;
  const o = Math.floor(i / (taps * channels));
  return (tap * channels + channel) * out + o;
}

function afterPictures({ in: from, out, bias }, channels) {
  const [weight, ...rest] = dense(from, out, bias);
  const places = from / channels;
  const place = (i) => {
    const [o, at] = [Math.floor(i / from), i % from];
    const [channel, where] = [Math.floor(at / places), at % places];
    return (where * channels + channel) * out + o;
  };
  return [{ ...weight, place }, ...rest];
}

function inputOf(tf, { input, letters, layers }, batch) {
  const values = Float32Array.from(examples("input", batch));
  if (letters !== undefined)
    return tf.tensor1d(Int32Array.from(values), "int32");
  const [{ kind }] = layers;
  const [channels = 1, rows = 1, columns = 1] = input;
  if (kind === "conv")
    return tf.tensor(values, [batch, rows, columns, channels]);
  if (kind === "causal") return tf.tensor(values, [1, rows, channels]);
  if (kind === "block") return tf.tensor(values, input);
  return tf.tensor(values, [batch, channels]);
}

/** (x, state) -> (y, state): what is carried is a list of tensors. */
function networkOf(tf, { layers }, variables) {
  return (x, carried) => {
    const next = [];
    let at = 0;
    let y = x;
    layers.forEach((layer, i) => {
      const taken = carriedBy(layer);
      const state = carried.slice(at, at + taken);
      at += taken;
      const result = apply[layer.kind](tf, layer, variables[i], y, state);
      y = result.y;
      next.push(...(result.next ?? []));
    });
    return { y, next };
  };
}

/** How many tensors a layer hands on. */
const carriedBy = ({ kind }) => ({ gru: 1, lstm: 2, causal: 1 })[kind] ?? 0;

function zerosOf(tf, layers) {
  return layers.flatMap((layer) => {
    if (layer.kind === "gru") return [tf.zeros([1, layer.hidden])];
    if (layer.kind === "lstm")
      return [tf.zeros([1, layer.hidden]), tf.zeros([1, layer.hidden])];
    if (layer.kind === "causal")
      return [
        tf.zeros([1, (layer.kernel - 1) * layer.dilation, layer.channels]),
      ];
    return [];
  });
}

const linear = (tf, x, weight, bias) =>
  bias === undefined
    ? tf.matMul(x, weight)
    : tf.add(tf.matMul(x, weight), bias);

const activations = {
  none: (_, x) => x,
  relu: (tf, x) => tf.relu(x),
  tanh: (tf, x) => tf.tanh(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
};

const norm = (tf, x, weight, bias) => {
  const d = tf.sub(x, tf.mean(x, -1, true));
  const deviation = tf.rsqrt(tf.add(tf.mean(tf.square(d), -1, true), 1e-5));
  return tf.add(tf.mul(tf.mul(d, deviation), weight), bias);
};

const apply = {
  dense: (tf, { activation, in: from }, [w, b], x) => ({
    y: activations[activation](tf, linear(tf, tf.reshape(x, [-1, from]), w, b)),
  }),
  conv: (tf, { pad }, [w, b], x) => ({
    y: tf.maxPool(
      tf.relu(tf.add(tf.conv2d(x, w, 1, pad === 0 ? "valid" : "same"), b)),
      2,
      2,
      "valid",
    ),
  }),
  block: (tf, { length, width, heads }, p, x) => {
    const qkv = linear(tf, norm(tf, x, p[0], p[1]), p[2], p[3]);
    const [q, k, v] = tf
      .split(qkv, 3, 1)
      .map((t) =>
        tf.transpose(tf.reshape(t, [length, heads, width / heads]), [1, 0, 2]),
      );
    const scores = tf.mul(
      tf.matMul(q, k, false, true),
      (width / heads) ** -0.5,
    );
    const seen = tf.matMul(tf.softmax(scores), v);
    const joined = tf.reshape(tf.transpose(seen, [1, 0, 2]), [length, width]);
    const r = tf.add(x, linear(tf, joined, p[4], p[5]));
    const h = tf.relu(linear(tf, norm(tf, r, p[6], p[7]), p[8], p[9]));
    return { y: tf.add(r, linear(tf, h, p[10], p[11])) };
  },
  embedding: (tf, _, [table], letters) => ({ y: tf.gather(table, letters) }),
  gru: (tf, _, [w, u, wb, ub], x, [h]) => {
    const a = tf.split(linear(tf, x, w, wb), 3, 1);
    const b = tf.split(linear(tf, h, u, ub), 3, 1);
    const r = tf.sigmoid(tf.add(a[0], b[0]));
    const z = tf.sigmoid(tf.add(a[1], b[1]));
    const n = tf.tanh(tf.add(a[2], tf.mul(r, b[2])));
    const y = tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, h));
    return { y, next: [y] };
  },
  lstm: (tf, { steps }, [w, u, wb, ub], x, [first, firstCell]) => {
    const all = linear(tf, x, w, wb);
    const outputs = [];
    let h = first;
    let c = firstCell;
    for (let t = 0; t < steps; t++) {
      const gates = tf.add(
        tf.slice(all, [t, 0], [1, -1]),
        linear(tf, h, u, ub),
      );
      const [i, f, g, o] = tf.split(gates, 4, 1);
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      h = tf.mul(tf.sigmoid(o), tf.tanh(c));
      outputs.push(h);
    }
    return { y: steps === 1 ? h : tf.concat(outputs, 0), next: [h, c] };
  },
  causal: (tf, { activation, dilation, length }, [w, b], x, [past]) => {
    const seen = tf.concat([past, x], 1);
    const y = tf.add(tf.conv1d(seen, w, 1, "valid", "NWC", dilation), b);
    const next = tf.slice(seen, [0, length, 0], past.shape);
    return { y: activations[activation](tf, y), next: [next] };
  },
};

function forwardTask(tf, { layers, probabilities }, network, x) {
  const start = zerosOf(tf, layers);
  let carried = start;
  let output;
  return {
    reset: () => {
      carried = start;
    },
    run: () => {
      const { y, next } = tf.tidy(() => {
        const result = network(x, carried);
        return probabilities ? { ...result, y: tf.softmax(result.y) } : result;
      });
      output = y.dataSync();
      // The GRU's state is its output too: tensors are disposed of once.
      for (const tensor of new Set([y, ...(carried === start ? [] : carried)]))
        if (!next.includes(tensor)) tensor.dispose();
      carried = next;
    },
    result: () => output,
  };
}

function stepTask(tf, workload, network, x, batch, described, variables) {
  const start = zerosOf(tf, workload.layers);
  const target = targetOf(tf, workload, batch);
  const lossOf =
    workload.loss === "mse"
      ? () => {
          const { y } = network(x, start);
          const t = tf.reshape(target, y.shape);
          return tf.mean(tf.square(tf.sub(y, t)));
        }
      : () => tf.losses.softmaxCrossEntropy(target, network(x, start).y);
  let optimizer;
  let loss = 0;
  const setRate = (rate) => {
    optimizer?.dispose();
    optimizer =
      workload.optimizer === "sgd"
        ? tf.train.sgd(rate)
        : tf.train.adam(rate, 0.9, 0.999, 1e-8);
  };
  return {
    setRate,
    reset: () => {
      setRate(workload.rate);
      tf.tidy(() => {
        described.forEach((layer, i) => {
          layer.forEach(({ shape, values }, j) => {
            variables[i][j].assign(tf.tensor(values, shape));
          });
        });
      });
    },
    run: () => {
      const value = optimizer.minimize(lossOf, true);
      [loss] = value.dataSync();
      value.dispose();
    },
    result: () => [
      loss,
      ...described.flatMap((layer, i) =>
        layer.flatMap(({ inOrder }, j) => inOrder(variables[i][j].dataSync())),
      ),
    ],
  };
}

function targetOf(tf, { loss, classes, target }, batch) {
  const values = examples("target", batch);
  if (loss === "mse")
    return tf.tensor(Float32Array.from(values), [batch, ...target]);
  return tf
    .oneHot(tf.tensor1d(Int32Array.from(values), "int32"), classes)
    .toFloat();
}

await serve(async () => {
  const tf = require("@tensorflow/tfjs");
  if (job.backend === "wasm") {
    const wasm = require("@tensorflow/tfjs-backend-wasm");
    const folder = dirname(require.resolve("@tensorflow/tfjs-backend-wasm"));
    wasm.setWasmPaths(`${folder}/`);
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  }
  await tf.setBackend(job.backend);
  await tf.ready();
  const { workload } = job;
  const described = parameters(layoutOf);
  const variables = described.map((layer) =>
    layer.map(({ shape, values }) => tf.variable(tf.tensor(values, shape))),
  );
  const network = networkOf(tf, workload, variables);
  const tasks = workload.tasks.map(({ kind, batch }) => {
    const x = inputOf(tf, workload, batch);
    if (kind === "forward") return forwardTask(tf, workload, network, x, batch);
    return stepTask(tf, workload, network, x, batch, described, variables);
  });
  return { version: `TensorFlow.js ${tf.version.tfjs}`, tasks };
});
