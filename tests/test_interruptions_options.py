# SPDX-License-Identifier: Apache-2.0
"""The same of runs with other networks, optimisers, schedules and augmentations."""
import unittest

import test_interruptions
from interruption_support import MANY, SMALL


def settings(*pairs):
    return [*SMALL, *(word for pair in pairs for word in ("--set", pair))]


class Killed(test_interruptions.Interruptions):
    KILLS = 8 if MANY else 1
    test_stopped = test_killed_again_and_again = None  # those of the plain run will do


class Adamw(Killed):
    SETTINGS = settings("optimizer.name=adamw", "optimizer.weight_decay=0.05",
                        "optimizer.clip_norm=1", "schedule.name=cosine",
                        "schedule.warmup_epochs=1", "train.label_smoothing=0.1")


class Sgd(Killed):
    SETTINGS = settings("optimizer.name=sgd", "optimizer.nesterov=true", "schedule.name=plateau",
                        "schedule.patience=1", "train.balance_classes=true")


class Resnet(Killed):
    SETTINGS = settings("model.architecture=resnet", "model.filters=[8,16]",
                        "model.stochastic_depth=0.2", "train.average=0.9", "train.accumulate=2",
                        "optimizer.name=muon", "data.kept_size=40", "train.first_size=16")


class Augmented(Killed):
    SETTINGS = settings("model.norm=batch", "augment.crop_area=[0.3,1]",
                        "augment.contrast_range=[0.6,1.4]", "augment.hue_range=20",
                        "augment.rand_augment_ops=2", "augment.erasing_probability=0.3")


class Mixed(Killed):
    SETTINGS = settings("augment.mixup_alpha=0.4", "augment.cutmix_alpha=1",
                        "augment.mix_share=0.7", "augment.mix_epochs=2", "train.average=0.95",
                        "model.head=average", "model.dense_units=0")


del Killed  # no test by itself


if __name__ == "__main__":
    unittest.main()
