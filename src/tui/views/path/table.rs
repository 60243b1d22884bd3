//! A line per run: where it is, and how far from what is seen of it.

use ratatui::layout::Rect;

use crate::board::Board;
use crate::board::columns::path::COLUMNS;
use crate::board::value::compact;
use crate::tui::drawn::Painter;
use crate::tui::widgets::run_table::RunTable;

/// Draws the table.
pub fn render(painter: &mut Painter<'_>, area: Rect, board: &Board) {
    let start = board.picture().and_then(|picture| picture.paths.iter().find_map(|path| path.first()));
    let note =
        start.map_or_else(String::new, |start| format!("× start: {} off the plane", compact(start.spot.off as f32)));
    RunTable { note, ..RunTable::of_race(board, COLUMNS) }.render(painter, area);
}
