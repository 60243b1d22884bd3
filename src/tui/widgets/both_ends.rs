//! A line with something at both ends.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Draws a line with something at both ends; the right one is whole.
pub fn both_ends(buffer: &mut Buffer, area: Rect, left: &Line<'_>, right: &Line<'_>) {
    if area.is_empty() {
        return;
    }
    let wanted = u16::try_from(right.width()).unwrap_or(u16::MAX).saturating_add(1);
    let start = area.right().saturating_sub(wanted).max(area.x);
    let room = if right.width() == 0 { area.width } else { (start - area.x).saturating_sub(1) };
    buffer.set_line(area.x, area.y, left, room);
    buffer.set_line(start, area.y, right, area.right() - start);
}
