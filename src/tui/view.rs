//! Draws the state. Nothing here changes it.

mod ascii;
mod axis;
mod band;
mod canvas;
mod captions;
mod chart;
mod columns;
mod dynamics;
mod ends;
mod format;
mod header;
mod help;
mod keybar;
mod lanes;
mod layout;
mod lesson;
mod limits;
mod lines;
mod map;
mod path;
mod popup;
mod result;
mod status;
mod surface;
mod table;
mod tabs;
mod zigzag;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::app::App;
use super::dialog::Dialog;
use super::drawn::{Drawn, Painter};
use super::series::Metric;
use super::view_kind::View;
use layout::{Layout, RaceLayout, SMALLEST};

/// Draws the whole screen; what it shows where.
pub fn draw(frame: &mut Frame<'_>, app: &App) -> Drawn {
    let area = frame.area();
    let mut painter = Painter { buffer: frame.buffer_mut(), theme: app.theme, drawn: Drawn::default() };
    if area.width < SMALLEST.width || area.height < SMALLEST.height {
        too_small(painter.buffer, area, app);
    } else {
        view(&mut painter, area, app);
        match &app.dialog {
            None => {}
            Some(Dialog::Help { scroll }) => help::render(&mut painter, app, *scroll),
            Some(Dialog::Lr(input)) => popup::lr_input(&mut painter, app, input),
            Some(Dialog::Question { question, focus }) => popup::question(&mut painter, app, *question, *focus),
        }
    }
    if app.theme.ascii {
        ascii::fold(painter.buffer);
    }
    let drawn = painter.drawn;
    if let Some(cursor) = drawn.cursor {
        frame.set_cursor_position(cursor);
    }
    drawn
}

fn too_small(buffer: &mut Buffer, area: Rect, app: &App) {
    let text = vec![
        Line::from(format!("optirace needs {} × {} cells", SMALLEST.width, SMALLEST.height)),
        Line::from(format!("this terminal has {} × {}", area.width, area.height)),
        Line::from(if app.has_race() { "the race goes on; q leaves" } else { "q leaves" }),
    ];
    let height = area.height.min(3);
    let middle = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    Paragraph::new(text).alignment(Alignment::Center).wrap(Wrap { trim: true }).render(middle, buffer);
}

/// Draws the view that is chosen, and what is around it.
fn view(painter: &mut Painter<'_>, area: Rect, app: &App) {
    let layout = Layout::of(app, area);
    header::render(painter.buffer, layout.header, app);
    tabs::render(painter, layout.tabs, app);
    match (app.view, app.shown_surface()) {
        (_, Some(view)) => surface::render(painter, layout.body, view),
        (View::Zigzag, _) => zigzag::render(painter, layout.body, app),
        (View::Path, _) => path::render(painter, layout.body, app),
        (View::Dynamics, _) => dynamics::render(painter, layout.body, app),
        (View::Lesson, _) => lesson::render(painter.buffer, layout.body, app),
        (View::Race | View::Surface, _) => race(painter, layout.body, app),
    }
    status::render(painter.buffer, layout.status, app);
    keybar::render(painter.buffer, layout.keys, app);
}

fn race(painter: &mut Painter<'_>, body: Rect, app: &App) {
    let layout = RaceLayout::of(app, body);
    chart::render(painter.buffer, layout.loss, app, Metric::Loss);
    chart::render(painter.buffer, layout.accuracy, app, Metric::Accuracy);
    if let Some(area) = layout.table {
        table::render(painter, area, app);
    }
    if let Some(area) = layout.result {
        result::render(painter, area, app);
    }
}
