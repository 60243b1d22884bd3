//! The status line: what was said last, else what the selected run is, and where changes of learning rate go.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::board::status::Tone;
use crate::text::cut;
use crate::text::wrap;
use crate::tui::app::App;

/// Lines that a long sentence may take.
const MOST_LINES: usize = 4;

/// Lines that the status takes.
pub fn height(app: &App, width: u16) -> u16 {
    match &app.board.status {
        Some(status) => wrap(&status.text, text_width(app, width)).len().clamp(1, MOST_LINES) as u16,
        None => 1,
    }
}

fn text_width(app: &App, width: u16) -> usize {
    usize::from(width).saturating_sub(target(app).chars().count() + 3).max(1)
}

/// Which run a change of learning rate goes to.
fn target(app: &App) -> String {
    if app.board.to_all {
        return " lr keys: ALL RUNS ".to_owned();
    }
    format!(" lr keys: {} ", cut(app.view().lr_target(&app.board).0, 12))
}

/// Draws the status.
pub fn render(buffer: &mut Buffer, area: Rect, app: &App) {
    if area.is_empty() {
        return;
    }
    let (lines, style) = match &app.board.status {
        Some(status) => {
            let style = match status.tone {
                Tone::Error => app.theme.alarm(),
                Tone::Passing | Tone::Lasting => app.theme.strong(),
            };
            (wrap(&status.text, text_width(app, area.width)), style)
        }
        None => {
            (vec![cut(&app.view().about_selected(&app.board, app.theme), text_width(app, area.width))], Style::new())
        }
    };
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        buffer.set_stringn(area.x + 1, y, line, usize::from(area.width) - 1, style);
    }
    let target = target(app);
    let start = area.right().saturating_sub(target.chars().count() as u16);
    let style = if app.board.to_all { app.theme.chosen() } else { app.theme.faint() };
    buffer.set_stringn(start, area.bottom() - 1, &target, usize::from(area.right() - start), style);
}
