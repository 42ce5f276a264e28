"""PyTorch, eager, one thread: a contestant of the benchmark (bench/README.md says what it answers)."""

import array
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

job = json.load(open(sys.argv[1]))
workload = job["workload"]
torch.set_num_threads(1)
torch.set_default_dtype(torch.float32 if job["element"] == "f32" else torch.float64)


def numbers(name):
    values = array.array("d")
    with open(job["files"][name], "rb") as file:
        values.frombytes(file.read())
    return torch.tensor(values.tolist())


class Dense(nn.Module):
    def __init__(self, of):
        super().__init__()
        self.linear = nn.Linear(of["in"], of["out"], bias=of["bias"])
        self.f = {"none": nn.Identity, "relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}[of["activation"]]()

    def forward(self, x, state):
        return self.f(self.linear(x)), state


class Conv(nn.Module):
    def __init__(self, of):
        super().__init__()
        self.conv = nn.Conv2d(of["channels"], of["out"], of["kernel"], padding=of["pad"])

    def forward(self, x, state):
        return F.max_pool2d(F.relu(self.conv(x)), 2), state


class Flatten(nn.Module):
    def forward(self, x, state):
        return torch.flatten(x, 1), state


class Block(nn.Module):
    def __init__(self, of):
        super().__init__()
        width = of["width"]
        self.of = of
        self.n1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.told = nn.Linear(width, width)
        self.n2 = nn.LayerNorm(width)
        self.wide = nn.Linear(width, of["wide"])
        self.back = nn.Linear(of["wide"], width)

    def forward(self, x, state):
        length, width, heads = self.of["length"], self.of["width"], self.of["heads"]
        features = width // heads
        q, k, v = self.qkv(self.n1(x)).view(length, 3, heads, features).permute(1, 2, 0, 3)
        a = F.softmax((q @ k.transpose(1, 2)) * features**-0.5, -1) @ v
        r = x + self.told(a.permute(1, 0, 2).reshape(length, width))
        return r + self.back(F.relu(self.wide(self.n2(r)))), state


class Embedding(nn.Module):
    def __init__(self, of):
        super().__init__()
        self.table = nn.Embedding(of["letters"], of["width"])

    def forward(self, x, state):
        return self.table(x), state


class Gru(nn.Module):
    def __init__(self, of):
        super().__init__()
        self.cell = nn.GRUCell(of["in"], of["hidden"])
        self.start = torch.zeros(1, of["hidden"])

    def forward(self, x, state):
        h = self.cell(x, self.start if state is None else state)
        return h, h


class Lstm(nn.Module):
    """The cell for one moment, PyTorch's sequence for more."""

    def __init__(self, of):
        super().__init__()
        self.one = of["steps"] == 1
        self.cell = (nn.LSTMCell if self.one else nn.LSTM)(of["in"], of["hidden"])

    def forward(self, x, state):
        if not self.one:
            return self.cell(x)[0], state
        h, c = self.cell(x, state)
        return h, (h, c)


class Causal(nn.Module):
    def __init__(self, of, index):
        super().__init__()
        self.index = index
        self.of = of
        self.conv = nn.Conv1d(of["channels"], of["out"], of["kernel"], dilation=of["dilation"])
        self.start = torch.zeros(1, of["channels"], (of["kernel"] - 1) * of["dilation"])

    def forward(self, x, state):
        past = self.start if state is None else state[self.index]
        seen = torch.cat([past, x], 2)
        y = self.conv(seen)
        return F.relu(y) if self.of["activation"] == "relu" else y, seen[:, :, self.of["length"] :]


kinds = {"dense": Dense, "conv": Conv, "block": Block, "embedding": Embedding, "gru": Gru, "lstm": Lstm}


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        before = None
        for index, of in enumerate(workload["layers"]):
            if of["kind"] == "dense" and before == "conv":
                layers.append(Flatten())
            layers.append(Causal(of, index) if of["kind"] == "causal" else kinds[of["kind"]](of))
            before = of["kind"]
        self.layers = nn.ModuleList(layers)
        self.streams = before == "causal"

    def forward(self, x, state):
        pasts = []
        for layer in self.layers:
            if self.streams:
                x, past = layer(x, state)
                pasts.append(past)
            else:
                x, state = layer(x, state)
        return x, pasts if self.streams else state


network = Network()
initial = numbers("parameters")


def set_parameters():
    with torch.no_grad():
        # The parameters become views of the vector, and a step writes into them.
        torch.nn.utils.vector_to_parameters(initial.clone(), network.parameters())


def input_of(batch):
    shape = workload["input"]
    size = max(1, torch.Size(shape).numel())
    values = numbers("input")[: batch * size]
    if "letters" in workload:
        return values.long()
    if workload["layers"][0]["kind"] == "block":
        return values.reshape(shape)
    return values.reshape([batch, *shape])


def target_of(batch, like):
    values = numbers("target")
    if workload["loss"] == "mse":
        return values[: like.numel()].reshape(like.shape)
    return values[: like.shape[0]].long()


class Forward:
    def __init__(self, batch):
        self.x = input_of(batch)

    def reset(self, rate):
        set_parameters()
        self.state = None

    def run(self):
        with torch.inference_mode():
            y, self.state = network(self.x, self.state)
            self.y = F.softmax(y, -1) if workload["probabilities"] else y

    def result(self):
        return self.y.flatten().tolist()


class Step:
    def __init__(self, batch):
        self.x = input_of(batch)
        self.target = target_of(batch, network(self.x, None)[0])
        self.loss_of = F.mse_loss if workload["loss"] == "mse" else F.cross_entropy

    def reset(self, rate):
        set_parameters()
        kind = torch.optim.SGD if workload["optimizer"] == "sgd" else torch.optim.Adam
        self.optimizer = kind(network.parameters(), rate)

    def run(self):
        self.optimizer.zero_grad(set_to_none=True)
        y, _ = network(self.x, None)
        loss = self.loss_of(y, self.target)
        loss.backward()
        self.optimizer.step()
        self.loss = loss

    def result(self):
        parameters = torch.nn.utils.parameters_to_vector(network.parameters())
        return [self.loss.item(), *parameters.tolist()]


def sample(task, milliseconds):
    start = time.perf_counter_ns()
    calls, batch = 0, 1
    while True:
        for _ in range(batch):
            task.run()
        calls += batch
        elapsed = time.perf_counter_ns() - start
        if elapsed >= milliseconds * 1e6:
            return {"ns": elapsed / calls, "calls": calls}
        if elapsed < 5e4:
            batch *= 2


def peak_memory():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return {"bytes": 1024 * int(line.split()[1])}
    return {"bytes": 0}


def answer(tasks, words):
    task = tasks[int(words[1])]
    if words[0] == "check":
        task.reset(job["checkRate"])
        task.run()
        with open(words[2], "wb") as file:
            array.array("d", task.result()).tofile(file)
        return {"compared": True}
    if words[0] == "sample":
        task.reset(workload["rate"])
        return sample(task, float(words[2]))
    return peak_memory()


set_parameters()
tasks = [
    (Forward if task["kind"] == "forward" else Step)(task["batch"]) for task in workload["tasks"]
]
print(json.dumps({"ready": True, "version": f"PyTorch {torch.__version__}"}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(tasks, line.split())), flush=True)
