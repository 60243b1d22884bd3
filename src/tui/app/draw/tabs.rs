//! A line with all views, the one that is shown set off.

use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::tui::app::App;
use crate::tui::drawn::{ClickTarget, Painter};

/// Draws the line, if there is one.
pub fn render(painter: &mut Painter<'_>, area: Rect, app: &App) {
    let mut x = area.x;
    for view in app.view_kinds().filter(|_| !area.is_empty()) {
        let text = format!(" {} {} ", view.key, view.name);
        let style = if view == app.view().kind() { painter.theme.chosen() } else { painter.theme.faint() };
        let place = Rect { x, width: text.len() as u16, ..area }.intersection(area);
        painter.buffer.set_span(place.x, place.y, &Span::styled(text, style), place.width);
        painter.drawn.note(place, ClickTarget::View(view.key));
        x += place.width + 1;
    }
}
