//! The keys of views with charts.

use super::{Action, Entry, plain};

/// The kind of vertical axis.
pub const LOG: Entry = Entry {
    keys: &[(plain('l'), Action::ToggleLog)],
    shown: "l",
    short: "log",
    help: "vertical axis, of loss or of the dynamics: logarithmic or linear",
    rank: 4,
};

/// The smoothing of the loss, wherever it is drawn.
pub const SMOOTH: Entry = Entry {
    keys: &[(plain('s'), Action::NextSmoothing)],
    shown: "s",
    short: "smooth",
    help: "smoothing of the training curves: over 0, 320, 1,600 or 6,400 samples (exponential moving average)",
    rank: 1,
};

/// Which runs are seen.
pub const HIDE: Entry = Entry {
    keys: &[(plain('v'), Action::ToggleHidden)],
    shown: "v",
    short: "hide",
    help: "hide the selected run's curves and path, or show them",
    rank: 6,
};

/// One run alone.
pub const ONLY: Entry = Entry {
    keys: &[(plain('o'), Action::ToggleOnly)],
    shown: "o",
    short: "only",
    help: "only the selected run's curves and path; again: all runs",
    rank: 6,
};

/// These keys, in the order in which they are shown.
pub static KEYS: &[Entry] = &[
    LOG,
    SMOOTH,
    Entry {
        keys: &[(plain('x'), Action::NextXAxis)],
        shown: "x",
        short: "axis",
        help: "horizontal axis: samples, epochs or compute time",
        rank: 2,
    },
    HIDE,
    ONLY,
];
