//! The beginning of a run's line in a table: the cursor, its sign, its name.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::format;
use crate::tui::theme::Theme;

/// Cells of the cursor, the run's sign and a space.
pub const SIGNS: u16 = 3;

/// A run as a table names it.
pub struct Name<'a> {
    /// Which of the theme's colours and signs it has.
    pub sign: usize,
    /// Its label.
    pub label: &'a str,
    /// Cells for the label.
    pub width: u16,
    /// Whether it is the selected one.
    pub is_selected: bool,
    /// Whether its curves are hidden, and with them its sign.
    pub is_hidden: bool,
}

/// Draws the beginning of a line; the style for the rest of it.
pub fn begin(buffer: &mut Buffer, line: Rect, theme: Theme, name: &Name<'_>) -> Style {
    let base = match (name.is_selected, name.is_hidden) {
        (true, _) => theme.selected_row(),
        (false, true) => theme.faint(),
        (false, false) => Style::new(),
    };
    buffer.set_style(line, base);
    let own = base.patch(theme.run(name.sign)).patch(if name.is_selected { theme.strong() } else { Style::new() });
    if name.is_selected {
        buffer.set_string(line.x, line.y, "▸", base);
    }
    let sign = if name.is_hidden { " " } else { theme.marker(name.sign) };
    buffer.set_string(line.x + 1, line.y, sign, own);
    let label = format::cut(name.label, usize::from(name.width));
    buffer.set_string(line.x + SIGNS, line.y, label, if name.is_hidden { base } else { own });
    base
}
