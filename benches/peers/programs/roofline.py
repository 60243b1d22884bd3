"""What the core could do at best: the floors that no program's seconds per epoch should be expected to go below.

`DATA OPTIMIZERS BATCHES`, lists with commas between. Two rates are measured with NumPy on the one core: multiply-adds
in a large matrix product (practical peak of its vector units), and bytes in and out of the second-level cache, where
the weights of this network live. A floor is the arithmetic of an epoch at the first rate and, after it, each weight and
moment read and written once per step at the second. The other floor leaves out what dark pixels spare the first layer.
"""

import json
import sys
import time

import numpy as np

from peer import CLASSES, HIDDEN, PIXELS, load

SIDE = 1536
"""Of the square matrices: large enough for the peak, small enough for a tenth of a second."""

BYTES_PER_WEIGHT = {"sgd": 4 * 3, "adam": 4 * 7}
"""Weights are read on the way forward, read and written by the update, which reads and writes Adam's moments too."""

FIRST_LAYER = PIXELS * HIDDEN
SECOND_LAYER = HIDDEN * CLASSES


def fastest(action, times):
    """CPU seconds of `action` in the fastest of 20 series of so many `times`: a peak is asked for, not an average."""
    seconds = []
    for _ in range(20):
        start = time.process_time()
        for _ in range(times):
            action()
        seconds.append(time.process_time() - start)
    return min(seconds) / times


def peak_flops():
    """Operations per second of a single-precision matrix product; a multiply-add counts as two."""
    a, b = np.ones((2, SIDE, SIDE), np.float32)
    product = np.empty_like(a)
    return 2 * SIDE**3 / fastest(lambda: np.matmul(a, b, out=product), times=1)


def cache_bytes():
    """Bytes per second of `w -= g` on arrays of the network's size: two of three are read, one is written."""
    weights, gradients = np.ones((2, FIRST_LAYER + SECOND_LAYER), np.float32)
    return 3 * weights.nbytes / fastest(lambda: np.subtract(weights, gradients, out=weights), times=200)


def epoch_flops(lit=1.0):
    """Operations of an epoch per sample: forward and weight gradients of both layers, input gradients of the second."""
    return 2 * (2 * FIRST_LAYER * lit + 3 * SECOND_LAYER)


def touched_share(x, batch):
    """Share of the pixels that are lit in at least one sample of a batch."""
    batches = x[: len(x) // batch * batch].reshape(-1, batch, PIXELS)[: max(1, 4096 // batch)]
    return float((batches > 0).any(axis=1).mean())


def floor(samples, optimizer, batch, flops, bandwidth, lit=1.0, touched=1.0):
    """Seconds of an epoch, when `lit` of the pixels count and `touched` of the first layer's weights are needed."""
    weights = FIRST_LAYER * touched + SECOND_LAYER
    steps = -(-samples // batch)
    return samples * epoch_flops(lit) / flops + steps * weights * BYTES_PER_WEIGHT[optimizer] / bandwidth


def main():
    data, optimizers, batches = sys.argv[1:]
    x, _ = load(data)
    flops, bandwidth = peak_flops(), cache_bytes()
    lit = float((x > 0).mean())
    dense, sparse = [], []
    for optimizer in optimizers.split(","):
        for batch in map(int, batches.split(",")):
            # A weight of a dark pixel needs no gradient step, but Adam's moments go on decaying and moving it.
            touched = touched_share(x, batch) if optimizer == "sgd" else 1.0
            dense.append(floor(len(x), optimizer, batch, flops, bandwidth))
            sparse.append(floor(len(x), optimizer, batch, flops, bandwidth, lit, touched))
    line = {
        "gflops": flops / 1e9,
        "gbytes": bandwidth / 1e9,
        "gflop_per_epoch": len(x) * epoch_flops() / 1e9,
        "lit": lit,
        "dense": dense,
        "sparse": sparse,
    }
    print(json.dumps(line))


main()
