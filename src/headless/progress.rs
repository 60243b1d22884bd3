//! What is printed on stderr while a race goes on: bars where a person watches, else a line for each epoch.

use indicatif::MultiProgress;

use super::bars::Bars;
use super::lines::Lines;
use super::say;
use crate::race::history::History;
use crate::race::protocol::{Milestone, RunIndex};

/// How progress is shown.
pub(super) enum ProgressDisplay {
    /// A bar for each run, redrawn in place.
    Bars(Bars),
    /// A line for each epoch.
    Lines(Lines),
}

impl ProgressDisplay {
    /// Bars where stderr is a terminal that can redraw a line, else lines.
    pub(super) fn new(history: &History, training_samples: usize) -> Self {
        let screen = MultiProgress::new();
        if screen.is_hidden() {
            Self::Lines(Lines::new(history))
        } else {
            Self::Bars(Bars::new(screen, history, training_samples))
        }
    }

    /// Tells what is new of `run`.
    pub(super) fn show(&mut self, history: &History, run: RunIndex, milestone: Milestone) {
        let Some(run_history) = history.runs.get(run) else { return };
        match self {
            Self::Bars(bars) => bars.show(run, run_history, milestone),
            Self::Lines(lines) => lines.show(run_history, history.epochs, milestone),
        }
    }

    /// Tells a sentence between the others.
    pub(super) fn say(&self, line: &str) {
        match self {
            Self::Bars(bars) => bars.say(line),
            Self::Lines(_) => say(line),
        }
    }
}
