//! The help: what the view says of itself, scrolled.

use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph, Widget};

use crate::tui::app::App;
use crate::tui::drawn::{HelpExtent, Painter};
use crate::tui::widgets::help_text::HelpText;

/// Longest line of the help.
const WIDTH: u16 = 110;

/// Where the help lies.
fn area(within: Rect) -> Rect {
    let width = within.width.min(WIDTH + 4);
    let height = within.height.saturating_sub(2);
    Rect { x: within.x + (within.width - width) / 2, y: within.y + 1.min(within.height), width, height }
}

/// Draws the help.
pub fn render(painter: &mut Painter<'_>, app: &App, scroll: u16) {
    let area = area(painter.buffer.area);
    let mut text = HelpText::new(painter.theme, usize::from(area.width.saturating_sub(4)), app.key_texts());
    app.view().help(&mut text, &app.board);
    let page = area.height.saturating_sub(2);
    let last = u16::try_from(text.lines.len()).unwrap_or(u16::MAX).saturating_sub(page);
    painter.drawn.help = HelpExtent { page, last };
    let more = painter.theme.words(if last == 0 { "" } else { " ↑↓ scroll · " });
    let block = Block::bordered()
        .title(Line::styled(" optirace: help ", painter.theme.strong()))
        .title_bottom(Line::from(format!("{more} esc closes ")).right_aligned());
    let inner = block.inner(area);
    Clear.render(area, painter.buffer);
    block.render(area, painter.buffer);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    Paragraph::new(text.lines).scroll((scroll.min(last), 0)).render(inner, painter.buffer);
}
