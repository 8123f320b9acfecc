# SPDX-License-Identifier: Apache-2.0
"""PyTorch in Python with torchvision, as their own documents write it: a training step, an
augmented epoch from JPEG files, an evaluation.

Variants: plain; channels_last memory; bf16 is channels_last under autocast; compiled is that
through torch.compile, on a GPU in the mode for small networks, which replays CUDA graphs.
"""
import os

import peer

CHOSEN = peer.options(("step", "epoch", "evaluation"),
                      ("plain", "channels_last", "bf16", "compiled"), ("cpu", "cuda"))

import torch
from torch import nn

FAST = CHOSEN.variant in ("bf16", "compiled")
ON_GPU = CHOSEN.device == "cuda"
LAYOUT = torch.contiguous_format if CHOSEN.variant == "plain" else torch.channels_last


def import_torchvision():
    """torchvision as PyPI has it asks for CUDA's libraries, for operators that are not used here:
    beside a CPU build of torch those are declared, and the rest works."""
    import importlib.util
    folder = os.path.dirname(importlib.util.find_spec("torchvision").origin)
    try:
        torch.ops.load_library(os.path.join(folder, "_C.so"))
    except OSError:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision
    return torchvision


def make_model():
    """The book's network; images (N, 3, S, S) in [0, 1] → logits (N, 1)."""
    stages, channels, side = [], 3, peer.SIDE
    for filters in peer.FILTERS:
        stages += [nn.Conv2d(channels, filters, 3), nn.ReLU(), nn.MaxPool2d(2)]
        channels, side = filters, (side - 2) // 2
    model = nn.Sequential(*stages, nn.Flatten(), nn.Dropout(peer.DROPOUT),
                          nn.Linear(channels * side * side, peer.UNITS), nn.ReLU(),
                          nn.Linear(peer.UNITS, 1))
    assert sum(p.numel() for p in model.parameters()) == peer.WEIGHTS
    return model.to(CHOSEN.device, memory_format=LAYOUT)


def place(labels):
    return labels.to(CHOSEN.device, non_blocking=True)


class Trainer:
    """One step and one evaluation, as the tutorials write them."""

    def __init__(self):
        self.model = make_model()
        self.net = self.model
        if CHOSEN.variant == "compiled":
            self.net = torch.compile(self.model, mode="reduce-overhead" if ON_GPU else None)
        self.optimizer = torch.optim.RMSprop(self.model.parameters(), peer.LEARNING_RATE, alpha=0.9)
        self.loss = nn.BCEWithLogitsLoss()

    def forward(self, images):
        images = images.to(CHOSEN.device, memory_format=LAYOUT, non_blocking=True)
        with torch.autocast(CHOSEN.device, torch.bfloat16, enabled=FAST):
            return self.net(images).float().squeeze(1)

    def train(self, batches):
        self.model.train()
        for images, labels in batches:
            self.optimizer.zero_grad()
            loss = self.loss(self.forward(images), place(labels).float())
            loss.backward()
            self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def evaluate(self, batches):
        self.model.eval()
        loss = hits = count = 0
        for images, labels in batches:
            logits, labels = self.forward(images), place(labels)
            loss += self.loss(logits, labels.float()).item() * len(labels)
            hits += ((logits > 0) == (labels > 0)).sum().item()
            count += len(labels)
        return loss / count, hits / count


def step():
    torch.manual_seed(0)
    images = torch.rand(peer.BATCHES, peer.BATCH, 3, peer.SIDE, peer.SIDE, device=CHOSEN.device)
    batches = [(image.contiguous(memory_format=LAYOUT), place(torch.randint(0, 2, (peer.BATCH,))))
               for image in images]
    trainer = Trainer()
    return (peer.STEPS * peer.BATCH,
            lambda: trainer.train(batches[i % peer.BATCHES] for i in range(peer.STEPS)))


def load(subset, augmented, keep_workers=True):
    torchvision = import_torchvision()
    from torchvision.transforms import v2
    nearest = v2.InterpolationMode.NEAREST
    chain = [v2.Resize((peer.SIDE, peer.SIDE), nearest), v2.ToImage()]
    if augmented:
        chain += [v2.RandomHorizontalFlip(),
                  v2.RandomAffine(peer.ROTATION, (peer.SHIFT, peer.SHIFT),
                                  (1 - peer.ZOOM, 1 + peer.ZOOM), peer.SHEAR * 57.3, nearest)]
    chain.append(v2.ToDtype(torch.float32, scale=True))
    folder = torchvision.datasets.ImageFolder(os.path.join(CHOSEN.data, subset), v2.Compose(chain))
    return torch.utils.data.DataLoader(folder, peer.BATCH, shuffle=augmented,
                                       num_workers=CHOSEN.threads, pin_memory=ON_GPU,
                                       persistent_workers=keep_workers)


def epoch():
    training, validation = load("train", augmented=True), load("validation", augmented=False)
    trainer = Trainer()

    def work():
        trainer.train(training)
        trainer.evaluate(validation)

    return len(training.dataset) + len(validation.dataset), work


def evaluation():
    pictures = load("test", augmented=False)
    trainer = Trainer()
    return len(pictures.dataset), lambda: trainer.evaluate(pictures)


def main():
    torch.set_num_threads(CHOSEN.threads)
    images, work = {"step": step, "epoch": epoch, "evaluation": evaluation}[CHOSEN.kind]()
    peer.serve(CHOSEN.kind, images, work, {"torch": torch.__version__})


if __name__ == "__main__":
    main()
