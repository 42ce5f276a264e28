"""Writes cases of the golden format for the operations that move entries, look them up, contract and normalise.

Expected values and gradients are those of PyTorch 1.13 (Debian's python3-torch) in float64.

    /usr/bin/python3 generate.py OUTPUT_FOLDER
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)


def numbers(*shape):
    return (torch.randn(shape) * 10000).round() / 10000


def places(*shape, below):
    return torch.randint(below, shape)


def array(t, **more):
    out = {"shape": list(t.shape)}
    if not t.is_floating_point():
        out["dtype"] = "int64"
    out["data"] = t.reshape(-1).tolist()
    return {**out, **more}


def pad(x, pad, mode="constant", value=0.0):
    if mode == "constant":
        return F.pad(x, pad, value=value)
    # PyTorch pads one to three of the last axes of a value of one more or two more: axis by axis here, as one of three.
    for i in range(len(pad) // 2):
        axis = x.dim() - 1 - i
        last = x.movedim(axis, -1)
        flat = F.pad(last.reshape(1, -1, last.shape[-1]), pad[2 * i : 2 * i + 2], mode=mode)
        x = flat.reshape(*last.shape[:-1], -1).movedim(-1, axis)
    return x


OPS = {
    "pad": pad,
    "flip": lambda x, dims: torch.flip(x, dims),
    "roll": lambda x, shift, dim: torch.roll(x, shift, dim),
    "tile": lambda x, repeats: torch.tile(x, repeats),
    "tril": lambda x, diagonal=0: torch.tril(x, diagonal),
    "triu": lambda x, diagonal=0: torch.triu(x, diagonal),
    "diagonal": lambda x, offset=0, dim1=0, dim2=1: torch.diagonal(x, offset, dim1, dim2),
    "cumsum": lambda x, dim: torch.cumsum(x, dim),
    "prod": lambda x, dims=None, keepdim=False: products(x, dims, keepdim),
    "max_dim": lambda x, dim, keepdim=False: torch.max(x, dim, keepdim)[0],
    "min_dim": lambda x, dim, keepdim=False: torch.min(x, dim, keepdim)[0],
    "slice": lambda x, dim, start, end, step: x.movedim(dim, 0)[start:end:step].movedim(0, dim),
    "gather": lambda x, k, dim: torch.gather(x, dim, k),
    "index_select": lambda x, k, dim: torch.index_select(x, dim, k),
    "one_hot": lambda k, num_classes: F.one_hot(k, num_classes).double(),
    "embedding": lambda k, w, padding_idx=None: F.embedding(k, w, padding_idx),
    "einsum": lambda *xs, equation: torch.einsum(equation, *xs),
    "bilinear": lambda *xs: F.bilinear(*xs),
    "normalize": lambda x, p=2.0, dim=1, eps=1e-12: F.normalize(x, p, dim, eps),
    "cosine_similarity": lambda a, b, dim=1, eps=1e-8: F.cosine_similarity(a, b, dim, eps),
    "mul": lambda a, b: a * b,
    "add": lambda a, b: a + b,
    "tanh": torch.tanh,
    "linear": lambda x, w: F.linear(x, w),
    "identity": lambda x: x,
}


def products(x, dims, keepdim):
    if dims is None:
        return x.prod()
    for d in sorted((d % x.dim() for d in dims), reverse=True):
        x = x.prod(d, keepdim=keepdim)
    return x


def case(name, graph, inputs, params=None, loss=None):
    """Nodes are [id, op, inputs, attributes]; the last one is the output, times a cotangent where no loss is given."""
    params = params or {}
    env = {}
    for group in (inputs, params):
        for key, t in group.items():
            env[key] = t.clone().requires_grad_(t.is_floating_point())
    nodes = []
    for key, op, args, *attrs in graph:
        options = attrs[0] if attrs else {}
        env[key] = OPS[op](*(env[a] for a in args), **options)
        nodes.append({"id": key, "op": op, "inputs": args, **({"attrs": options} if options else {})})
    out = graph[-1][0]
    y = env[out]
    if loss is None:
        ct = numbers(*y.shape)
        targets = {"ct": ct}
        described = {"kind": "dot", "reduction": "sum", "inputs": [out, "ct"]}
        total = (y * ct).sum()
    else:
        targets, attrs, described_kind, total = loss(y)
        reduction = attrs.pop("reduction", "mean")
        described = {"kind": described_kind, "reduction": reduction, "inputs": [out, *targets], "attrs": attrs}
    total.backward()

    def grads(group):
        return {
            k: array(env[k].grad if env[k].grad is not None else torch.zeros_like(t))
            for k, t in group.items()
            if t.is_floating_point()
        }

    body = {
        "format": 1,
        "name": name,
        "family": "extra",
        "description": "",
        "tags": [],
        "torchVersion": "1.13.1",
        "graph": nodes,
        "outputs": [out],
        "params": {k: array(t) for k, t in params.items()},
        "inputs": {k: array(t, **({} if t.is_floating_point() else {"requiresGrad": False})) for k, t in inputs.items()},
        "targets": {k: array(t) for k, t in targets.items()},
        "loss": described,
        "expect": {
            "outputs": {out: array(y.detach())},
            "loss": total.item(),
            "grads": grads(params),
            "inputGrads": grads(inputs),
        },
        "tolerance": {"forward": 1e-12, "grad": 1e-12, "training": 1e-9},
    }
    with open(f"{sys.argv[1]}/{name}.json", "w") as f:
        json.dump(body, f)
        f.write("\n")


def one(name, op, x, attrs):
    case(name, [["y", op, ["x"], attrs]], {"x": x})


one("pad_reflect", "pad", numbers(2, 3, 4), {"pad": [2, 3, 1, 2], "mode": "reflect"})
one("pad_reflect_one_side", "pad", numbers(3, 5), {"pad": [0, 4], "mode": "reflect"})
one("pad_replicate", "pad", numbers(2, 3, 2), {"pad": [3, 1, 0, 2], "mode": "replicate"})
one("pad_circular", "pad", numbers(2, 3, 4), {"pad": [4, 2, 1, 3], "mode": "circular"})
one("pad_three_axes", "pad", numbers(2, 1, 3), {"pad": [1, 0, 0, 2, 1, 1], "value": -1.5})
one("flip_two", "flip", numbers(2, 3, 4), {"dims": [1, -1]})
one("roll_back", "roll", numbers(3, 5), {"shift": -7, "dim": 1})
one("roll_nothing", "roll", numbers(3, 4), {"shift": 8, "dim": -1})
one("tile_all", "tile", numbers(2, 3), {"repeats": [3, 2]})
one("tile_last", "tile", numbers(3, 2, 2), {"repeats": [2, 1]})
for diagonal in (-1, 0, 2):
    suffix = str(diagonal).replace("-", "below")
    one(f"tril_{suffix}", "tril", numbers(2, 3, 4), {"diagonal": diagonal})
    one(f"triu_{suffix}", "triu", numbers(4, 3), {"diagonal": diagonal})
one("diagonal_first", "diagonal", numbers(3, 4, 2), {})
one("diagonal_above", "diagonal", numbers(2, 3, 5), {"offset": 2, "dim1": 1, "dim2": 2})
one("diagonal_below", "diagonal", numbers(4, 2, 3), {"offset": -1, "dim1": 0, "dim2": -1})
one("diagonal_swapped", "diagonal", numbers(3, 2, 3), {"offset": 1, "dim1": 2, "dim2": 0})
one("cumsum_middle", "cumsum", numbers(2, 5, 3), {"dim": 1})
one("slice_step_3", "slice", numbers(2, 11), {"dim": 1, "start": 1, "end": 11, "step": 3})
with_zeros = numbers(4, 3)
with_zeros[1, 0] = 0
with_zeros[2, 0:2] = 0
with_zeros[3] = 0
one("prod_zeros", "prod", with_zeros, {"dims": [1]})
one("prod_zeros_down", "prod", with_zeros.clone(), {"dims": [0], "keepdim": True})
one("prod_two_axes", "prod", numbers(2, 3, 2), {"dims": [0, 2]})
one("prod_all", "prod", numbers(2, 3), {})
tied = torch.tensor([[2.0, 5, 5, 1], [3, 3, 3, 3], [-1, -2, -1, -2]])
one("max_dim_ties", "max_dim", tied, {"dim": 1})
one("min_dim_ties", "min_dim", tied.clone(), {"dim": -1, "keepdim": True})
one("min_dim_first", "min_dim", numbers(3, 4), {"dim": 0})

case("gather_smaller", [["y", "gather", ["x", "k"], {"dim": 2}]], {"x": numbers(3, 4, 5), "k": places(2, 3, 6, below=5)})
case("gather_rows", [["y", "gather", ["x", "k"], {"dim": 0}]], {"x": numbers(3, 4), "k": places(5, 4, below=3)})
case("index_select_last", [["y", "index_select", ["x", "k"], {"dim": -1}]], {"x": numbers(2, 3, 4), "k": torch.tensor([3, 3, 0])})
case("one_hot_rows", [["h", "one_hot", ["k"], {"num_classes": 4}], ["y", "linear", ["h", "w"]]], {"k": places(3, 2, below=4)}, {"w": numbers(3, 4)})
case("embedding_shared", [["a", "embedding", ["k", "w"]], ["b", "embedding", ["j", "w"]], ["y", "mul", ["a", "b"]]], {"k": places(4, 2, below=5), "j": places(4, 2, below=5)}, {"w": numbers(5, 3)})
case("embedding_tied", [["h", "embedding", ["k", "w"]], ["y", "linear", ["h", "w"]]], {"k": places(4, 2, below=5)}, {"w": numbers(5, 3)})
case("embedding_padding", [["h", "embedding", ["k", "w"], {"padding_idx": 2}], ["y", "tanh", ["h"]]], {"k": torch.tensor([[2, 0, 1], [2, 2, 3]])}, {"w": numbers(4, 3)})
case("embedding_padding_end", [["y", "embedding", ["k", "w"], {"padding_idx": -1}]], {"k": torch.tensor([3, 0, 3])}, {"w": numbers(4, 2)})


def einsum(name, equation, *shapes):
    keys = [chr(ord("a") + i) for i in range(len(shapes))]
    case(f"einsum_{name}", [["y", "einsum", keys, {"equation": equation}]], {k: numbers(*s) for k, s in zip(keys, shapes)})


einsum("implied", "ij,jk", (3, 4), (4, 2))
einsum("implied_order", "ba", (3, 4))
einsum("trace", "ii", (4, 4))
einsum("diagonal", "iji->ji", (3, 2, 3))
einsum("three", "ij,jk,kl->il", (2, 3), (3, 4), (4, 2))
einsum("four", "a,ab,bc,c->", (2,), (2, 3), (3, 4), (4,))
einsum("outer", "i,j->ij", (3,), (4,))
einsum("inner", "i,i", (5,), (5,))
einsum("lonely", "ij,k->i", (3, 4), (2,))
einsum("sum", "ijk->k", (2, 3, 4))
einsum("scalar", ",ij->ji", (), (2, 3))
einsum("bilinear", "bn,anm,bm->ba", (2, 3), (5, 3, 4), (2, 4))
einsum("twice", "ij,ij,ij->j", (3, 2), (3, 2), (3, 2))
einsum("dots", "...ij,...jk->...ik", (2, 3, 4), (4, 2))
einsum("dots_ones", "...i,...i", (3, 1, 4), (2, 4))
einsum("dots_first", "i...,i...->...", (3, 2, 2), (3, 2))
einsum("dots_summed", "...i->i", (2, 3, 4))
einsum("spaces", " b i , b j -> b i j ", (2, 3), (2, 4))
einsum("uppercase", "aB,Bc", (2, 3), (3, 4))

case("bilinear", [["y", "bilinear", ["a", "b", "w", "c"]]], {"a": numbers(4, 3), "b": numbers(4, 2)}, {"w": numbers(5, 3, 2), "c": numbers(5)})
case("bilinear_plain", [["y", "bilinear", ["a", "b", "w"]]], {"a": numbers(2, 3, 2), "b": numbers(2, 3, 4)}, {"w": numbers(2, 2, 4)})
case("bilinear_twice", [["p", "bilinear", ["a", "b", "w"]], ["q", "bilinear", ["b", "a", "w"]], ["y", "add", ["p", "q"]]], {"a": numbers(4, 3), "b": numbers(4, 3)}, {"w": numbers(2, 3, 3)})

one("normalize_default", "normalize", numbers(3, 4, 2), {})
one("normalize_p1", "normalize", numbers(3, 4), {"p": 1.0, "dim": -1})
one("normalize_p3", "normalize", numbers(3, 4), {"p": 3.0, "dim": 0})
one("normalize_small", "normalize", torch.tensor([[0.003, 0.004], [3, 4], [0, 0]]), {"eps": 0.01})
for name, a, b, attrs in (
    ("rows", (3, 4), (3, 4), {}),
    ("channels", (2, 4, 3), (2, 4, 3), {"dim": 1, "eps": 1e-6}),
    ("broadcast", (3, 4), (1, 4), {"dim": -1}),
    ("ranks", (2, 3, 4), (4,), {"dim": -1}),
):
    case(f"cosine_{name}", [["y", "cosine_similarity", ["a", "b"], attrs]], {"a": numbers(*a), "b": numbers(*b)})


def multi_margin(name, y, t, reduction="mean", weight=None, **attrs):
    def loss(out):
        targets = {"t": t, **({} if weight is None else {"w": weight})}
        total = F.multi_margin_loss(out, t, weight=weight, reduction=reduction, **attrs)
        return targets, {**attrs, "reduction": reduction}, "multi_margin", total

    case(f"multi_margin_{name}", [["y", "identity", ["x"]]], {"x": y}, loss=loss)


scores = numbers(4, 3)
label = torch.tensor([2, 0, 1, 1])
multi_margin("mean", scores, label)
multi_margin("squares", scores.clone(), label, "sum", p=2, margin=0.5)
multi_margin("weights", scores.clone(), label, weight=torch.tensor([0.5, 2.0, 1.25]))
# The margin is hit exactly: PyTorch's gradient is 0 there.
multi_margin("kink", torch.tensor([[2.0, 1, 0], [1, 1, 0]]), torch.tensor([0, 1]))
