//! A line per run.

use ratatui::layout::Rect;

use super::columns::COLUMNS;
use crate::board::ranking::state_texts;
use crate::tui::app::App;
use crate::tui::drawn::Painter;
use crate::tui::widgets::run_table::{RunRow, RunTable};

/// A line for each run, with its state.
pub fn rows(app: &App) -> impl Iterator<Item = RunRow<'_>> {
    app.history.runs.iter().zip(&app.hidden).enumerate().map(|(index, (run, hidden))| RunRow {
        run: index,
        marker: index,
        label: &run.info.label,
        is_hidden: *hidden,
        states: state_texts(&run.state),
        is_alarming: run.state.has_died(),
        ..RunRow::default()
    })
}

/// Draws the table.
pub fn render(painter: &mut Painter<'_>, area: Rect, app: &App) {
    let renamed = app.to_all.then_some(("lr", "lr ALL"));
    let rows = rows(app).collect();
    let table = RunTable { board: app, columns: COLUMNS, rows, selected: app.selected, renamed, note: String::new() };
    table.render(painter, area);
}
