#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes convnet_reference.json: what PyTorch in Python says of the network, from its own layers.

Needs torch alone: python3 make_convnet_reference.py. For two sizes of the network it holds initial
weights, logits, loss, gradients, and the weights after ten RMSprop steps on one batch. The book's
network is computed in 64-bit floats: RMSprop divides each gradient by its own size, so that in ten
steps the rounding errors of 32 bits grow beyond what tells a right program from a wrong one.
"""
import json
import pathlib

import torch
from torch import nn

SEED = 7


def build(filters, dense_units, size):
    layers, channels = [], 3
    for count in filters:
        layers += [nn.Conv2d(channels, count, 3), nn.ReLU(), nn.MaxPool2d(2)]
        channels, size = count, (size - 2) // 2
    layers += [nn.Flatten(), nn.Linear(channels * size * size, dense_units), nn.ReLU()]
    net = nn.Sequential(*layers, nn.Linear(dense_units, 1))
    torch.manual_seed(SEED)
    for parameter in net.parameters():
        nn.init.xavier_uniform_(parameter) if parameter.dim() > 1 else nn.init.zeros_(parameter)
    return net


def pictures(count, size):
    """Bytes from a multiplicative hash of their position (N, C, H, W), rescaled as Keras does."""
    position = torch.arange(count * 3 * size * size, dtype=torch.int64)
    pixels = (position * 2654435761 % 2**32) >> 24
    return (pixels.float() * torch.tensor(1.0 / 255)).reshape(count, 3, size, size)


def sample(tensor, most):
    """At most `most` entries, evenly spaced, with the sum of all of them."""
    flat = tensor.detach().flatten()
    step = -(-flat.numel() // most)
    return {"step": step, "values": flat[::step].tolist(), "sum": flat.double().sum().item()}


def reference(filters, dense_units, size, count, most, dtype):
    net = build(filters, dense_units, size).to(dtype)
    names = [f"{layer}.{kind}" for layer in
             [f"conv{i + 1}" for i in range(len(filters))] + ["dense1", "dense2"]
             for kind in ("weight", "bias")]
    images, labels = pictures(count, size).to(dtype), torch.arange(count).remainder(2).to(dtype)
    optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-4, alpha=0.9, eps=1e-8)
    result = {"filters": filters, "dense_units": dense_units, "size": size, "count": count,
              "seed": SEED, "initial": {}, "gradients": {}, "after_ten_steps": {}, "losses": []}
    for name, parameter in zip(names, net.parameters()):
        result["initial"][name] = sample(parameter, most)
    for step in range(10):
        optimizer.zero_grad()
        logits = net(images).squeeze(1)
        loss = nn.functional.binary_cross_entropy_with_logits(logits, labels)
        loss.backward()
        if step == 0:
            result["logits"] = logits.tolist()
            for name, parameter in zip(names, net.parameters()):
                result["gradients"][name] = sample(parameter.grad, most)
        result["losses"].append(loss.item())
        optimizer.step()
    for name, parameter in zip(names, net.parameters()):
        result["after_ten_steps"][name] = sample(parameter, most)
    return result


def main():
    cases = {"torch": torch.__version__.split("+")[0],
             "small": reference([4, 6], 8, size=21, count=6, most=1000,
                                dtype=torch.float32),
             "book": reference([32, 64, 128, 128], 512, size=150, count=4, most=40,
                               dtype=torch.float64)}
    path = pathlib.Path(__file__).with_name("convnet_reference.json")
    path.write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
