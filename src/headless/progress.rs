//! What is told on stderr while a race goes on: bars where a person watches, else a line for each epoch.

use indicatif::MultiProgress;

use super::bars::Bars;
use super::lines::Lines;
use super::say;
use crate::race::history::History;
use crate::race::protocol::{EventKind, RunIndex};

/// What an event means for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// Steps were done.
    Steps,
    /// An epoch was evaluated.
    Epoch,
    /// The run has ended.
    Ended,
    /// Nothing to be told.
    Nothing,
}

impl News {
    /// What an event of this kind means.
    pub(super) fn of(kind: &EventKind) -> Self {
        match kind {
            EventKind::Progress { .. } => Self::Steps,
            EventKind::Epoch(_) => Self::Epoch,
            EventKind::Diverged { .. }
            | EventKind::Failed { .. }
            | EventKind::Finished { .. }
            | EventKind::Stopped { .. } => Self::Ended,
            EventKind::Started { .. }
            | EventKind::Restarted { .. }
            | EventKind::Snapshot(_)
            | EventKind::LrChanged { .. }
            | EventKind::Extended { .. }
            | EventKind::Paused { .. }
            | EventKind::Resumed { .. } => Self::Nothing,
        }
    }
}

/// How progress is told.
pub(super) enum Progress {
    /// A bar for each run, redrawn in place.
    Bars(Bars),
    /// A line for each epoch.
    Lines(Lines),
}

impl Progress {
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
    pub(super) fn show(&mut self, history: &History, run: RunIndex, news: News) {
        let Some(run_history) = history.runs.get(run) else { return };
        match self {
            Self::Bars(bars) => bars.show(run, run_history, news),
            Self::Lines(lines) => lines.show(run_history, history.epochs, news),
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
