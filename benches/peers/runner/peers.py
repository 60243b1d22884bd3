"""Who is compared, and how one measurement of each is taken."""

import json
from dataclasses import dataclass, field

from . import machine, optirace
from .prepare import DATA, PROGRAMS

PYTHON_PROGRAMS = {"pytorch": "with_pytorch.py", "jax": "with_jax.py", "keras": "with_keras.py"}
OURS = "optirace"
OURS_AVX2 = "optirace-avx2"
BOTH_OURS = (OURS, OURS_AVX2)
PEERS = [*PYTHON_PROGRAMS, "candle", *BOTH_OURS]

BATCHES_OF_AVX2 = {32}
"""What optirace does on processors with fewer instructions is a matter of one column."""

FRACTIONS_AT_BATCH_1 = {"pytorch": 1 / 8, "keras": 1 / 8, "candle": 1 / 32}
"""Those who take half a minute and more to an epoch of single samples are timed on a part of it, scaled up."""

SAMPLES = 48_000


@dataclass(frozen=True)
class Job:
    """One measurement to be taken."""

    peer: str
    optimizer: str
    batch: int
    scale: float
    """By which the parts of an epoch that are timed are made smaller, to have a quick look only."""

    @property
    def fraction(self):
        """The part of an epoch that is trained on to warm up, and again to be timed; optirace always does all of it."""
        if self.peer in BOTH_OURS:
            return 1.0
        return self.scale * (FRACTIONS_AT_BATCH_1.get(self.peer, 1.0) if self.batch == 1 else 1.0)


@dataclass(frozen=True)
class Measurement:
    """What a job gave. Means are over the samples of the timed part."""

    job: Job
    round: int
    seconds: float
    """CPU time of an epoch: of the whole program; of optirace the training steps, since it validates in between.

    On a core of its own that is the wall time, and where something else wants the core too, it is the fairer one.
    """

    loss: float
    accuracy: float
    version: str
    fraction: float = 1.0
    idle: float = 0.0
    """Share of the wall time in which the program did not have its core."""

    wall_with_validation: float | None = None
    """Only of optirace."""

    windows: dict = field(default_factory=dict)
    """Only of optirace: mean loss and accuracy in the parts of an epoch that others are timed on, by fraction."""


def jobs(peers, optimizers, batches, scale):
    """All jobs of a round, those that are compared with each other in one list."""
    for optimizer in optimizers:
        for batch in batches:
            here = [peer for peer in peers if peer != OURS_AVX2 or batch in BATCHES_OF_AVX2]
            yield [Job(peer, optimizer, batch, scale) for peer in here]


def measure(job, round_number, tools, core):
    """Takes one measurement; the round's number is the seed of weights and order."""
    if job.peer in BOTH_OURS:
        return measure_optirace(job, round_number, tools, core)
    program = [tools.candle] if job.peer == "candle" else [tools.python, PROGRAMS / PYTHON_PROGRAMS[job.peer]]
    task = [DATA, job.optimizer, job.batch, job.fraction, round_number]
    line = json.loads(machine.last_line(machine.run([*program, *task], core).text))
    return Measurement(
        job,
        round_number,
        seconds=line["cpu_seconds_per_epoch"],
        loss=line["loss_mean"],
        accuracy=line["accuracy_mean"],
        version=line["version"],
        fraction=line["fraction"],
        idle=1 - line["cpu_seconds_per_epoch"] / line["seconds_per_epoch"],
    )


def measure_optirace(job, round_number, tools, core):
    """A race of two epochs; the loss of the others is compared with it on the parts of an epoch that they do."""
    environment = {"OPTIRACE_INSTRUCTIONS": "avx2"} if job.peer == OURS_AVX2 else None
    options = ["-o", job.optimizer, "--epochs", 2, "--threads", 1, "--batch-size", job.batch, "--seed", round_number]
    race = optirace.train(tools.optirace, options, core, environment, with_steps=True)
    fractions = {Job(peer, job.optimizer, job.batch, job.scale).fraction for peer in PEERS}
    windows = {fraction: race.means(fraction * SAMPLES, 2 * fraction * SAMPLES) for fraction in fractions}
    loss, accuracy = windows[job.fraction]
    return Measurement(
        job,
        round_number,
        seconds=race.compute_seconds(),
        loss=loss,
        accuracy=accuracy,
        version=machine.run([tools.optirace, "--version"]).text.strip(),
        wall_with_validation=race.wall_seconds(),
        windows=windows,
    )
