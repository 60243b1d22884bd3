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
mod layout;
mod lesson;
mod limits;
mod map;
mod path;
mod popup;
mod result;
mod run_line;
mod status;
pub mod surface;
mod table;
mod tabs;
mod zigzag;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Position, Rect, Size};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::app::App;
use super::dialog::{Answer, Dialog, Question};
use super::series::Metric;
use super::view_kind::View;
use crate::race::protocol::RunIndex;
use layout::{Layout, RaceLayout, SMALLEST};

/// Draws the whole screen.
pub fn draw(frame: &mut Frame<'_>, app: &App) {
    let area = frame.area();
    if is_too_small(area.as_size()) {
        too_small(frame.buffer_mut(), area);
    } else if app.size == area.as_size() {
        let cursor = view(frame.buffer_mut(), app);
        if let Some(cursor) = dialog(frame.buffer_mut(), app).or(cursor) {
            frame.set_cursor_position(cursor);
        }
    }
    if app.theme.ascii {
        ascii::fold(frame.buffer_mut());
    }
}

fn is_too_small(size: Size) -> bool {
    size.width < SMALLEST.width || size.height < SMALLEST.height
}

fn too_small(buffer: &mut Buffer, area: Rect) {
    let text = vec![
        Line::from(format!("optirace needs {} × {} cells", SMALLEST.width, SMALLEST.height)),
        Line::from(format!("this terminal has {} × {}", area.width, area.height)),
        Line::from("the race goes on; q leaves"),
    ];
    let height = area.height.min(3);
    let middle = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    Paragraph::new(text).alignment(Alignment::Center).wrap(Wrap { trim: true }).render(middle, buffer);
}

/// Draws the view that is chosen; answers where its cursor stands, if it has one.
fn view(buffer: &mut Buffer, app: &App) -> Option<Position> {
    let layout = Layout::of(app);
    header::render(buffer, layout.header, app);
    tabs::render(buffer, layout.tabs, app);
    if let Some(surface) = app.shown_surface() {
        return surface::render(buffer, layout.whole_body(), surface, app.theme, keybar::views());
    }
    match app.view {
        View::Zigzag => zigzag::render(buffer, layout.body, app),
        View::Path => path::render(buffer, layout.body, app),
        View::Dynamics => dynamics::render(buffer, layout.body, app),
        View::Lesson => lesson::render(buffer, layout.body, app),
        View::Race | View::Surface => race(buffer, layout.body, app),
    }
    status::render(buffer, layout.status, app);
    keybar::render(buffer, layout.keys, app);
    None
}

fn race(buffer: &mut Buffer, body: Rect, app: &App) {
    let layout = RaceLayout::of(app, body);
    chart::render(buffer, layout.loss, app, Metric::Loss);
    chart::render(buffer, layout.accuracy, app, Metric::Accuracy);
    if let Some(area) = layout.table {
        table::render(buffer, area, app);
    }
    if let Some(area) = layout.result {
        result::render(buffer, area, app);
    }
}

/// Draws what is open; answers where the cursor stands, if there is one.
fn dialog(buffer: &mut Buffer, app: &App) -> Option<Position> {
    match &app.dialog {
        None => None,
        Some(Dialog::Help { scroll }) => {
            help::render(buffer, app, *scroll);
            None
        }
        Some(Dialog::Lr(input)) => Some(popup::lr_input(buffer, app, input)),
        Some(Dialog::Question { question, focus }) => {
            popup::question(buffer, app, *question, *focus);
            None
        }
    }
}

/// The run whose line or side is at `position`.
pub fn run_at(app: &App, position: Position) -> Option<RunIndex> {
    let body = Layout::of(app).body;
    match app.view {
        _ if is_too_small(app.size) => None,
        View::Race => {
            let layout = RaceLayout::of(app, body);
            let in_table = layout.table.and_then(|area| table::run_at(app, area, position));
            in_table.or_else(|| layout.result.and_then(|area| result::run_at(app, area, position)))
        }
        View::Zigzag => zigzag::run_at(app, body, position),
        View::Path => path::run_at(app, body, position),
        View::Dynamics => dynamics::run_at(app, body, position),
        View::Surface | View::Lesson => None,
    }
}

/// The view whose name is at `position`.
pub fn view_at(app: &App, position: Position) -> Option<View> {
    if is_too_small(app.size) { None } else { tabs::view_at(Layout::of(app).tabs, position) }
}

/// Where the surface is drawn, on a terminal of the state's size.
pub fn surface_area(app: &App) -> Rect {
    Layout::of(app).whole_body()
}

/// The answer to a question that is at `position`.
pub fn answer_at(app: &App, question: Question, position: Position) -> Option<Answer> {
    if is_too_small(app.size) { None } else { popup::answer_at(app.size, question, position) }
}

/// Lines of the help that are visible at once.
pub fn help_page(size: Size) -> u16 {
    help::page(size)
}

/// The furthest that the help can be scrolled.
pub fn help_scroll_end(app: &App) -> u16 {
    help::scroll_end(app)
}
