"""The network `mlp` of networks.ts in PyTorch, a part of it trained: reads a job as JSON, prints all parameters after it."""
import json
import sys

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
job = json.load(sys.stdin)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.second = nn.Linear(4, 4)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(torch.tanh(self.second(torch.tanh(self.first(x)))))


net = Network()
params = dict(net.named_parameters())
for given in job["params"]:
    param = params[given["name"]]
    param.data.copy_(torch.tensor(given["values"]).reshape(param.shape))
    param.requires_grad = given["trained"]
trained = [(name, p) for name, p in params.items() if p.requires_grad]
optimizer = torch.optim.Adam(
    [
        {"params": [p for name, p in trained if name.endswith(".bias")], "lr": 0.1},
        {"params": [p for name, p in trained if not name.endswith(".bias")]},
    ],
    lr=0.01,
)
x = torch.tensor(job["x"]).reshape(-1, 3)
y = torch.tensor(job["y"]).reshape(-1, 2)
for _ in range(job["steps"]):
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), y).backward()
    optimizer.step()
print(json.dumps({name: p.flatten().tolist() for name, p in params.items()}))
