#!/usr/bin/env python3
"""Compares the training speed of optirace with PyTorch, JAX, Keras and candle, side by side on one core.

Everything needed is made first: a virtual environment with the pinned packages, candle's program, optirace. Then, in
rounds, everyone trains the same network on the same samples; the tables that come out are Markdown.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path

from runner import machine
from runner.peers import BOTH_OURS, PEERS, jobs, measure
from runner.prepare import DATA, PROGRAMS, VENV, prepare, say
from runner.report import Comparison

OPTIMIZERS = ["sgd", "adam"]
BATCHES = [1, 32, 512]
QUICK = 1 / 8


def command_line():
    """Options and their values; lists have commas between."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds, each measures all once (5)")
    parser.add_argument("--peers", type=names(PEERS), default=PEERS, help=f"some of {','.join(PEERS)} (all)")
    parser.add_argument("--optimizers", type=names(OPTIMIZERS), default=OPTIMIZERS, help="some of sgd,adam (both)")
    parser.add_argument("--batches", type=sizes, default=BATCHES, help="batch sizes (1,32,512)")
    parser.add_argument("--quick", action="store_true", help="one round, peers on an eighth of the samples: a test")
    parser.add_argument("--core", type=int, default=machine.cores()[-1], metavar="N", help="the core (the last one)")
    parser.add_argument("--venv", type=Path, default=VENV, metavar="DIR", help="the virtual environment (.venv here)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the tables there too")
    return parser.parse_args()


def names(known):
    """A list of some of `known`."""

    def parse(text):
        chosen = text.split(",")
        if unknown := set(chosen) - set(known):
            raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: not one of {', '.join(known)}")
        return chosen

    return parse


def sizes(text):
    """A list of positive numbers."""
    chosen = [int(number) for number in text.split(",")]
    if min(chosen) < 1:
        raise argparse.ArgumentTypeError("a batch has at least 1 sample")
    return chosen


def measure_roofline(tools, options):
    """What the core could do at best."""
    lists = [",".join(options.optimizers), ",".join(map(str, options.batches))]
    output = machine.run([tools.python, PROGRAMS / "roofline.py", DATA, *lists], options.core)
    return json.loads(machine.last_line(output.text))


def measure_rounds(tools, options):
    """Takes all measurements; what fails is reported and left out, and what was measured until then is not lost."""
    groups = list(jobs(options.peers, options.optimizers, options.batches, QUICK if options.quick else 1))
    measurements, failures = [], 0
    for number in range(options.rounds):
        for group in groups:
            # Who comes first changes from round to round: after a pause, a processor may run faster than later.
            turn = number % len(group) if group else 0
            for job in group[turn:] + group[:turn]:
                name = f"round {number + 1}/{options.rounds}  {job.peer:13}  {job.optimizer:4}  batch {job.batch:3}"
                try:
                    measurements.append(measure(job, number, tools, options.core))
                    say(f"{name}  {measurements[-1].seconds:8.3f} s")
                except machine.Failed as failure:
                    failures += 1
                    say(f"{name}  failed: {failure}")
    return measurements, failures


def document(comparison, options):
    """The whole report."""
    roofline = comparison.roofline
    parts = [
        f"{datetime.date.today()}, one core of {machine.processor()}, rounds: {options.rounds}. "
        f"{comparison.versions()}.",
        "Columns are optimizer and batch size. Median, then least to greatest. Seconds are CPU time, of optirace that "
        "of its training steps with all that `steps.csv` holds; on a core of one's own it is the time that passes.",
        "**Seconds per epoch**",
        comparison.seconds(),
        f"† timed on a part of an epoch and scaled up. A floor is {roofline['gflop_per_epoch']:.2f} GFLOP at "
        f"{roofline['gflops']:.0f} GFLOP/s (a matrix product by NumPy), then every weight and moment in and out once a "
        f"step at {roofline['gbytes']:.0f} GB/s (second-level cache); {roofline['lit']:.0%} of the pixels are lit.",
    ]
    if set(BOTH_OURS) & set(comparison.peers):
        parts += ["**Times the seconds of optirace**", comparison.ratios()]
    parts += [
        "**Mean loss and accuracy of what was timed** (in brackets: optirace on the same part of an epoch)",
        comparison.losses(),
        comparison.disturbance(),
    ]
    return "\n\n".join(parts) + "\n"


def main():
    options = command_line()
    options.rounds = 1 if options.quick else options.rounds
    tools = prepare(options.venv, options.peers)
    if machine.load() > 0.5:
        say(f"Load is {machine.load():.1f}: other programs will disturb the measurements")
    roofline = measure_roofline(tools, options)
    measurements, failures = measure_rounds(tools, options)
    if not measurements:
        return 1
    report = document(Comparison(measurements, roofline, options.optimizers, options.batches), options)
    print(report, end="")
    if options.out:
        options.out.write_text(report)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
