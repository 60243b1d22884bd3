//! A line per run: where it is, how high, how far.

use ratatui::layout::Rect;

use crate::board::column::Column;
use crate::board::value::{CellValue, Notation};
use crate::board::walks::Walks;
use crate::surface::{End, Walk};
use crate::tui::drawn::Painter;
use crate::tui::widgets::run_table::{RunRow, RunTable};

/// All columns between the run's name and its state.
pub static COLUMNS: &[Column<Walks>] = &[
    Column {
        title: "lr",
        width: 7,
        rank: 0,
        meaning: "learning rate of the next step",
        value: |walks, walk| CellValue::Number(walks.walks()[walk].lr(), Notation::ExactLr),
    },
    Column {
        title: "x",
        width: 8,
        rank: 1,
        meaning: "where it is",
        value: |walks, walk| CellValue::Number(walks.walks()[walk].last().at.x, Notation::Place),
    },
    Column {
        title: "y",
        width: 8,
        rank: 1,
        meaning: "where it is",
        value: |walks, walk| CellValue::Number(walks.walks()[walk].last().at.y, Notation::Place),
    },
    Column {
        title: "value",
        width: 8,
        rank: 2,
        meaning: "the function's value there",
        value: |walks, walk| CellValue::Number(walks.walks()[walk].last().value, Notation::Compact),
    },
    Column {
        title: "step",
        width: 6,
        rank: 4,
        meaning: "steps taken",
        value: |walks, walk| CellValue::Number(walks.walks()[walk].last().step.into(), Notation::Count),
    },
    Column {
        title: "turn",
        width: 5,
        rank: 3,
        meaning: "mean angle between one step and the next, over its last 50 steps: 0° straight on, 180° back",
        value: |walks, walk| CellValue::of(walks.walks()[walk].turn(), Notation::Degrees),
    },
];

fn state(walk: &Walk, is_paused: bool) -> &'static str {
    match walk.end() {
        Some(End::Finished) => "done",
        Some(End::LeftRange) => "left map",
        Some(End::Diverged) => "diverged",
        None if is_paused => "paused",
        None => "running",
    }
}

/// Draws the table.
pub fn render(painter: &mut Painter<'_>, area: Rect, walks: &Walks) {
    let rows = walks.walks().iter().enumerate().map(|(index, walk)| RunRow {
        run: index,
        marker: walks.marker(index),
        label: walk.label().into(),
        states: vec![state(walk, walks.is_paused()).to_owned()],
        is_alarming: matches!(walk.end(), Some(End::LeftRange | End::Diverged)),
        ..RunRow::default()
    });
    let (rows, selected) = (rows.collect(), walks.selected());
    RunTable { board: walks, columns: COLUMNS.iter().collect(), rows, selected, renamed: None, note: String::new() }
        .render(painter, area);
}
