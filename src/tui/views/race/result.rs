//! The ranking at the end of a race.

use ratatui::layout::Rect;

use crate::board::Board;
use crate::board::columns::result::COLUMNS;
use crate::board::ranking::{IS_GUESSING, ranking, state_text};
use crate::board::value::NONE;
use crate::tui::drawn::Painter;
use crate::tui::widgets::run_table::{RunRow, RunTable};

/// Draws the ranking.
pub fn render(painter: &mut Painter<'_>, area: Rect, board: &Board) {
    if area.is_empty() {
        return;
    }
    let (title, theme) = (" RESULT ", painter.theme);
    painter.buffer.set_string(area.x, area.y, "─".repeat(usize::from(area.width)), theme.faint());
    painter.buffer.set_string(area.x + 2, area.y, title, theme.strong());
    let throttled = board.history.runs.iter().any(|run| run.is_throttled);
    let times = if throttled { " · throttled: CPU times may be longer" } else { "" };
    let note = format!(" by validation accuracy{times} · tab: table or result ");
    painter.buffer.set_stringn(
        area.x + 2 + title.len() as u16,
        area.y,
        note,
        usize::from(area.width) - 12,
        theme.faint(),
    );
    let mut table = RunTable::of_race(board, COLUMNS);
    let mut rows: Vec<Option<RunRow<'_>>> = table.rows.into_iter().map(Some).collect();
    let ranked = ranking(&board.history.runs).into_iter().filter_map(|run| rows[run].take()).zip(1..);
    table.rows = ranked
        .map(|(row, place)| {
            let state = &board.history.runs[row.run].state;
            let place = if state.has_died() { NONE.to_owned() } else { place.to_string() };
            let instead = state.has_died().then(|| state_text(state));
            let states = if board.is_guessing(row.run) { vec![IS_GUESSING.to_owned()] } else { Vec::new() };
            RunRow { place: Some(place), instead, states, is_hidden: false, ..row }
        })
        .collect();
    table.render(painter, Rect { y: area.y + 1, height: area.height - 1, ..area });
}
