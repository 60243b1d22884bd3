//! The line above each part of a pane.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::text;
use crate::tui::theme::Theme;

/// The name of a pane's part, and what is to be known of it, on a line.
pub fn heading(buffer: &mut Buffer, area: Rect, theme: Theme, name: &str, about: &str) {
    if area.is_empty() {
        return;
    }
    let across = usize::from(area.width);
    buffer.set_string(area.x, area.y, "─".repeat(across), theme.faint());
    let (end, _) = buffer.set_stringn(area.x + 1, area.y, format!(" {name} "), across - 1, theme.strong());
    let room = usize::from(area.right().saturating_sub(end));
    if !about.is_empty() && room > text::columns(about) + 2 {
        buffer.set_stringn(end, area.y, format!("· {about} "), room, theme.faint());
    }
}
