/** jax-js: traced, differentiated and compiled to WebAssembly when it runs. An array is used up by what reads it; `.ref` keeps it. */
import { examples, job, serve } from "../workers/serve.mjs";
import { block, dense, gated, oneHot, parameters } from "./network.mjs";

function layoutOf(layer) {
  switch (layer.kind) {
    case "dense":
      return dense(layer.in, layer.out, layer.bias);
    case "conv":
      return [
        { shape: [layer.out, layer.channels, layer.kernel, layer.kernel] },
        { shape: [layer.out, 1, 1] },
      ];
    case "block":
      return block(layer);
    case "gru":
      return gated(3, layer);
    default:
      throw new Error("this network is not built for jax-js");
  }
}

const kept = (arrays) => arrays.map((array) => array.ref);

function inputOf({ numpy }, { input, layers }, batch) {
  const values = numpy.array(Float32Array.from(examples("input", batch)));
  return values.reshape(layers[0].kind === "block" ? input : [batch, ...input]);
}

function networkOf(jax, layers) {
  return (parameters, x, state) => {
    let y = x;
    let h = state;
    const left = [...parameters];
    for (const layer of layers) {
      const own = left.splice(0, layoutOf(layer).length);
      if (layer.kind === "gru") {
        y = gru(jax, own, y, h);
        h = y.ref;
      } else {
        y = apply[layer.kind](jax, layer, own, y);
      }
    }
    return [y, h];
  };
}

const activations = {
  none: (_, x) => x,
  relu: ({ nn }, x) => nn.relu(x),
  tanh: ({ numpy }, x) => numpy.tanh(x),
  sigmoid: ({ nn }, x) => nn.sigmoid(x),
};

const linear = ({ numpy }, x, w, b) => numpy.matmul(x, w).add(b);

function norm({ numpy }, x, weight, bias) {
  const mean = numpy.mean(x.ref, -1, { keepdims: true });
  const d = x.sub(mean);
  const variance = numpy.mean(numpy.square(d.ref), -1, { keepdims: true });
  return d
    .div(numpy.sqrt(variance.add(1e-5)))
    .mul(weight)
    .add(bias);
}

const apply = {
  dense: (jax, { activation, in: from }, [w, b], x) => {
    const rows = x.reshape([-1, from]);
    return activations[activation](jax, linear(jax, rows, w, b));
  },
  conv: ({ numpy, nn, lax }, { pad }, [w, b], x) => {
    const padding = [
      [pad, pad],
      [pad, pad],
    ];
    const y = nn.relu(lax.convGeneralDilated(x, w, [1, 1], padding).add(b));
    const [n, channels, rows, columns] = y.shape;
    const fours = y.reshape([n, channels, rows / 2, 2, columns / 2, 2]);
    return numpy.max(fours, [3, 5]);
  },
  block: (jax, { length, width, heads }, p, x) => {
    const { numpy, nn } = jax;
    const features = width / heads;
    const qkv = linear(jax, norm(jax, x.ref, p[0], p[1]), p[2], p[3])
      .reshape([length, 3, heads, features])
      .transpose([1, 2, 0, 3]);
    const [q, k, v] = [0, 1, 2].map((i) => qkv.ref.slice(i));
    qkv.dispose();
    const scores = numpy.matmul(q, k.transpose([0, 2, 1]));
    const seen = numpy.matmul(nn.softmax(scores.mul(features ** -0.5), -1), v);
    const joined = seen.transpose([1, 0, 2]).reshape([length, width]);
    const r = x.add(linear(jax, joined, p[4], p[5]));
    const h = nn.relu(linear(jax, norm(jax, r.ref, p[6], p[7]), p[8], p[9]));
    return r.add(linear(jax, h, p[10], p[11]));
  },
};

function gru(jax, [w, u, wb, ub], x, h) {
  const { numpy, nn } = jax;
  const hidden = h.shape[1];
  const gate = (of, i) => of.slice([], [i * hidden, (i + 1) * hidden]);
  const a = linear(jax, x, w, wb);
  const b = linear(jax, h.ref, u, ub);
  const r = nn.sigmoid(gate(a.ref, 0).add(gate(b.ref, 0)));
  const z = nn.sigmoid(gate(a.ref, 1).add(gate(b.ref, 1)));
  const n = numpy.tanh(gate(a, 2).add(r.mul(gate(b, 2))));
  return n.ref.add(z.mul(h.sub(n)));
}

