"""Writes cases of the golden format for recurrent cells and sequences and for attention.

Expected values and gradients are those of PyTorch 1.13 (Debian's python3-torch) in float64.

    /usr/bin/python3 generate.py OUTPUT_FOLDER
"""
import json
import math
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)


def numbers(*shape):
    return (torch.randn(shape) * 10000).round() / 10000


def array(t, **more):
    return {"shape": list(t.shape), "data": t.reshape(-1).tolist(), **more}


def cell(make):
    def run(*args, nonlinearity="tanh"):
        return make(nonlinearity)(*args)

    return run


def rnn_cell(nonlinearity):
    return torch._VF.rnn_tanh_cell if nonlinearity == "tanh" else torch._VF.rnn_relu_cell


def lstm_cell(x, h, c, *weights):
    return torch._VF.lstm_cell(x, (h, c), *weights)


def sequence(kind, states):
    def run(x, *args, batch_first=False, bidirectional=False, nonlinearity="tanh"):
        initial, weights = args[:states], args[states:]
        hidden = weights[1].shape[1]
        options = {"nonlinearity": nonlinearity} if kind is nn.RNN else {}
        net = kind(x.shape[-1], hidden, batch_first=batch_first, bidirectional=bidirectional, **options)
        net._flat_weights = list(weights)
        y, last = net(x, initial if states == 2 else initial[0])
        return (y, *last) if states == 2 else (y, last)

    return run


def attention(q, k, v, mask=None, causal=False, scale=None):
    scores = q @ k.transpose(-1, -2) * (1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    if mask is not None:
        scores = scores + mask
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), float("-inf"))
    return F.softmax(scores, -1) @ v


def heads(x, w, b, ow, ob, num_heads, causal=False):
    net = nn.MultiheadAttention(x.shape[-1], num_heads, batch_first=True)
    mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1) if causal else None
    given = {"in_proj_weight": w, "in_proj_bias": b, "out_proj.weight": ow, "out_proj.bias": ob}
    return nn.utils.stateless.functional_call(net, given, (x, x, x), {"attn_mask": mask})[0]


OPS = {
    "rnn_cell": cell(rnn_cell),
    "gru_cell": torch._VF.gru_cell,
    "lstm_cell": lstm_cell,
    "rnn": sequence(nn.RNN, 1),
    "gru": sequence(nn.GRU, 1),
    "lstm": sequence(nn.LSTM, 2),
    "scaled_dot_product_attention": attention,
    "multi_head_attention": heads,
    "add": lambda a, b: a + b,
    "tanh": torch.tanh,
}


def case(name, graph, inputs, params, outputs):
    """Nodes are [id or ids, op, inputs, attributes]; the loss is the sum of every output times a cotangent."""
    env = {k: t.clone().requires_grad_() for group in (inputs, params) for k, t in group.items()}
    nodes = []
    for key, op, args, *attrs in graph:
        options = attrs[0] if attrs else {}
        made = OPS[op](*(env[a] for a in args), **options)
        several = isinstance(key, list)
        env.update(zip(key, made) if several else [(key, made)])
        node = {"id": f"{key[0]}_all" if several else key, "op": op, "inputs": args}
        nodes.append({**node, **({"attrs": options} if options else {}), **({"outputs": key} if several else {})})
    targets = {f"ct_{o}": numbers(*env[o].shape) for o in outputs}
    total = sum((env[o] * targets[f"ct_{o}"]).sum() for o in outputs)
    total.backward()
    terms = [{"weight": 1.0, "kind": "dot", "reduction": "sum", "inputs": [o, f"ct_{o}"]} for o in outputs]
    grads = lambda group: {k: array(env[k].grad) for k in group}
    body = {
        "format": 1,
        "name": name,
        "family": "sequences",
        "description": "",
        "tags": [],
        "torchVersion": "1.13.1",
        "graph": nodes,
        "outputs": outputs,
        "params": {k: array(t) for k, t in params.items()},
        "inputs": {k: array(t) for k, t in inputs.items()},
        "targets": {k: array(t) for k, t in targets.items()},
        "loss": {"kind": "weighted_sum", "reduction": "none", "terms": terms},
        "expect": {
            "outputs": {o: array(env[o].detach()) for o in outputs},
            "loss": total.item(),
            "grads": grads(params),
            "inputGrads": grads(inputs),
        },
        "tolerance": {"forward": 1e-12, "grad": 1e-12, "training": 1e-9},
    }
    with open(f"{sys.argv[1]}/{name}.json", "w") as f:
        json.dump(body, f)
        f.write("\n")


def weights(gates, inputs, hidden, tag=""):
    rows = gates * hidden
    shapes = {"wi": (rows, inputs), "wh": (rows, hidden), "bi": (rows,), "bh": (rows,)}
    return {f"{k}{tag}": numbers(*s) for k, s in shapes.items()}


GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def run(kind, name, steps, batch, inputs, hidden, **attrs):
    """One layer over a sequence."""
    both = attrs.get("bidirectional", False)
    params = weights(GATES[kind], inputs, hidden)
    if both:
        params.update(weights(GATES[kind], inputs, hidden, "_reverse"))
    x = numbers(batch, steps, inputs) if attrs.get("batch_first") else numbers(steps, batch, inputs)
    states = ["h0", "c0"] if kind == "lstm" else ["h0"]
    given = {s: numbers(2 if both else 1, batch, hidden) for s in states}
    results = ["y", "hn", "cn"][: len(states) + 1]
    case(name, [[results, kind, ["x", *states, *params], attrs]], {"x": x, **given}, params, results)


