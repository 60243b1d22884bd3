//! Draws the state. Nothing here changes it.

mod ascii;
mod header;
mod help;
mod key_bar;
mod popup;
mod status;
mod tabs;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Constraint, Layout, Rect, Size};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::App;
use crate::tui::dialog::Dialog;
use crate::tui::drawn::{Drawn, Painter};
use crate::tui::picture::svg;

/// The smallest terminal in which there is something to see.
const SMALLEST: Size = Size { width: 60, height: 16 };

/// From this height on, a line shows all views.
const TABS_FROM: u16 = 30;

impl App {
    /// Draws the whole screen; what it shows where.
    pub fn draw(&self, frame: &mut Frame<'_>) -> Drawn {
        let drawn = self.draw_on(frame.buffer_mut());
        if let Some(cursor) = drawn.cursor {
            frame.set_cursor_position(cursor);
        }
        drawn
    }

    /// The whole screen, on a terminal of so many columns and rows, as an SVG.
    pub fn picture(&self, columns: u16, rows: u16) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        self.draw_on(&mut buffer);
        svg(&buffer, self.theme.ground)
    }

    fn draw_on(&self, buffer: &mut Buffer) -> Drawn {
        let area = buffer.area;
        let mut painter = Painter { buffer, theme: self.theme, drawn: Drawn::default() };
        if area.width < SMALLEST.width || area.height < SMALLEST.height {
            too_small(painter.buffer, area, self);
        } else {
            view(&mut painter, area, self);
            match &self.dialog {
                None => {}
                Some(Dialog::Help { scroll }) => help::render(&mut painter, self, *scroll),
                Some(Dialog::Line(input)) => popup::line_input(&mut painter, self, input),
                Some(Dialog::Question { question, focus }) => popup::question(&mut painter, self, *question, *focus),
            }
        }
        if self.theme.ascii {
            ascii::fold(painter.buffer);
        }
        painter.drawn
    }
}

fn too_small(buffer: &mut Buffer, area: Rect, app: &App) {
    let text = vec![
        Line::from(format!("optirace needs {} × {} cells", SMALLEST.width, SMALLEST.height)),
        Line::from(format!("this terminal has {} × {}", area.width, area.height)),
        Line::from(if app.board.has_race() { "the race goes on; q leaves" } else { "q leaves" }),
    ];
    let height = area.height.min(3);
    let middle = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    Paragraph::new(text).alignment(Alignment::Center).wrap(Wrap { trim: true }).render(middle, buffer);
}

/// Draws the view that is shown, and what is around it: two lines on the race and the names of all views above, what
/// was said last and the keys below.
fn view(painter: &mut Painter<'_>, area: Rect, app: &App) {
    let of_race = |lines: u16| if app.board.has_race() { lines } else { 0 };
    let has_tabs = area.height >= TABS_FROM;
    let lines = [
        Constraint::Length(of_race(2)),
        Constraint::Length(of_race(u16::from(has_tabs))),
        Constraint::Fill(1),
        Constraint::Length(status::height(app, area.width).min(area.height / 3)),
        Constraint::Length(key_bar::height(app, area)),
    ];
    let [header, tabs, body, status, keys] = Layout::vertical(lines).areas(area);
    header::render(painter.buffer, header, app, has_tabs);
    tabs::render(painter, tabs, app);
    app.view().draw(painter, body, &app.board);
    status::render(painter.buffer, status, app);
    key_bar::render(painter.buffer, keys, app);
}
