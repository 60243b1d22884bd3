//! A progress bar for each run.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::printer::Job;
use super::table::label_width;
use crate::board::columns::mean_of_last;
use crate::board::ranking::state_text;
use crate::race::history::{History, RunHistory};
use crate::race::protocol::{Milestone, RunIndex};
use crate::text::padded;
use crate::text::printed::{bar_characters, printed};

/// Steps whose mean loss and accuracy a bar shows: a single minibatch would flicker.
const SHOWN_STEPS: usize = 100;

/// A progress bar for each run, the length of all its epochs in samples.
pub(super) struct Bars {
    screen: MultiProgress,
    bars: Vec<ProgressBar>,
}

impl Bars {
    /// Empty bars on `screen`.
    pub(super) fn new(screen: MultiProgress, history: &History, training_samples: usize) -> Self {
        let template = "{prefix} {bar:20} {percent:>3} %  {eta:>3} left  {wide_msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let style = style.progress_chars(bar_characters());
        let length = u64::from(history.epochs).saturating_mul(training_samples as u64);
        let width = label_width(history);
        let bar = |run: &RunHistory| {
            let bar = screen.add(ProgressBar::new(length));
            bar.set_style(style.clone());
            bar.set_prefix(printed(&padded(&run.info.label, width)).into_owned());
            bar
        };
        Self { bars: history.runs.iter().map(bar).collect(), screen }
    }

    /// Moves the bar of a run on.
    pub(super) fn show(&self, run: RunIndex, history: &RunHistory, milestone: Milestone) -> Option<Job> {
        let (bar, samples, text) = (self.bars.get(run)?.clone(), history.samples(), standing(history));
        match milestone {
            Milestone::Steps => Some(Box::new(move || {
                bar.set_message(text);
                bar.set_position(samples);
            })),
            Milestone::Epoch => Some(Box::new(move || bar.set_message(text))),
            Milestone::Ended => {
                let text = printed(&format!("{}  {text}", state_text(&history.state))).into_owned();
                Some(Box::new(move || bar.abandon_with_message(text)))
            }
            Milestone::Other => None,
        }
    }

    /// Prints a sentence above the bars.
    pub(super) fn say(&self, line: &str) -> Job {
        let (screen, line) = (self.screen.clone(), printed(line).into_owned());
        // Where the bars cannot be drawn, neither could a complaint.
        Box::new(move || drop(screen.println(line)))
    }
}

/// Mean loss and accuracy of the last steps, and the last validation accuracy, as far as there are any.
fn standing(run: &RunHistory) -> String {
    let mean = |value| mean_of_last(&run.steps, SHOWN_STEPS, value);
    let training = mean(|step| step.loss).zip(mean(|step| step.accuracy));
    let training = training.map(|(loss, accuracy)| format!("loss {loss:.4}  acc {accuracy:.4}"));
    let validation = run.epochs.last().map(|epoch| format!("val acc {:.4}", epoch.val.accuracy));
    training.into_iter().chain(validation).collect::<Vec<_>>().join("  ")
}
