//! What is printed on stderr while a race goes on: bars where a person watches, else a line for each epoch.

use indicatif::MultiProgress;

use super::bars::Bars;
use super::lines::Lines;
use super::printer::Printer;
use crate::race::history::History;
use crate::race::protocol::{Milestone, RunIndex};
use crate::text::printed::say;

/// What is printed while a race goes on.
pub(super) struct ProgressDisplay {
    form: ProgressForm,
    printer: Printer,
}

/// How progress is shown.
enum ProgressForm {
    /// A bar for each run, redrawn in place.
    Bars(Bars),
    /// A line for each epoch.
    Lines(Lines),
    /// Warnings alone.
    Warnings,
}

impl ProgressDisplay {
    /// Nothing if it is to be `quiet`; else bars where stderr is a terminal that can redraw a line, or lines.
    pub(super) fn new(history: &History, training_samples: usize, quiet: bool) -> Self {
        let screen = MultiProgress::new();
        let form = if quiet {
            ProgressForm::Warnings
        } else if screen.is_hidden() {
            ProgressForm::Lines(Lines::new(history))
        } else {
            ProgressForm::Bars(Bars::new(screen, history, training_samples))
        };
        Self { form, printer: Printer::start() }
    }

    /// Shows what is new of `run`.
    pub(super) fn show(&self, history: &History, run: RunIndex, milestone: Milestone) {
        let Some(run_history) = history.runs.get(run) else { return };
        let job = match &self.form {
            ProgressForm::Bars(bars) => bars.show(run, run_history, milestone),
            ProgressForm::Lines(lines) => lines.show(run_history, history.epochs, milestone),
            ProgressForm::Warnings => None,
        };
        match milestone {
            Milestone::Steps => job.into_iter().for_each(|job| self.printer.print_if_idle(job)),
            _ => job.into_iter().for_each(|job| self.printer.print(job)),
        }
    }

    /// Prints a sentence between the others.
    pub(super) fn say(&self, line: &str) {
        let line = line.to_owned();
        self.printer.print(match &self.form {
            ProgressForm::Bars(bars) => bars.say(&line),
            ProgressForm::Lines(_) | ProgressForm::Warnings => Box::new(move || say(&line)),
        });
    }

    /// Waits until all was printed.
    pub(super) fn finish(self) {
        self.printer.finish();
    }
}
