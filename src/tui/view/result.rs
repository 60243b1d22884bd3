//! The ranking at the end of a race.

use ratatui::layout::Rect;

use super::columns::{best_val, number};
use super::table;
use crate::board::column::Column;
use crate::board::ranking::{GOAL, final_accuracy, ranking, state_text};
use crate::board::value::{CellValue, NONE, Notation};
use crate::race::history::RunHistory;
use crate::race::metrics::EpochRecord;
use crate::tui::app::App;
use crate::tui::drawn::Painter;
use crate::tui::widgets::run_table::{RunRow, RunTable};

/// All columns.
static COLUMNS: &[Column<App>] = &[
    Column {
        title: "val acc",
        width: 7,
        rank: 0,
        meaning: "validation accuracy after the last epoch",
        value: |app, run| number(final_accuracy(&app.history.runs[run]), Notation::Share),
    },
    Column {
        title: "best val loss",
        width: 13,
        rank: 1,
        meaning: "lowest validation loss, with its epoch",
        value: |app, run| best_val(&app.history.runs[run]),
    },
    Column {
        title: "epochs to 85 %",
        width: 14,
        rank: 2,
        meaning: "first epoch with a validation accuracy of at least 85 %",
        value: |app, run| {
            at_goal(&app.history.runs[run], |epoch| CellValue::Number(epoch.epoch.into(), Notation::Count))
        },
    },
    Column {
        title: "CPU to 85 %",
        width: 11,
        rank: 3,
        meaning: "CPU time spent on training by then",
        value: |app, run| {
            at_goal(&app.history.runs[run], |epoch| CellValue::Number(epoch.compute_s, Notation::Seconds))
        },
    },
    Column {
        title: "test acc",
        width: 8,
        rank: 4,
        meaning: "test accuracy at the end",
        value: |app, run| number(app.history.runs[run].test.map(|test| test.accuracy), Notation::Share),
    },
];

fn at_goal(run: &RunHistory, value: fn(&EpochRecord) -> CellValue) -> CellValue {
    run.reached(GOAL).map_or_else(|| CellValue::Text("not reached".to_owned()), value)
}

/// Draws the ranking.
pub fn render(painter: &mut Painter<'_>, area: Rect, app: &App) {
    let (title, theme) = (" RESULT ", painter.theme);
    painter.buffer.set_string(area.x, area.y, "─".repeat(usize::from(area.width)), theme.faint());
    painter.buffer.set_string(area.x + 2, area.y, title, theme.strong());
    let note = " by validation accuracy · tab: table or result ";
    painter.buffer.set_stringn(
        area.x + 2 + title.len() as u16,
        area.y,
        note,
        usize::from(area.width) - 12,
        theme.faint(),
    );
    let mut rows: Vec<Option<RunRow<'_>>> = table::rows(app).map(Some).collect();
    let ranked = ranking(&app.history.runs).into_iter().filter_map(|run| rows[run].take()).zip(1..);
    let rows = ranked
        .map(|(row, place)| {
            let state = &app.history.runs[row.run].state;
            let place = if state.has_died() { NONE.to_owned() } else { place.to_string() };
            let instead = state.has_died().then(|| state_text(state));
            RunRow { place: Some(place), instead, states: Vec::new(), is_hidden: false, ..row }
        })
        .collect();
    let table =
        RunTable { board: app, columns: COLUMNS, rows, selected: app.selected, renamed: None, note: String::new() };
    table.render(painter, Rect { y: area.y + 1, height: area.height - 1, ..area });
}