run("rnn", "rnn_relu", 4, 2, 3, 4, nonlinearity="relu")
run("rnn", "rnn_both_ways", 3, 2, 2, 3, bidirectional=True)
run("gru", "gru_sequence", 5, 2, 3, 4)
run("gru", "gru_batch_first", 4, 3, 2, 3, batch_first=True)
run("gru", "gru_both_ways", 4, 2, 3, 2, bidirectional=True)
run("gru", "gru_one_step", 1, 2, 3, 2)
run("gru", "gru_long", 19, 1, 2, 2)
run("lstm", "lstm_batch_first", 3, 2, 4, 3, batch_first=True)
run("lstm", "lstm_both_ways", 4, 2, 2, 3, bidirectional=True)
run("lstm", "lstm_both_ways_batch_first", 3, 2, 2, 2, bidirectional=True, batch_first=True)
run("lstm", "lstm_long", 18, 1, 2, 2)


def two_layers(kind, name, both):
    """A layer over the outputs of another."""
    features = 3 * (2 if both else 1)
    first = {**weights(GATES[kind], 2, 3), **(weights(GATES[kind], 2, 3, "_r") if both else {})}
    second = {**weights(GATES[kind], features, 3, "2"), **(weights(GATES[kind], features, 3, "2_r") if both else {})}
    count = 2 if both else 1
    states = ["h0", "c0"] if kind == "lstm" else ["h0"]
    given = {f"{s}{tag}": numbers(count, 2, 3) for tag in ("", "2") for s in states}
    lower = ["a", *(["ah", "ac"][: len(states)])]
    upper = ["y", *(["yh", "yc"][: len(states)])]
    attrs = {"bidirectional": both}
    graph = [
        [lower, kind, ["x", *states, *first], attrs],
        [upper, kind, ["a", *(f"{s}2" for s in states), *second], attrs],
    ]
    case(name, graph, {"x": numbers(3, 2, 2), **given}, {**first, **second}, [*upper, *lower[1:]])


two_layers("gru", "gru_two_layers", False)
two_layers("lstm", "lstm_two_layers_both_ways", True)

for kind in ("rnn", "gru", "lstm"):
    own = weights(GATES[kind], 3, 2)
    states = ["h", "c"] if kind == "lstm" else ["h"]
    inputs = {"x1": numbers(3, 3), "x2": numbers(3, 3), **{s: numbers(3, 2) for s in states}}
    once = [f"{s}1" for s in states] if kind == "lstm" else "h1"
    twice = [f"{s}2" for s in states] if kind == "lstm" else "h2"
    after = once if kind == "lstm" else [once]
    graph = [
        [once, f"{kind}_cell", ["x1", *states, *own]],
        [twice, f"{kind}_cell", ["x2", *after, *own]],
    ]
    case(f"{kind}_cell_twice", graph, inputs, own, twice if kind == "lstm" else [twice])
    graph = [[once, f"{kind}_cell", ["x1", *states, *own]]]
    free = {"x1": inputs["x1"], **{s: inputs[s] for s in states}, **own}
    case(f"{kind}_cell_free_weights", graph, free, {}, after)

case(
    "rnn_cell_relu",
    [["y", "rnn_cell", ["x", "h", "wi", "wh", "bi", "bh"], {"nonlinearity": "relu"}]],
    {"x": numbers(4, 3), "h": numbers(4, 2)},
    weights(1, 3, 2),
    ["y"],
)


def attend(name, lead, queries, keys, features, values, mask=None, **attrs):
    inputs = {"q": numbers(*lead, queries, features), "k": numbers(*lead, keys, features), "v": numbers(*lead, keys, values)}
    params = {} if mask is None else {"mask": mask}
    graph = [["y", "scaled_dot_product_attention", ["q", "k", "v", *params], attrs]]
    case(name, graph, inputs, params, ["y"])


attend("attention_mask", (2,), 3, 4, 2, 3, mask=numbers(3, 4))
attend("attention_mask_of_keys", (2,), 3, 4, 2, 2, mask=numbers(1, 4))
attend("attention_causal_mask", (2, 2), 4, 4, 3, 2, mask=numbers(4, 4), causal=True)
attend("attention_causal_longer_keys", (2,), 3, 5, 2, 2, causal=True)
attend("attention_scale", (2,), 3, 3, 4, 2, scale=0.25)
attend("attention_one_key", (2,), 3, 1, 2, 2)


def multi(name, batch, length, features, num_heads, causal=False):
    params = {
        "w": numbers(3 * features, features),
        "b": numbers(3 * features),
        "ow": numbers(features, features),
        "ob": numbers(features),
    }
    attrs = {"num_heads": num_heads, "causal": causal}
    graph = [["y", "multi_head_attention", ["x", *params], attrs]]
    case(name, graph, {"x": numbers(batch, length, features)}, params, ["y"])
    again = graph + [["r", "add", ["x", "y"]], ["z", "multi_head_attention", ["r", *params], attrs]]
    case(f"{name}_twice", again, {"x": numbers(batch, length, features)}, params, ["z"])


multi("heads_three", 2, 4, 6, 3)
multi("heads_causal", 2, 4, 4, 2, causal=True)
multi("heads_one", 2, 3, 3, 1, causal=True)
multi("heads_of_one_feature", 2, 3, 4, 4)
