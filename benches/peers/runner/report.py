"""The tables, in Markdown."""

from statistics import median

from .peers import BOTH_OURS, OURS, OURS_AVX2

LOSS_TOLERANCE = 0.1
"""Seeds alone move the loss of an epoch by a few percent, and that of a part of one by more."""

IDLE_TOLERANCE = 0.03

NAMES = {"pytorch": "PyTorch", "jax": "JAX", "keras": "Keras", "sgd": "SGD", "adam": "Adam"}


def table(head, body):
    """A Markdown table: the first column is text, the others are numbers. Rows without any number are left out."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    lines += [row for row in body if any(row[1:])]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


class Comparison:
    """All measurements of all rounds, to be looked at by peer, optimizer and batch size."""

    def __init__(self, measurements, roofline, optimizers, batches):
        self.roofline = roofline
        self.columns = [(optimizer, batch) for optimizer in optimizers for batch in batches]
        self.all = measurements
        self.peers = list(dict.fromkeys(m.job.peer for m in measurements))
        self.cells = {}
        for m in measurements:
            self.cells.setdefault((m.job.peer, m.job.optimizer, m.job.batch), {})[m.round] = m

    def cell(self, peer, column):
        """Measurements by round."""
        return self.cells.get((peer, *column), {})

    def grid(self, names, text):
        """A table with a row for each of `names`, `text(name, column)` in its cells."""
        head = [""] + [f"{NAMES.get(optimizer, optimizer)} {batch}" for optimizer, batch in self.columns]
        return table(head, [[label, *(text(name, c) for c in self.columns)] for name, label in names.items()])

    def seconds(self):
        """Seconds per epoch, with the floors below."""
        floors = {"dense": "floor, dense", "sparse": "floor without dark pixels"}
        names = {peer: NAMES.get(peer, peer) for peer in self.peers}
        names |= {f"{peer} wall": f"{peer}, wall time with validation" for peer in BOTH_OURS} | floors

        def text(name, column):
            if name in floors:
                return f"{self.roofline[name][self.columns.index(column)]:.3f}"
            if name.endswith(" wall"):
                return spread([m.wall_with_validation for m in self.cell(name.removesuffix(" wall"), column).values()])
            measured = self.cell(name, column).values()
            return spread([m.seconds for m in measured]) + ("†" if any(m.fraction < 1 for m in measured) else "")

        return self.grid(names, text)

    def ratios(self):
        """How many times the seconds of optirace the others take: medians of the ratios within each round."""
        pairs = {(peer, OURS): f"{NAMES.get(peer, peer)} ÷ {OURS}" for peer in self.peers if peer != OURS}
        others = [peer for peer in self.peers if peer not in BOTH_OURS]
        pairs |= {(peer, OURS_AVX2): f"{NAMES.get(peer, peer)} ÷ {OURS_AVX2}" for peer in others}

        def text(pair, column):
            theirs, ours = (self.cell(peer, column) for peer in pair)
            return spread([theirs[n].seconds / ours[n].seconds for n in theirs.keys() & ours.keys()])

        return self.grid(pairs, text)

    def losses(self):
        """Mean loss and accuracy of what was timed, beside optirace's on the same part of an epoch."""
        doubtful = []

        def text(peer, column):
            measured = list(self.cell(peer, column).values())
            if not measured:
                return ""
            loss, accuracy = median(m.loss for m in measured), median(m.accuracy for m in measured)
            cell = f"{loss:.3f} {accuracy:.3f}"
            windows = [m.windows[measured[0].job.fraction] for m in self.cell(OURS, column).values()]
            if not windows or peer == OURS:
                return cell
            own, own_accuracy = (median(values) for values in zip(*windows))
            if measured[0].job.fraction < 1:
                cell += f" ({own:.3f} {own_accuracy:.3f})"
            if not abs(loss / own - 1) <= LOSS_TOLERANCE:
                doubtful.append(f"{peer} {column[0]} {column[1]}")
                cell += " ✗"
            return cell

        grid = self.grid({peer: NAMES.get(peer, peer) for peer in self.peers}, text)
        if OURS not in self.peers:
            return grid
        if doubtful:
            return f"{grid}\n\nNot the same training (✗): {', '.join(doubtful)}."
        return f"{grid}\n\nAll train alike: every loss is within {LOSS_TOLERANCE:.0%} of optirace's."

    def disturbance(self):
        """Whether something else had the core: then the figures are not to be trusted."""
        timed = [m for m in self.all if m.job.peer not in BOTH_OURS]
        disturbed = [m for m in timed if m.idle > IDLE_TOLERANCE]
        return (
            f"In {len(disturbed)} of {len(timed)} measurements of peers the program was off its core for more than "
            f"{IDLE_TOLERANCE:.0%} of the time" + ("; run this again on a quiet machine." if disturbed else ".")
        )

    def versions(self):
        """What was compared."""
        return ", ".join(dict.fromkeys(m.version for m in self.all))


def spread(values):
    """Median, with the least and the greatest value if there are several."""
    if not values:
        return ""
    middle = number(median(values))
    return middle if len(values) == 1 else f"{middle} ({number(min(values))}–{number(max(values))})"


def number(value):
    """Three significant digits, and never a power of ten."""
    digits = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f}"
