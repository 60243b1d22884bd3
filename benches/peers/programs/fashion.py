"""The 48,000 training samples as two raw files, so that every peer, the Rust one too, reads the same bytes.

Run with a folder, this module writes them there from the gzipped originals. They are the samples that
`optirace train` trains on: those that scikit-learn's `train_test_split(test_size=0.2, random_state=42)` leaves.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

ORIGINALS = Path(__file__).resolve().parents[3] / "assets" / "fashion-mnist"
PIXELS = 784
CLASSES = 10
VALIDATION = 12_000
SPLIT_SEED = 42

IMAGES = "images.u8"
LABELS = "labels.u8"


def write(folder):
    """Writes images and labels, a byte for each value, samples one after another."""
    images = original("train-images-idx3-ubyte.gz", header=16).reshape(-1, PIXELS)
    labels = original("train-labels-idx1-ubyte.gz", header=8)
    train = np.random.RandomState(SPLIT_SEED).permutation(len(labels))[VALIDATION:]
    folder.mkdir(parents=True, exist_ok=True)
    images[train].tofile(folder / IMAGES)
    labels[train].tofile(folder / LABELS)


def original(name, header):
    """The values of an IDX file without its header."""
    with gzip.open(ORIGINALS / name) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def load(folder):
    """Pixels between 0 and 1 in float32, a row for each sample, and labels as int64."""
    pixels = np.fromfile(Path(folder) / IMAGES, np.uint8).reshape(-1, PIXELS)
    labels = np.fromfile(Path(folder) / LABELS, np.uint8)
    return pixels.astype(np.float32) / np.float32(255), labels.astype(np.int64)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
