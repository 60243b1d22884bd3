"""`optirace train`, and what the files it writes say about its speed."""

import csv
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import machine


@dataclass(frozen=True)
class Race:
    """A race of two or more epochs that has ended."""

    epochs: list
    """Rows of `epochs.csv` by name of column, epoch 0 (before training) left out."""

    steps: list
    """`(samples, loss, accuracy)` of each step of the first run; empty unless asked for."""

    peak_memory: int

    def compute_seconds(self):
        """CPU seconds of an epoch's training steps, all that `steps.csv` has measured among them; mean over runs.

        The first epoch is left out, as it is for everyone: it warms up.
        """
        runs = {row["run"] for row in self.epochs}
        return self._growth("compute_s", sum) / len(runs)

    def wall_seconds(self):
        """Seconds of an epoch as they pass, validation included, until the last run is through with it."""
        return self._growth("wall_s", max)

    def _growth(self, column, gather):
        """By how much a column grows in an epoch, once it has been gathered from all runs."""
        last = max(int(row["epoch"]) for row in self.epochs)
        first, end = (gather(float(row[column]) for row in self.epochs if int(row["epoch"]) == e) for e in (1, last))
        return (end - first) / (last - 1)

    def means(self, start, end):
        """Mean loss and accuracy over the steps that end after `start` samples and by `end` samples."""
        total, loss, accuracy, before = 0, 0.0, 0.0, 0
        for samples, step_loss, step_accuracy in self.steps:
            size, before = samples - before, samples
            if start < samples <= end:
                total, loss, accuracy = total + size, loss + size * step_loss, accuracy + size * step_accuracy
        return loss / total, accuracy / total


def train(program, options, core=None, environment=None, with_steps=False):
    """Runs `optirace train` with these options, and reads what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "race"
        output = machine.run([program, "train", *options, "--out", out], core, environment)
        epochs = [row for row in rows(out / "epochs.csv") if int(row["epoch"]) > 0]
        steps = step_values(out / "steps.csv") if with_steps else []
        return Race(epochs, steps, output.peak_memory)


def step_values(path):
    """Samples seen, loss and accuracy of each step."""
    return [(int(row["samples"]), float(row["loss"]), float(row["accuracy"])) for row in rows(path)]


def rows(path):
    """Rows of a CSV file by name of column."""
    with open(path, newline="") as file:
        yield from csv.DictReader(file)