function forwardTask(jax, { layers, probabilities }, network, initial, x) {
  const cell = layers.find(({ kind }) => kind === "gru");
  const zeros = () => jax.numpy.zeros([1, cell?.hidden ?? 1]);
  const call = jax.jit((parameters, input, state) => {
    const [y, next] = network(parameters, input, state);
    return [probabilities ? jax.nn.softmax(y, -1) : y, next];
  });
  let state;
  let output;
  return {
    reset: () => {
      state?.dispose();
      state = zeros();
    },
    run: () => {
      const [y, next] = call(kept(initial), x.ref, state);
      output = y.dataSync();
      state = next;
    },
    result: () => output,
  };
}

function stepTask(jax, workload, network, initial, described, x, batch) {
  const { numpy, nn, jit, valueAndGrad } = jax;
  const values = examples("target", batch);
  const classes = workload.classes ?? 0;
  const target =
    workload.loss === "mse"
      ? numpy.array(Float32Array.from(values))
      : numpy.array(oneHot([...values], classes)).reshape([batch, classes]);
  const lossOf =
    workload.loss === "mse"
      ? (y, t) => numpy.mean(numpy.square(y.reshape([-1]).sub(t)))
      : (z, t) => numpy.sum(nn.logSoftmax(z).mul(t)).mul(-1 / batch);
  const differentiated = valueAndGrad((p, input, t) => {
    const [y, state] = network(p, input, numpy.zeros([1, 1]));
    state.dispose();
    return lossOf(y, t);
  });
  const rules = { sgd: descent, adam };
  const rule = rules[workload.optimizer];
  let step;
  let state;
  let loss;
  const setRate = (rate) => {
    step = jit((p, memory, t, input, wanted) => {
      const [value, g] = differentiated(kept(p), input, wanted);
      return [value, ...rule(numpy, p, g, memory, t, rate)];
    });
  };
  setRate(workload.rate);
  const dispose = () => {
    for (const array of [...(state?.p ?? []), ...(state?.memory ?? [])])
      array.dispose();
  };
  return {
    setRate,
    reset: () => {
      dispose();
      const memory =
        workload.optimizer === "adam"
          ? [...initial, ...initial].map(({ shape }) => numpy.zeros(shape))
          : [];
      state = { p: kept(initial), memory, t: 0 };
    },
    run: () => {
      const t = numpy.array([++state.t]);
      const [value, p, memory] = step(
        state.p,
        state.memory,
        t,
        x.ref,
        target.ref,
      );
      state = { ...state, p, memory };
      [loss] = value.dataSync();
    },
    result: () => [
      loss,
      ...described.flatMap(({ inOrder }, i) =>
        inOrder(state.p[i].ref.dataSync()),
      ),
    ],
  };
}

function descent(_, p, g, memory, t, rate) {
  t.dispose();
  return [p.map((array, i) => array.sub(g[i].mul(rate))), memory];
}

function adam(numpy, p, g, memory, t, rate) {
  const count = p.length;
  const correction = (beta) =>
    numpy
      .exp(t.ref.mul(Math.log(beta)))
      .mul(-1)
      .add(1);
  const [first, second] = [correction(0.9), correction(0.999)];
  t.dispose();
  const m = g.map((d, i) => memory[i].mul(0.9).add(d.ref.mul(0.1)));
  const v = g.map((d, i) =>
    memory[count + i].mul(0.999).add(numpy.square(d).mul(0.001)),
  );
  const next = p.map((array, i) => {
    const size = numpy.sqrt(v[i].ref.div(second.ref)).add(1e-8);
    return array.sub(m[i].ref.div(first.ref).div(size).mul(rate));
  });
  first.dispose();
  second.dispose();
  return [next, [...m, ...v]];
}

await serve(async () => {
  const jax = await import("@jax-js/jax");
  await jax.init();
  jax.defaultDevice("wasm");
  const { workload } = job;
  const described = parameters(layoutOf).flat();
  const initial = described.map(({ shape, values }) =>
    jax.numpy.array(values).reshape(shape),
  );
  const network = networkOf(jax, workload.layers);
  return {
    version: `jax-js ${job.version}`,
    tasks: workload.tasks.map(({ kind, batch }) => {
      const x = inputOf(jax, workload, batch);
      return kind === "forward"
        ? forwardTask(jax, workload, network, initial, x)
        : stepTask(jax, workload, network, initial, described, x, batch);
    }),
  };
});
