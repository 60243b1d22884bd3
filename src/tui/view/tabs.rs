//! A line with all views, the one that is shown set off.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use crate::tui::app::App;
use crate::tui::view_kind::View;

/// Draws the line, if there is one.
pub fn render(buffer: &mut Buffer, area: Rect, app: &App) {
    if area.is_empty() {
        return;
    }
    for (view, place) in places(area) {
        let style = if view == app.view { app.theme.chosen() } else { app.theme.faint() };
        buffer.set_span(place.x, place.y, &Span::styled(text(view), style), place.width);
    }
}

/// The view whose name is at `position`.
pub fn view_at(area: Rect, position: Position) -> Option<View> {
    places(area).find(|(_, place)| place.contains(position)).map(|(view, _)| view)
}

fn text(view: View) -> String {
    format!(" {} {} ", view.key(), view.name())
}

/// Where each name stands, as far as there is room.
fn places(area: Rect) -> impl Iterator<Item = (View, Rect)> {
    let mut next = area.x;
    let place = move |view| {
        let x = next.min(area.right());
        next += text(view).len() as u16 + 1;
        (view, Rect { x, width: (next - 1).min(area.right()) - x, ..area })
    };
    View::ALL.into_iter().map(place)
}
