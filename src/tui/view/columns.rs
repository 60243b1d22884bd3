//! The columns of the table: what each shows, and what it means.

use super::format;
use crate::race::history::{RunHistory, RunState};
use crate::race::metrics::{EpochRecord, StepRecord, WindowRecord};
use crate::race::protocol::RunIndex;
use crate::text::shortest;
use crate::tui::app::App;
use crate::tui::lr;
use crate::tui::series::Metric;

/// Steps over which jumpy numbers are averaged.
const RECENT: usize = 50;

/// A column of the table.
pub struct Column {
    /// What stands above it.
    pub title: &'static str,
    /// Characters it needs.
    pub width: u16,
    /// Where room is short, the columns of the lowest ranks are shown.
    pub rank: u8,
    /// What it means, for the help.
    pub meaning: &'static str,
    /// What stands in it.
    pub value: fn(&App, RunIndex) -> String,
}

/// All columns between the run's name and its state, in the order in which they are shown.
pub static COLUMNS: &[Column] = &[
    Column {
        title: "lr",
        width: 6,
        rank: 0,
        meaning: "learning rate of the next step, as a schedule has it if there is one; `>` until the run has taken it over",
        value: |app, run| {
            let asked = if app.asked_lr[run].is_some() { ">" } else { "" };
            format!("{asked}{}", lr::short(app.lr(run)))
        },
    },
    Column {
        title: "loss",
        width: 5,
        rank: 0,
        meaning: "training loss, smoothed like the curve (cross-entropy in nats)",
        value: |app, run| app.series.last(run, Metric::Loss).map_or_else(none, format::loss),
    },
    Column {
        title: "acc",
        width: 5,
        rank: 1,
        meaning: "training accuracy, smoothed like the curve",
        value: |app, run| app.series.last(run, Metric::Accuracy).map_or_else(none, format::share),
    },
    Column {
        title: "val loss",
        width: 8,
        rank: 2,
        meaning: "validation loss after the last whole epoch",
        value: |app, run| last_epoch(app, run).map_or_else(none, |epoch| format::loss(epoch.val.loss)),
    },
    Column {
        title: "val acc",
        width: 7,
        rank: 0,
        meaning: "validation accuracy after the last whole epoch",
        value: |app, run| last_epoch(app, run).map_or_else(none, |epoch| format::share(epoch.val.accuracy)),
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
        value: |app, run| recent_mean(app, run, |step| step.update_cosine).map_or_else(none, |v| format!("{v:.2}")),
    },
    Column {
        title: "straight",
        width: 8,
        rank: 3,
        meaning: "way made good over 50 steps, as a share of the way gone: 1 a straight line, near 0 a zigzag",
        value: |app, run| last_window(app, run).map_or_else(none, |window| format!("{:.2}", window.straightness)),
    },
    Column {
        title: "distance",
        width: 8,
        rank: 9,
        meaning: "how far the weights are from where they began",
        value: |app, run| last_window(app, run).map_or_else(none, |window| format::compact(window.distance)),
    },
    Column {
        title: "grad norm",
        width: 9,
        rank: 11,
        meaning: "length of the gradient, mean of 50 steps",
        value: |app, run| recent_mean(app, run, |step| step.grad_norm).map_or_else(none, format::compact),
    },
    Column {
        title: "update norm",
        width: 11,
        rank: 12,
        meaning: "length of an update of the weights, mean of 50 steps",
        value: |app, run| recent_mean(app, run, |step| step.update_norm).map_or_else(none, format::compact),
    },
    Column {
        title: "step",
        width: 6,
        rank: 4,
        meaning: "CPU time of a step, mean of 50 steps",
        value: |app, run| recent_cost(app, run).map_or_else(none, |(seconds, _)| format::duration(seconds)),
    },
    Column {
        title: "samples/s",
        width: 9,
        rank: 13,
        meaning: "training samples per CPU second, mean of 50 steps",
        value: |app, run| recent_cost(app, run).map_or_else(none, |(_, pace)| format::rate(pace)),
    },
    Column {
        title: "compute",
        width: 7,
        rank: 14,
        meaning: "CPU time spent on training so far",
        value: |app, run| format::duration(app.history.runs[run].compute_s()),
    },
    Column {
        title: "epoch",
        width: 6,
        rank: 15,
        meaning: "epochs trained so far",
        value: |app, run| {
            let samples = app.history.runs[run].samples() as f64;
            format!("{:.2}", samples / app.facts.training_samples.max(1) as f64)
        },
    },
    Column {
        title: "batch",
        width: 6,
        rank: 16,
        meaning: "samples of a minibatch",
        value: |app, run| shortest(app.history.runs[run].info.batch_size as f64),
    },
];

/// What the last column says.
pub fn state(app: &App, run: RunIndex, wide: bool) -> String {
    let run = &app.history.runs[run];
    match &run.state {
        RunState::Preparing => "starting".to_owned(),
        RunState::Running => "running".to_owned(),
        RunState::Paused => "paused".to_owned(),
        RunState::Finished => "finished".to_owned(),
        RunState::Stopped => "stopped".to_owned(),
        RunState::Diverged { step } if wide => format!("diverged at {step}"),
        RunState::Diverged { .. } => "diverged".to_owned(),
        RunState::Failed { .. } => "failed".to_owned(),
    }
}

/// Lowest validation loss, with its epoch.
pub fn best_val(run: &RunHistory) -> String {
    run.best_val().map_or_else(none, |epoch| format!("{} (ep {})", format::loss(epoch.val.loss), epoch.epoch))
}

/// What stands where nothing was measured.
pub fn none() -> String {
    format::NONE.to_owned()
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
