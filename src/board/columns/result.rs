//! The columns of the ranking at the end of a race.

use super::{best_val, number};
use crate::board::Board;
use crate::board::column::Column;
use crate::board::ranking::{GOAL, final_accuracy};
use crate::board::value::{CellValue, Notation};
use crate::race::history::RunHistory;
use crate::race::measure::EpochRecord;

/// All columns.
pub static COLUMNS: &[Column<Board>] = &[
    Column {
        title: "val acc",
        width: 7,
        rank: 0,
        meaning: "validation accuracy after the last epoch",
        value: |board, run| number(final_accuracy(&board.history.runs[run]), Notation::Share),
    },
    Column {
        title: "best val loss",
        width: 13,
        rank: 1,
        meaning: "lowest validation loss, with its epoch",
        value: |board, run| best_val(&board.history.runs[run].epochs),
    },
    Column {
        title: "epochs to 85 %",
        width: 14,
        rank: 2,
        meaning: "first epoch with a validation accuracy of at least 85 %",
        value: |board, run| {
            at_goal(&board.history.runs[run], |epoch| CellValue::Number(epoch.epoch.into(), Notation::Count))
        },
    },
    Column {
        title: "CPU to 85 %",
        width: 11,
        rank: 3,
        meaning: "CPU time spent on training by then",
        value: |board, run| {
            at_goal(&board.history.runs[run], |epoch| CellValue::Number(epoch.compute_s, Notation::Seconds))
        },
    },
    Column {
        title: "test acc",
        width: 8,
        rank: 4,
        meaning: "test accuracy at the end",
        value: |board, run| number(board.history.runs[run].test.map(|test| test.accuracy), Notation::Share),
    },
];

fn at_goal(run: &RunHistory, value: fn(&EpochRecord) -> CellValue) -> CellValue {
    run.reached(GOAL).map_or_else(|| CellValue::Text("not reached".to_owned()), value)
}
