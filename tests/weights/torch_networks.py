"""Networks of PyTorch as a user writes them: their state_dict as safetensors, and what they give for some inputs.

python3 torch_networks.py FOLDER write | check

`write` saves NAME.safetensors, and NAME.json with inputs and outputs, for each network. `check` loads NAME.safetensors into
a new one, strictly, and prints the largest difference between its outputs and those of NAME.json.
"""
import json
import os
import struct
import sys

import torch
from torch import nn

DTYPES = {
    torch.float64: ("F64", "<f8"),
    torch.float32: ("F32", "<f4"),
    torch.float16: ("F16", "<f2"),
    torch.int64: ("I64", "<i8"),
}


def save_file(tensors, path):
    """What safetensors.torch.save_file does: Debian has no package of it."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        dtype, numpy = DTYPES[tensor.dtype]
        part = tensor.detach().contiguous().numpy().astype(numpy).tobytes()
        header[name] = {
            "dtype": dtype,
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(part)],
        }
        data += part
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def load_file(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__")
    start = 8 + length
    return {
        name: torch.frombuffer(
            bytearray(content[start + at : start + end]), dtype=torch.float64
        ).reshape(entry["shape"])
        for name, entry in header.items()
        for at, end in [entry["data_offsets"]]
    }


class Classes(tuple):
    """The shape of an input of class indices, and how many classes there are."""

    def __new__(cls, shape, count):
        made = super().__new__(cls, shape)
        made.count = count
        return made


class Mlp(nn.Module):
    inputs = {"x": (4,)}

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 16)
        self.norm = nn.LayerNorm(16)
        self.output = nn.Linear(16, 3)

    def forward(self, x):
        return self.output(torch.tanh(self.norm(self.hidden(x))))


class Cnn(nn.Module):
    inputs = {"image": (2, 8, 8)}

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3, stride=2, groups=2)
        self.bn2 = nn.BatchNorm2d(6)
        self.fc = nn.Linear(6, 3)

    def forward(self, image):
        a = torch.max_pool2d(torch.relu(self.bn1(self.conv1(image))), 2)
        b = torch.relu(self.bn2(self.conv2(a)))
        return self.fc(b.flatten(1))


class Gru(nn.Module):
    inputs = {"sequence": (6, 3)}

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(10, 2)

    def forward(self, sequence):
        return self.head(self.gru(sequence)[0])


class Transformer(nn.Module):
    inputs = {"tokens": Classes((5,), 11)}

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(block, 2)
        self.head = nn.Linear(8, 11)

    def forward(self, tokens):
        return self.head(self.encoder(self.embed(tokens)))


class Layers(nn.Module):
    """Every other layer with parameters."""

    inputs = {
        "x": (4,),
        "h": (3,),
        "c": (2,),
        "signal": (4, 9),
        "image": (2, 5, 5),
        "sequence": (5, 3),
    }

    def __init__(self):
        super().__init__()
        self.bilinear = nn.Bilinear(4, 4, 3)
        self.conv1d = nn.Conv1d(4, 6, 3, groups=2)
        self.bn1d = nn.BatchNorm1d(6)
        self.up1d = nn.ConvTranspose1d(6, 4, 3, stride=2, groups=2)
        self.up2d = nn.ConvTranspose2d(2, 3, (2, 3), padding=1)
        self.group = nn.GroupNorm(3, 3)
        self.instance = nn.InstanceNorm2d(3, affine=True)
        self.rnn = nn.RNN(3, 4, batch_first=True)
        self.lstm = nn.LSTM(4, 3, 2, bidirectional=True, batch_first=True)
        self.attention = nn.MultiheadAttention(6, 2, batch_first=True)
        self.rnn_cell = nn.RNNCell(4, 3)
        self.gru_cell = nn.GRUCell(3, 3)
        self.lstm_cell = nn.LSTMCell(3, 2)

    def forward(self, x, h, c, signal, image, sequence):
        wave = self.up1d(self.bn1d(self.conv1d(signal)))
        picture = self.instance(self.group(self.up2d(image)))
        steps = self.lstm(self.rnn(sequence)[0])[0]
        seen = self.attention(steps, steps, steps, need_weights=False)[0]
        cell = self.lstm_cell(self.gru_cell(self.rnn_cell(x, h), h), (c, c))[0]
        parts = [self.bilinear(x, x), wave, picture, seen, cell]
        return torch.cat([part.flatten(1) for part in parts], 1)


NETWORKS = {
    "mlp": Mlp,
    "cnn": Cnn,
    "gru": Gru,
    "transformer": Transformer,
    "layers": Layers,
}
BATCH = 3


def drawn(shape):
    if isinstance(shape, Classes):
        return torch.randint(shape.count, (BATCH, *shape))
    return torch.randn(BATCH, *shape, dtype=torch.float64)


def given(shape, values):
    dtype = torch.int64 if isinstance(shape, Classes) else torch.float64
    return torch.tensor(values, dtype=dtype).reshape(BATCH, *shape)


def made(network):
    """A network in eval mode, whose statistics and parameters are not where they start."""
    torch.manual_seed(7)
    model = network().double()
    inputs = [drawn(shape) for shape in network.inputs.values()]
    for _ in range(2):
        model(*inputs)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    return model.eval(), inputs


def write(folder):
    for name, network in NETWORKS.items():
        model, inputs = made(network)
        save_file(model.state_dict(), os.path.join(folder, name + ".safetensors"))
        with torch.no_grad():
            output = model(*inputs)
        record = {
            "batch": BATCH,
            "inputs": {
                key: value.flatten().tolist()
                for key, value in zip(network.inputs, inputs)
            },
            "output": output.flatten().tolist(),
        }
        with open(os.path.join(folder, name + ".json"), "w") as file:
            json.dump(record, file)
            file.write("\n")


def check(folder):
    for name, network in NETWORKS.items():
        model = network().double().eval()
        path = os.path.join(folder, name)
        model.load_state_dict(load_file(path + ".safetensors"), strict=True)
        with open(path + ".json") as file:
            record = json.load(file)
        inputs = [
            given(shape, record["inputs"][key])
            for key, shape in network.inputs.items()
        ]
        expected = torch.tensor(record["output"], dtype=torch.float64)
        with torch.no_grad():
            output = model(*inputs).flatten()
        print(name, (output - expected).abs().max().item())


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[2]](sys.argv[1])
