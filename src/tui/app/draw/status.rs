//! The status line: what was said last, else what the selected run is, and where changes of learning rate go.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::board::status::Tone;
use crate::text::{self, clauses, cut, wrap};
use crate::tui::app::App;

/// Lines that a long sentence may take.
const MOST_LINES: usize = 4;

/// Lines that the status takes.
pub fn height(app: &App, across: u16) -> u16 {
    match app.board.said() {
        Some(_) => lines(app, across).len().clamp(1, MOST_LINES) as u16,
        None => 1,
    }
}

/// What is said, else what the selected run is.
fn lines(app: &App, across: u16) -> Vec<String> {
    match app.board.said() {
        Some(status) => wrap(&app.theme.words(&status.text), text_width(app, across)),
        None => {
            let about = app.view().about_selected(&app.board, app.theme);
            vec![clauses(&app.theme.words(&about), text_width(app, across))]
        }
    }
}

fn text_width(app: &App, across: u16) -> usize {
    usize::from(across).saturating_sub(text::columns(&target(app)) + 3).max(1)
}

/// Which run a change of learning rate goes to; nothing while a moment of the past is shown, which none changes.
fn target(app: &App) -> String {
    if app.view().is_of_race() && (app.board.is_recorded || app.board.playhead.is_back()) {
        return String::new();
    }
    if app.board.to_all {
        return app.theme.words(" ← → change ALL RUNS ").into_owned();
    }
    let whose = cut(app.view().lr_target(&app.board).0, 12);
    app.theme.words(&format!(" ← → change {whose} ")).into_owned()
}

/// Draws the status.
pub fn render(buffer: &mut Buffer, area: Rect, app: &App) {
    if area.is_empty() {
        return;
    }
    let style = match app.board.said().map(|status| status.tone) {
        Some(Tone::Error) => app.theme.alarm(),
        Some(Tone::Passing | Tone::Lasting) => app.theme.strong(),
        None => Style::new(),
    };
    let lines = lines(app, area.width);
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        buffer.set_stringn(area.x + 1, y, line, usize::from(area.width) - 1, style);
    }
    let target = target(app);
    let start = area.right().saturating_sub(text::columns(&target) as u16);
    let style = if app.board.to_all { app.theme.chosen() } else { app.theme.faint() };
    buffer.set_stringn(start, area.bottom() - 1, &target, usize::from(area.right() - start), style);
}
