//! The columns of the race's table: what each shows, and what it means. Those of other tables are below.

pub mod dynamics;
pub mod path;
pub mod result;

use super::Board;
use super::column::Column;
use super::playhead::RunView;
use super::series::Metric;
use super::value::{CellValue, Notation};
use crate::race::history::best_of;
use crate::race::measure::{EpochRecord, StepRecord, WindowRecord};
use crate::race::protocol::RunIndex;

/// Steps over which jumpy numbers are averaged.
const RECENT: usize = 50;

/// All columns between the run's name and its state, in the order in which they are shown.
pub static COLUMNS: &[Column<Board>] = &[
    Column {
        title: "lr",
        width: 6,
        rank: 0,
        meaning: "learning rate of the next step, the schedule's if there is one; `>` until the run has taken it \
                  over",
        value: |board, run| {
            CellValue::Number(board.seen_lr(run), Notation::Lr { asked: board.asked_lr[run].is_some() })
        },
    },
    Column {
        title: "loss",
        width: 5,
        rank: 0,
        meaning: "training loss, smoothed like the curve (cross-entropy in nats)",
        value: |board, run| number(smoothed(board, run, Metric::Loss), Notation::Loss),
    },
    Column {
        title: "acc",
        width: 5,
        rank: 1,
        meaning: "training accuracy, smoothed like the curve",
        value: |board, run| number(smoothed(board, run, Metric::Accuracy), Notation::Share),
    },
    Column {
        title: "val loss",
        width: 8,
        rank: 2,
        meaning: "validation loss after the last whole epoch",
        value: |board, run| number(last_epoch(board, run).map(|epoch| epoch.val.loss), Notation::Loss),
    },
    Column {
        title: "val acc",
        width: 7,
        rank: 0,
        meaning: "validation accuracy after the last whole epoch",
        value: |board, run| number(last_epoch(board, run).map(|epoch| epoch.val.accuracy), Notation::Share),
    },
    Column {
        title: "best val loss",
        width: 13,
        rank: 10,
        meaning: "lowest validation loss, with its epoch",
        value: |board, run| best_val(board.seen(run).epochs),
    },
    Column {
        title: "upd cos",
        width: 7,
        rank: 3,
        meaning: "cosine between an update and the one before it, mean of 50 steps: 1 straight on, 0 square, -1 back",
        value: |board, run| number(recent_mean(board, run, |step| step.update_cosine), Notation::Decimals(2)),
    },
    Column {
        title: "straight",
        width: 8,
        rank: 3,
        meaning: "net distance ÷ path length over 50 steps: 1 a straight line, near 0 a zigzag",
        value: |board, run| number(last_window(board, run).map(|window| window.straightness), Notation::Decimals(2)),
    },
    Column {
        title: "distance",
        width: 8,
        rank: 9,
        meaning: "how far the weights are from where they began",
        value: |board, run| number(last_window(board, run).map(|window| window.distance), Notation::Compact),
    },
    Column {
        title: "grad norm",
        width: 9,
        rank: 11,
        meaning: "length of the gradient, mean of 50 steps",
        value: |board, run| number(recent_mean(board, run, |step| step.grad_norm), Notation::Compact),
    },
    Column {
        title: "update norm",
        width: 11,
        rank: 12,
        meaning: "length of an update of the weights, mean of 50 steps",
        value: |board, run| number(recent_mean(board, run, |step| step.update_norm), Notation::Compact),
    },
    Column {
        title: "µs/step",
        width: 7,
        rank: 4,
        meaning: "CPU time of a step in microseconds, mean of 50 steps",
        value: |board, run| CellValue::of(recent_cost(board, run).map(|(seconds, _)| 1e6 * seconds), Notation::Grouped),
    },
    Column {
        title: "samples/s",
        width: 9,
        rank: 13,
        meaning: "training samples per CPU second, mean of 50 steps",
        value: |board, run| CellValue::of(recent_cost(board, run).map(|(_, rate)| rate), Notation::Rate),
    },
    Column {
        title: "compute",
        width: 7,
        rank: 14,
        meaning: "CPU time spent on training so far",
        value: |board, run| CellValue::Number(board.seen(run).compute_s(), Notation::Seconds),
    },
    Column {
        title: "epoch",
        width: 6,
        rank: 15,
        meaning: "epochs trained so far",
        value: |board, run| {
            let samples = board.seen(run).samples() as f64;
            CellValue::Number(samples / board.info.training_samples.max(1) as f64, Notation::Decimals(2))
        },
    },
    Column {
        title: "batch",
        width: 6,
        rank: 16,
        meaning: "samples of a minibatch",
        value: |board, run| CellValue::Number(board.history.runs[run].info.batch_size as f64, Notation::Count),
    },
];

