//! The columns of the table of all paths on one plane.

use super::number;
use crate::board::Board;
use crate::board::column::Column;
use crate::board::series::Metric;
use crate::board::value::{CellValue, Notation};
use crate::race::landscape::PathSpot;
use crate::race::protocol::RunIndex;

/// All columns between the run's name and its state.
pub static COLUMNS: &[Column<Board>] = &[
    Column {
        title: "loss",
        width: 6,
        rank: 0,
        meaning: "training loss at that step, smoothed like its curve",
        value: |board, run| number(loss_there(board, run), Notation::Loss),
    },
    Column {
        title: "loss on map",
        width: 11,
        rank: 1,
        meaning: "loss on the plane, where the run's marker stands",
        value: |board, run| number(on_map(board, run), Notation::Loss),
    },
    Column {
        title: "distance",
        width: 9,
        rank: 2,
        meaning: "how far its weights are from the start, through all of weight space",
        value: |board, run| CellValue::of(last(board, run).map(|last| last.distance), Notation::Compact),
    },
    Column {
        title: "off plane",
        width: 10,
        rank: 3,
        meaning: "how far its weights are from the plane",
        value: |board, run| CellValue::of(last(board, run).map(|last| last.spot.off), Notation::Compact),
    },
    Column {
        title: "off ÷ dist.",
        width: 11,
        rank: 4,
        meaning: "distance off the plane ÷ distance: the less, the more of the way is seen; over 100 % where a run is \
                  nearer to the start than to the plane, which does not lead through the start either",
        value: |board, run| {
            CellValue::of(last(board, run).map(|last| last.spot.off / last.distance), Notation::Percent)
        },
    },
    Column {
        title: "at step",
        width: 8,
        rank: 5,
        meaning: "step whose weights its marker shows: the present ones, read ten times a second",
        value: |board, run| CellValue::of(last(board, run).map(|last| last.step.into()), Notation::Grouped),
    },
];

/// Where a run's path ends at the moment that is shown.
fn last(board: &Board, run: RunIndex) -> Option<PathSpot> {
    board.seen_path(board.picture()?, run).pop()
}

/// The smoothed loss at the step whose weights are shown; where none are, of the moment that is shown.
fn loss_there(board: &Board, run: RunIndex) -> Option<f32> {
    let done = last(board, run).map_or(board.seen(run).steps.len(), |last| last.step as usize);
    board.series.after(run, Metric::Loss, done)
}

fn on_map(board: &Board, run: RunIndex) -> Option<f32> {
    let (grid, spot) = (board.picture()?.grid.as_ref()?, last(board, run)?.spot);
    grid.contains(spot.x, spot.y).then(|| grid.loss_at(spot.x, spot.y))
}
