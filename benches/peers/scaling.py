#!/usr/bin/env python3
"""Shows how the cost of an epoch of optirace grows with batch size, hidden layers and number of runs.

Everything is measured with `optirace train -o adam` on the 48,000 training samples of Fashion-MNIST; the tables that
come out are Markdown.
"""

import argparse
import datetime
import sys
from pathlib import Path
from statistics import median

from runner import machine
from runner.optirace import train
from runner.prepare import ROOT, build, say
from runner.report import number, table

BATCHES = ["1", "8", "32", "128", "512", "full"]
HIDDEN = ["32", "100", "256", "1024", "256,128"]
RUNS = [1, 2, 4, 6, 12]

SAMPLES = 48_000
PIXELS = 784
CLASSES = 10


def command_line():
    """Options and their values."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=3, metavar="N", help="medians are over N races (3)")
    parser.add_argument("--core", type=int, default=machine.cores()[-1], metavar="N", help="the core (the last one)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the tables there too")
    return parser.parse_args()


class Scaling:
    """Measures one kind of race after another, each several times."""

    def __init__(self, program, repetitions, core):
        self.program, self.repetitions, self.core = program, repetitions, core

    def races(self, *options, core, threads):
        """The same race, over and over: two epochs, since the first one warms up and is not counted."""
        command = [*options, "--epochs", 2, "--threads", threads]
        say(f"optirace train {' '.join(map(str, command))}{'' if core is None else f'  (core {core})'}")
        return [train(self.program, command, core) for _ in range(self.repetitions)]

    def compute(self, *options):
        """CPU seconds of the training steps of an epoch, on one core."""
        return median(race.compute_seconds() for race in self.races("-o", "adam", *options, core=self.core, threads=1))

    def by_batch(self):
        """One table; small batches update more often, large ones keep the arithmetic together."""
        body = []
        for batch in BATCHES:
            seconds = self.compute("--batch-size", batch)
            steps = 1 if batch == "full" else -(-SAMPLES // int(batch))
            body.append([batch, f"{steps:,}", number(seconds), f"{seconds / steps * 1e6:,.0f}"])
        return table(["batch size", "steps an epoch", "seconds an epoch", "µs a step"], body)

    def by_hidden(self):
        """One table; GFLOP/s counts what a dense network of that size takes, dark pixels included."""
        body = []
        for hidden in HIDDEN:
            seconds = self.compute("--hidden", hidden)
            sizes = [PIXELS, *map(int, hidden.split(",")), CLASSES]
            weights = [a * b for a, b in zip(sizes, sizes[1:])]
            # Forward, gradients of weights, and gradients of inputs; those of the pixels nobody needs.
            flop = 2 * SAMPLES * (3 * sum(weights) - weights[0])
            body.append([hidden, f"{sum(weights) + sum(sizes[1:]):,}", number(seconds), f"{flop / seconds / 1e9:.0f}"])
        return table(["hidden units", "parameters", "seconds an epoch", "GFLOP/s"], body)

    def by_runs(self):
        """One table: the same race on one core and on all, validation included, and its peak of memory."""
        cores = len(machine.cores())
        races = {str(runs): ["-o", "adam"] * runs for runs in RUNS} | {"6, the default": []}
        body = []
        for name, options in races.items():
            single = self.races(*options, core=self.core, threads=1)
            parallel = self.races(*options, core=None, threads=cores)
            slow, fast = (median(race.wall_seconds() for race in some) for some in (single, parallel))
            memory = max(race.peak_memory for race in parallel) / 2**20
            body.append([name, number(slow), number(fast), f"{slow / fast:.2f}", f"{memory:.0f}"])
        head = ["runs", "s an epoch, 1 core", f"s an epoch, {cores} cores", "times faster", "peak MiB"]
        return table(head, body)


def main():
    options = command_line()
    if machine.load() > 0.5:
        say(f"Load is {machine.load():.1f}: other programs will disturb the measurements")
    scaling = Scaling(build("optirace", ROOT), options.repetitions, options.core)
    version = machine.run([scaling.program, "--version"]).text.strip()
    report = "\n\n".join([
        f"{datetime.date.today()}, {machine.processor()}, {version}, medians of {options.repetitions}.",
        "**Batch size** (Adam, 100 hidden units, one core)",
        scaling.by_batch(),
        "**Hidden layers** (Adam, batch size 32, one core)",
        scaling.by_hidden(),
        "**Number of runs** (Adam, batch size 32, 100 hidden units, wall time with validation)",
        scaling.by_runs(),
    ]) + "\n"  # fmt: skip
    print(report, end="")
    if options.out:
        options.out.write_text(report)


if __name__ == "__main__":
    sys.exit(main())
