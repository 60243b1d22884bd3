"""What the peers in Python share: their command line, their clock and the line they print."""

import json
import sys
import time
from dataclasses import dataclass

from fashion import CLASSES, PIXELS, load

HIDDEN = 100
LEARNING_RATE = {"sgd": 0.01, "adam": 0.001}


@dataclass(frozen=True)
class Task:
    """What one start of a program measures, from the command line `DATA OPTIMIZER BATCH FRACTION SEED`.

    The program trains twice on `fraction` of an epoch, reshuffled in between: the first time warms it up, the second
    is timed.
    """

    data: str
    optimizer: str
    batch: int
    fraction: float
    seed: int

    @classmethod
    def from_command_line(cls):
        data, optimizer, batch, fraction, seed = sys.argv[1:]
        return cls(data, optimizer, int(batch), float(fraction), int(seed))

    @property
    def learning_rate(self):
        return LEARNING_RATE[self.optimizer]

    def samples(self, available):
        """How many samples each of the two parts trains on: whole batches, unless it is the whole epoch."""
        if self.fraction == 1:
            return available
        return max(1, round(available * self.fraction / self.batch)) * self.batch


class Stopwatch:
    """Wall time, and CPU time of the whole process beside it: where they differ, something else had the core."""

    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def stop(self):
        """Fixes both at what has passed since the start."""
        self.wall, self.cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return self


def glorot_limits():
    """Shape and range of the initial weights of both layers: uniform within ±limit, as Keras draws them."""
    return [((rows, columns), (6 / (rows + columns)) ** 0.5) for rows, columns in [(PIXELS, HIDDEN), (HIDDEN, CLASSES)]]


def weighted_mean(values, batch, samples):
    """The mean over samples of what is given for each batch; the last one may be smaller."""
    sizes = [min(batch, samples - start) for start in range(0, samples, batch)]
    assert len(sizes) == len(values), "a value for each minibatch"
    return sum(float(value) * size for value, size in zip(values, sizes)) / samples


def report(peer, task, fraction, stopwatch, loss, accuracy, version):
    """Prints the measurement, scaled up to an epoch from the `fraction` of one that was timed."""
    line = {
        "peer": peer,
        "optimizer": task.optimizer,
        "batch": task.batch,
        "seconds_per_epoch": stopwatch.wall / fraction,
        "cpu_seconds_per_epoch": stopwatch.cpu / fraction,
        "fraction": fraction,
        "loss_mean": loss,
        "accuracy_mean": accuracy,
        "version": version,
    }
    print(json.dumps(line))


__all__ = ["CLASSES", "HIDDEN", "PIXELS", "Stopwatch", "Task", "glorot_limits", "load", "report", "weighted_mean"]
