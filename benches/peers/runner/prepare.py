"""Makes what is measured: the virtual environment, the data as raw files, candle's program and optirace."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
PROGRAMS = HERE / "programs"
DATA = HERE / ".data"
VENV = HERE / ".venv"


@dataclass(frozen=True)
class Tools:
    """Where the programs are; None for those that nobody asked for."""

    python: Path
    candle: Path | None
    optirace: Path | None


def prepare(venv, peers):
    """Makes what `peers` need; what is there already is left as it is."""
    python = virtual_environment(venv)
    say("Writing the training samples")
    subprocess.run([python, PROGRAMS / "fashion.py", DATA], check=True)
    candle = build("candle-peer", HERE / "candle") if "candle" in peers else None
    own = build("optirace", ROOT) if any(peer.startswith("optirace") for peer in peers) else None
    return Tools(python, candle, own)


def virtual_environment(folder):
    """A virtual environment with the pinned packages; its Python."""
    python = folder / "bin" / "python"
    if not python.exists():
        say(f"Making a virtual environment in {folder}")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    say("Installing PyTorch, JAX, Keras and TensorFlow into it, unless they are there")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"], check=True)
    return python


def build(name, project):
    """Builds a Cargo project as anyone would, in release mode; the program `name` that it makes."""
    say(f"Building {name} in release mode")
    command = ["cargo", "build", "--release", "--locked", "--message-format=json-render-diagnostics"]
    output = subprocess.run(command, cwd=project, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = map(json.loads, output.splitlines())
    programs = (m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == name)
    return Path(next(programs))


def say(text):
    """Progress goes to standard error: standard output is for the tables."""
    print(text, file=sys.stderr, flush=True)
