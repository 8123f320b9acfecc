# SPDX-License-Identifier: Apache-2.0
"""Keras 3 on TensorFlow, as Keras's own documents write it: a training step, an augmented epoch
from JPEG files, an evaluation.

Variants of an epoch: `dataset` is the tutorial on loading images (image_dataset_from_directory,
decoded pictures cached, augmentation layers mapped on all cores, prefetched); `generator` is the
book's ImageDataGenerator. A name that ends in -bf16 runs under mixed_bfloat16, in -jit through XLA.
"""
import os

import peer

CHOSEN = peer.options(("step", "epoch", "evaluation"), (
    "float32", "bf16", "float32-jit", "bf16-jit", "dataset", "dataset-bf16", "generator",
    "generator-bf16"))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy
import tensorflow as tf
from keras import layers

AUTOTUNE = tf.data.AUTOTUNE


def make_model():
    """The book's network, compiled; images come in as floats in [0, 1]."""
    stages = []
    for filters in peer.FILTERS:
        stages += [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D(2)]
    model = keras.Sequential([
        keras.Input((peer.SIDE, peer.SIDE, 3)), *stages, layers.Flatten(),
        layers.Dropout(peer.DROPOUT), layers.Dense(peer.UNITS, activation="relu"),
        layers.Dense(1, activation="sigmoid", dtype="float32")])
    assert model.count_params() == peer.WEIGHTS
    model.compile(optimizer=keras.optimizers.RMSprop(peer.LEARNING_RATE),
                  loss="binary_crossentropy", metrics=["accuracy"],
                  jit_compile="jit" in CHOSEN.variant)
    return model


def step():
    """Steps by the compiled training function that fit() itself calls."""
    model = make_model()
    rng = numpy.random.default_rng(0)
    size = (peer.BATCHES, peer.BATCH, peer.SIDE, peer.SIDE, 3)
    batches = iter(tf.data.Dataset.from_tensor_slices(
        (rng.random(size, dtype="float32"), rng.integers(0, 2, size[:2] + (1,)).astype("float32"))
    ).repeat().prefetch(AUTOTUNE))
    model.make_train_function()

    def work():
        for _ in range(peer.STEPS):
            logs = model.train_function(batches)
        float(logs["loss"])

    return peer.STEPS * peer.BATCH, work


def load(subset, **keywords):
    """(images as bytes, labels) of DIR/subset."""
    dataset = keras.utils.image_dataset_from_directory(
        os.path.join(CHOSEN.data, subset), label_mode="binary", batch_size=None,
        image_size=(peer.SIDE, peer.SIDE), interpolation="nearest", verbose=False, **keywords)
    return dataset.map(lambda image, label: (tf.cast(image, tf.uint8), label), AUTOTUNE)


def rescale(image, label):
    return tf.cast(image, tf.float32) / 255, label


def dataset_epoch():
    nearest = {"fill_mode": "nearest", "interpolation": "nearest"}
    augment = keras.Sequential([
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(peer.ROTATION / 360, **nearest),
        layers.RandomTranslation(peer.SHIFT, peer.SHIFT, **nearest),
        layers.RandomShear(peer.SHEAR, 0.0, **nearest),
        layers.RandomZoom((-peer.ZOOM, peer.ZOOM), (-peer.ZOOM, peer.ZOOM), **nearest)])
    training = load("train", shuffle=False).cache()
    images = training.cardinality().numpy()
    training = (training.shuffle(images).batch(peer.BATCH).map(rescale, AUTOTUNE)
                .map(lambda image, label: (augment(image, training=True), label), AUTOTUNE)
                .prefetch(AUTOTUNE))
    validation = load("validation", shuffle=False).cache()
    images += validation.cardinality().numpy()
    validation = validation.batch(peer.BATCH).map(rescale, AUTOTUNE).prefetch(AUTOTUNE)
    model = make_model()
    return int(images), lambda: model.fit(training, validation_data=validation, verbose=0)


def generator_epoch():
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    def flow(generator, subset):
        batches = generator.flow_from_directory(
            os.path.join(CHOSEN.data, subset), target_size=(peer.SIDE, peer.SIDE),
            batch_size=peer.BATCH, class_mode="binary")
        batches.workers = CHOSEN.threads
        return batches

    training = flow(ImageDataGenerator(
        rescale=1 / 255, rotation_range=peer.ROTATION, width_shift_range=peer.SHIFT,
        height_shift_range=peer.SHIFT, shear_range=peer.SHEAR, zoom_range=peer.ZOOM,
        horizontal_flip=True), "train")
    validation = flow(ImageDataGenerator(rescale=1 / 255), "validation")
    model = make_model()
    return (training.samples + validation.samples,
            lambda: model.fit(training, validation_data=validation, verbose=0))


def evaluation():
    """From the files to loss and accuracy; nothing is kept from round to round."""
    pictures = load("test", shuffle=False)
    images = int(pictures.cardinality().numpy())
    pictures = pictures.batch(peer.BATCH).map(rescale, AUTOTUNE).prefetch(AUTOTUNE)
    model = make_model()
    return images, lambda: model.evaluate(pictures, verbose=0)


def main():
    tf.config.threading.set_intra_op_parallelism_threads(CHOSEN.threads)
    if "bf16" in CHOSEN.variant:
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
    epoch = generator_epoch if "generator" in CHOSEN.variant else dataset_epoch
    images, work = {"step": step, "epoch": epoch, "evaluation": evaluation}[CHOSEN.kind]()
    peer.serve(CHOSEN.kind, images, work, {"keras": keras.__version__, "tensorflow": tf.__version__})


if __name__ == "__main__":
    main()