/// How far the moment that is shown is from the marked one: a column behind each of those with this title.
pub static DIFFERENCES: &[(&str, Column<Board>)] = &[
    (
        "loss",
        Column {
            title: "Δ loss",
            width: 7,
            rank: 0,
            meaning: "with a mark (m): the loss less the one at the mark",
            value: |board, run| {
                let marked =
                    board.marked(run).and_then(|marked| board.series.after(run, Metric::Loss, marked.steps.len()));
                difference(smoothed(board, run, Metric::Loss), marked)
            },
        },
    ),
    (
        "acc",
        Column {
            title: "Δ acc",
            width: 7,
            rank: 1,
            meaning: "likewise of the training accuracy",
            value: |board, run| {
                let steps = board.marked(run).map(|marked| marked.steps.len());
                let marked = steps.and_then(|steps| board.series.after(run, Metric::Accuracy, steps));
                difference(smoothed(board, run, Metric::Accuracy), marked)
            },
        },
    ),
    (
        "val acc",
        Column {
            title: "Δ val acc",
            width: 9,
            rank: 2,
            meaning: "likewise of the validation accuracy",
            value: |board, run| {
                let marked = board.marked(run).and_then(last_evaluation);
                let accuracy = |epoch: Option<&EpochRecord>| epoch.map(|epoch| epoch.val.accuracy);
                difference(accuracy(last_epoch(board, run)), accuracy(marked))
            },
        },
    ),
];

/// The columns, each with its difference behind it.
pub fn with_differences() -> Vec<&'static Column<Board>> {
    let of = |title: &str| DIFFERENCES.iter().filter(move |(of, _)| *of == title).map(|(_, column)| column).next();
    COLUMNS.iter().flat_map(|column| [Some(column), of(column.title)]).flatten().collect()
}

fn difference(now: Option<f32>, marked: Option<f32>) -> CellValue {
    number(now.zip(marked).map(|(now, marked)| now - marked), Notation::Difference)
}

/// Lowest validation loss, with its epoch.
pub fn best_val(epochs: &[EpochRecord]) -> CellValue {
    best_of(epochs)
        .map_or(CellValue::Missing, |epoch| CellValue::Number(epoch.val.loss.into(), Notation::LossOf(epoch.epoch)))
}

/// A number that may not be there.
pub fn number(value: Option<f32>, notation: Notation) -> CellValue {
    CellValue::of(value.map(f64::from), notation)
}

/// A smoothed value of a run at the moment that is shown.
pub fn smoothed(board: &Board, run: RunIndex, metric: Metric) -> Option<f32> {
    board.series.after(run, metric, board.seen(run).steps.len())
}

/// The last window whose measures are numbers.
fn last_window(board: &Board, run: RunIndex) -> Option<&WindowRecord> {
    let is_number = |window: &&WindowRecord| window.straightness.is_finite() && window.distance.is_finite();
    board.seen(run).windows.iter().rev().find(is_number)
}

fn last_epoch(board: &Board, run: RunIndex) -> Option<&EpochRecord> {
    last_evaluation(board.seen(run))
}

fn last_evaluation(seen: RunView<'_>) -> Option<&EpochRecord> {
    seen.epochs.iter().rev().find(|epoch| epoch.val.loss.is_finite())
}

/// Mean over a run's last steps, those left out in which it is not a number.
pub fn recent_mean(board: &Board, run: RunIndex, value: fn(&StepRecord) -> f32) -> Option<f32> {
    mean_of_last(board.seen(run).steps, RECENT, value)
}

/// Mean over the last `count` steps, those left out in which the value is not a number.
pub fn mean_of_last(steps: &[StepRecord], count: usize, value: fn(&StepRecord) -> f32) -> Option<f32> {
    let recent = &steps[steps.len().saturating_sub(count)..];
    let finite = recent.iter().map(value).filter(|value| value.is_finite());
    let (count, sum) = finite.fold((0_u32, 0.0_f64), |(count, sum), value| (count + 1, sum + f64::from(value)));
    (count > 0).then(|| (sum / f64::from(count)) as f32)
}

/// CPU seconds of a step and samples per CPU second, over the last steps.
fn recent_cost(board: &Board, run: RunIndex) -> Option<(f64, f64)> {
    let steps = board.seen(run).steps;
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
