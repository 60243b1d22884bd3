"""The machine: its processor, and how a program is held to a single core of it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

SINGLE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
"""One core and several threads would only get in each other's way."""

QUIET_AND_ON_THE_PROCESSOR = {
    "KERAS_BACKEND": "tensorflow",
    "JAX_PLATFORMS": "cpu",
    "CUDA_VISIBLE_DEVICES": "",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


class Failed(Exception):
    """A program ended with an error; the text says which, and the end of what it wrote."""


@dataclass(frozen=True)
class Output:
    """What a program printed, and the most memory it had at a time, in bytes."""

    text: str
    peak_memory: int


def cores():
    """The cores that may be used."""
    return sorted(os.sched_getaffinity(0))


def run(command, core=None, environment=None):
    """Runs a program to its end: single-threaded on `core`, or free to use all cores if that is None."""
    variables = os.environ | QUIET_AND_ON_THE_PROCESSOR | (environment or {})
    if core is not None:
        variables |= SINGLE_THREAD
    process = subprocess.Popen(
        list(map(str, command)),
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
    )
    with process.stdout:
        text = process.stdout.read()
    # Not `process.wait()`, which would not tell the memory of this one program.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}\nended with {process.returncode}:\n{text[-2000:]}")
    return Output(text, usage.ru_maxrss * 1024)


def last_line(text):
    """The last line of an output: libraries like to chat before it."""
    return text.strip().splitlines()[-1]


def processor():
    """Name of the processor; with family and model too, as some only call themselves by their maker."""
    fields = {}
    for line in Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines():
        key, _, value = line.partition(":")
        fields[key.strip()] = value.strip()
    name = fields.get("model name", "unknown processor")
    details = [f"family {fields['cpu family']} model {fields['model']}"] if "cpu family" in fields else []
    flags = fields.get("flags", "").split()
    details += [next((label for flag, label in INSTRUCTIONS if flag in flags), "neither AVX2 nor AVX-512")]
    return f"{name} ({', '.join(details)})"


INSTRUCTIONS = [("avx512f", "AVX-512"), ("avx2", "AVX2")]


def load():
    """How many processes wanted a core lately: a measurement wants it near 0 before it starts."""
    return os.getloadavg()[0]
