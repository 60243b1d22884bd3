//! A line for each epoch of each run: progress for files and pipes.

use super::printer::Job;
use super::table::label_width;
use crate::board::ranking::state_text;
use crate::race::history::{History, RunHistory};
use crate::race::measure::EpochRecord;
use crate::race::protocol::Milestone;
use crate::text::printed::say;
use crate::text::{padded, waiting_time};

/// Prints a line for each epoch and each end of a run.
pub(super) struct Lines {
    width: usize,
}

impl Lines {
    /// Lines whose columns line up.
    pub(super) fn new(history: &History) -> Self {
        Self { width: label_width(history) }
    }

    /// Prints what is new of a run, if that is worth a line.
    pub(super) fn show(&self, run: &RunHistory, epochs: u32, milestone: Milestone) -> Option<Job> {
        let text = match (milestone, run.epochs.last()) {
            (Milestone::Epoch, Some(epoch)) => epoch_text(epoch, epochs),
            (Milestone::Ended, _) => match run.test {
                Some(test) => {
                    format!("{}  test loss {:.4}  test acc {:.4}", state_text(&run.state), test.loss, test.accuracy)
                }
                None => state_text(&run.state),
            },
            _ => return None,
        };
        let line = format!("{}  {text}", padded(&run.info.label, self.width));
        Some(Box::new(move || say(&line)))
    }
}

fn epoch_text(epoch: &EpochRecord, epochs: u32) -> String {
    let digits = epochs.to_string().len();
    let train = epoch.train.map_or_else(
        || " ".repeat("loss 0.0000  acc 0.0000".len()),
        |train| format!("loss {:.4}  acc {:.4}", train.loss, train.accuracy),
    );
    let to_come = epochs.saturating_sub(epoch.epoch);
    let left = match epoch.epoch {
        1.. if to_come > 0 => {
            let seconds = epoch.wall_s / f64::from(epoch.epoch) * f64::from(to_come);
            format!(", {} left", waiting_time(seconds))
        }
        _ => String::new(),
    };
    format!(
        "epoch {:>digits$}/{epochs}  {train}  val loss {:.4}  val acc {:.4}  {:.1} s{left}",
        epoch.epoch, epoch.val.loss, epoch.val.accuracy, epoch.wall_s
    )
}
