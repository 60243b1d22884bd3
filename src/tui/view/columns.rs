//! The columns of the table: what each shows, and what it means.

use crate::board::column::Column;
use crate::board::value::{CellValue, Notation};
use crate::race::history::RunHistory;
use crate::race::metrics::{EpochRecord, StepRecord, WindowRecord};
use crate::race::protocol::RunIndex;
use crate::tui::app::App;
use crate::tui::series::Metric;

/// Steps over which jumpy numbers are averaged.
const RECENT: usize = 50;

/// All columns between the run's name and its state, in the order in which they are shown.
pub static COLUMNS: &[Column<App>] = &[
    Column {
        title: "lr",
        width: 6,
        rank: 0,
        meaning: "learning rate of the next step, as a schedule has it if there is one; `>` until the run has taken it over",
        value: |app, run| CellValue::Number(app.lr(run), Notation::Lr { asked: app.asked_lr[run].is_some() }),
    },
    Column {
        title: "loss",
        width: 5,
        rank: 0,
        meaning: "training loss, smoothed like the curve (cross-entropy in nats)",
        value: |app, run| number(app.series.last(run, Metric::Loss), Notation::Loss),
    },
    Column {
        title: "acc",
        width: 5,
        rank: 1,
        meaning: "training accuracy, smoothed like the curve",
        value: |app, run| number(app.series.last(run, Metric::Accuracy), Notation::Share),
    },
    Column {
        title: "val loss",
        width: 8,
        rank: 2,
        meaning: "validation loss after the last whole epoch",
        value: |app, run| number(last_epoch(app, run).map(|epoch| epoch.val.loss), Notation::Loss),
    },
    Column {
        title: "val acc",
        width: 7,
        rank: 0,
        meaning: "validation accuracy after the last whole epoch",
        value: |app, run| number(last_epoch(app, run).map(|epoch| epoch.val.accuracy), Notation::Share),
    },
    Column {
        title: "best val loss",
        width: 13,
        rank: 10,
        meaning: "lowest validation loss, with its epoch",
        value: |app, run| best_val(&app.history.runs[run]),
    },
    Column {
        title: "upd cos",
        width: 7,
        rank: 3,
        meaning: "cosine between an update and the one before it, mean of 50 steps: 1 straight on, 0 square, -1 back",
        value: |app, run| number(recent_mean(app, run, |step| step.update_cosine), Notation::Decimals(2)),
    },
    Column {
        title: "straight",
        width: 8,
        rank: 3,
        meaning: "way made good over 50 steps, as a share of the way gone: 1 a straight line, near 0 a zigzag",
        value: |app, run| number(last_window(app, run).map(|window| window.straightness), Notation::Decimals(2)),
    },
    Column {
        title: "distance",
        width: 8,
        rank: 9,
        meaning: "how far the weights are from where they began",
        value: |app, run| number(last_window(app, run).map(|window| window.distance), Notation::Compact),
    },
    Column {
        title: "grad norm",
        width: 9,
        rank: 11,
        meaning: "length of the gradient, mean of 50 steps",
        value: |app, run| number(recent_mean(app, run, |step| step.grad_norm), Notation::Compact),
    },
    Column {
        title: "update norm",
        width: 11,
        rank: 12,
        meaning: "length of an update of the weights, mean of 50 steps",
        value: |app, run| number(recent_mean(app, run, |step| step.update_norm), Notation::Compact),
    },
    Column {
        title: "step",
        width: 6,
        rank: 4,
        meaning: "CPU time of a step, mean of 50 steps",
        value: |app, run| CellValue::of(recent_cost(app, run).map(|(seconds, _)| seconds), Notation::Seconds),
    },
    Column {
        title: "samples/s",
        width: 9,
        rank: 13,
        meaning: "training samples per CPU second, mean of 50 steps",
        value: |app, run| CellValue::of(recent_cost(app, run).map(|(_, rate)| rate), Notation::Rate),
    },
    Column {
        title: "compute",
        width: 7,
        rank: 14,
        meaning: "CPU time spent on training so far",
        value: |app, run| CellValue::Number(app.history.runs[run].compute_s(), Notation::Seconds),
    },
    Column {
        title: "epoch",
        width: 6,
        rank: 15,
        meaning: "epochs trained so far",
        value: |app, run| {
            let samples = app.history.runs[run].samples() as f64;
            CellValue::Number(samples / app.facts.training_samples.max(1) as f64, Notation::Decimals(2))
        },
    },
    Column {
        title: "batch",
        width: 6,
        rank: 16,
        meaning: "samples of a minibatch",
        value: |app, run| CellValue::Number(app.history.runs[run].info.batch_size as f64, Notation::Count),
    },
];

/// Lowest validation loss, with its epoch.
pub fn best_val(run: &RunHistory) -> CellValue {
    run.best_val()
        .map_or(CellValue::Missing, |epoch| CellValue::Number(epoch.val.loss.into(), Notation::LossOf(epoch.epoch)))
}

/// A number that may not be there.
pub fn number(value: Option<f32>, notation: Notation) -> CellValue {
    CellValue::of(value.map(f64::from), notation)
}

/// The last window whose measures are numbers.
fn last_window(app: &App, run: RunIndex) -> Option<&WindowRecord> {
    let is_number = |window: &&WindowRecord| window.straightness.is_finite() && window.distance.is_finite();
    app.history.runs[run].windows.iter().rev().find(is_number)
}

fn last_epoch(app: &App, run: RunIndex) -> Option<&EpochRecord> {
    app.history.runs[run].epochs.iter().rev().find(|epoch| epoch.val.loss.is_finite())
}

/// Mean over a run's last steps, those left out in which it is not a number.
pub fn recent_mean(app: &App, run: RunIndex, value: fn(&StepRecord) -> f32) -> Option<f32> {
    let steps = &app.history.runs[run].steps;
    let recent = &steps[steps.len().saturating_sub(RECENT)..];
    let finite = recent.iter().map(value).filter(|value| value.is_finite());
    let (count, sum) = finite.fold((0_u32, 0.0_f64), |(count, sum), value| (count + 1, sum + f64::from(value)));
    (count > 0).then(|| (sum / f64::from(count)) as f32)
}

/// CPU seconds of a step and samples per CPU second, over the last steps.
fn recent_cost(app: &App, run: RunIndex) -> Option<(f64, f64)> {
    let steps = &app.history.runs[run].steps;
    let last = steps.last()?;
    // The first step's time is counted from zero.
    let (count, before) = match steps.len().checked_sub(RECENT + 1) {
        Some(index) => (RECENT, Some(&steps[index])),
        None => (steps.len(), None),
    };
    let seconds = last.compute_s - before.map_or(0.0, |step| step.compute_s);
    let samples = last.samples - before.map_or(0, |step| step.samples);
    (seconds > 0.0).then(|| (seconds / count as f64, samples as f64 / seconds))
}
