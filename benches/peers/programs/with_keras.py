"""Keras as most people use it: `compile` and `fit` on NumPy arrays, with its defaults and the TensorFlow backend.

Keras keeps running means of loss and accuracy and not each minibatch's own values; a callback that keeps those too
would slow it down, so it is let off.
"""

import keras
import tensorflow as tf

from peer import CLASSES, HIDDEN, PIXELS, Stopwatch, Task, load, report


class EpochClock(keras.callbacks.Callback):
    """Times each epoch of a `fit`, without what `fit` does before the first and after the last one."""

    def __init__(self):
        super().__init__()
        self.stopwatches = []

    def on_epoch_begin(self, epoch, logs=None):
        self.stopwatches.append(Stopwatch())

    def on_epoch_end(self, epoch, logs=None):
        self.stopwatches[-1].stop()


def main():
    task = Task.from_command_line()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(task.seed)
    x, y = load(task.data)
    samples = task.samples(len(y))
    model = keras.Sequential([
        keras.Input((PIXELS,)),
        keras.layers.Dense(HIDDEN, activation="relu"),
        keras.layers.Dense(CLASSES),
    ])
    optimizer = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[task.optimizer]
    model.compile(
        optimizer=optimizer(task.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )

    clock = EpochClock()
    part = None if samples == len(y) else samples // task.batch
    history = model.fit(
        x, y, batch_size=task.batch, epochs=2, steps_per_epoch=part, shuffle=True, verbose=0, callbacks=[clock]
    ).history

    version = f"Keras {keras.__version__} (TensorFlow {tf.__version__})"
    loss, accuracy = history["loss"][1], history["accuracy"][1]
    report("keras", task, samples / len(y), clock.stopwatches[1], loss, accuracy, version)


main()
