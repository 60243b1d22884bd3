//! The columns of the numbers behind the charts of the dynamics.

use super::{number, recent_mean};
use crate::board::Board;
use crate::board::column::Column;
use crate::board::value::{CellValue, Notation};
use crate::race::measure::EffectiveLr;
use crate::race::protocol::RunIndex;

/// All columns.
pub static COLUMNS: &[Column<Board>] = &[
    Column {
        title: "lr",
        width: 7,
        rank: 0,
        meaning: "learning rate of the next step",
        value: |board, run| CellValue::Number(board.seen_lr(run), Notation::Lr { asked: false }),
    },
    Column {
        title: "grad norm",
        width: 10,
        rank: 1,
        meaning: "length of the gradient, mean of 50 steps",
        value: |board, run| number(recent_mean(board, run, |step| step.grad_norm), Notation::Compact),
    },
    Column {
        title: "update norm",
        width: 12,
        rank: 2,
        meaning: "length of an update of the weights, mean of 50 steps",
        value: |board, run| number(recent_mean(board, run, |step| step.update_norm), Notation::Compact),
    },
    Column {
        title: "eff lr 10 %",
        width: 12,
        rank: 3,
        meaning: "10th percentile of the effective learning rates",
        value: |board, run| number(last_rates(board, run).map(|rates| rates.p10), Notation::Compact),
    },
    Column {
        title: "median",
        width: 8,
        rank: 4,
        meaning: "their median",
        value: |board, run| number(last_rates(board, run).map(|rates| rates.p50), Notation::Compact),
    },
    Column {
        title: "90 %",
        width: 8,
        rank: 5,
        meaning: "their 90th percentile",
        value: |board, run| number(last_rates(board, run).map(|rates| rates.p90), Notation::Compact),
    },
    Column {
        title: "no gradient",
        width: 12,
        rank: 6,
        meaning: "parameters whose gradient is 0",
        value: |board, run| CellValue::of(last_rates(board, run).map(|rates| rates.still.into()), Notation::Grouped),
    },
];

/// The effective learning rates of what is shown, the whole network or a layer, in the run's last window.
fn last_rates(board: &Board, run: RunIndex) -> Option<&EffectiveLr> {
    board.seen(run).effective_lr(board.series.layer())
}
