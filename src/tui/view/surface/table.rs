//! A line per run: where it is, how high, how far.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::surface::{End, Walk};
use crate::tui::drawn::{Painter, Target};
use crate::tui::lr;
use crate::tui::surface::SurfaceView;
use crate::tui::theme::Theme;
use crate::tui::view::run_line::{self, Name, SIGNS};
use crate::tui::view::{format, layout};

/// Cells of the shortest and the longest column of names.
const NAMES: std::ops::RangeInclusive<u16> = 8..=24;

/// A column of the table.
pub struct Column {
    /// What stands above it.
    pub title: &'static str,
    width: u16,
    /// What it means, for the help.
    pub meaning: &'static str,
    value: fn(&Walk) -> String,
}

/// All columns between the run's name and its state.
pub static COLUMNS: &[Column] = &[
    Column { title: "lr", width: 8, meaning: "learning rate of the next step", value: |walk| lr::text(walk.lr()) },
    Column { title: "x", width: 9, meaning: "where it is", value: |walk| place(walk.last().at.x) },
    Column { title: "y", width: 9, meaning: "where it is", value: |walk| place(walk.last().at.y) },
    Column {
        title: "value",
        width: 9,
        meaning: "the function's value there",
        value: |walk| format::compact(walk.last().value as f32),
    },
    Column { title: "step", width: 7, meaning: "steps taken", value: |walk| walk.last().step.to_string() },
    Column {
        title: "turn",
        width: 6,
        meaning: "mean angle between one step and the next, over its last 50 steps: 0° straight on, 180° back",
        value: |walk| walk.turn().map_or_else(|| format::NONE.to_owned(), |turn| format!("{turn:.0}°")),
    },
];

fn place(value: f64) -> String {
    if value.abs() < 1000.0 { format!("{value:.3}") } else { format!("{value:.1e}") }
}

fn state(walk: &Walk, is_paused: bool) -> &'static str {
    match walk.end() {
        Some(End::Finished) => "done",
        Some(End::LeftRange) => "left range",
        Some(End::Diverged) => "diverged",
        None if is_paused => "paused",
        None => "walking",
    }
}

/// Draws the table.
pub fn render(painter: &mut Painter<'_>, area: Rect, view: &SurfaceView) {
    let (buffer, theme) = (&mut *painter.buffer, painter.theme);
    let names = names_width(view, area.width);
    let faint = theme.faint();
    let room = |x: u16| usize::from(area.right().saturating_sub(x));
    buffer.set_string(area.x + SIGNS, area.y, "run", faint);
    let mut x = area.x + SIGNS + names;
    for column in COLUMNS {
        buffer.set_stringn(x, area.y, format!("{:>1$}", column.title, usize::from(column.width)), room(x), faint);
        x += column.width;
    }
    buffer.set_stringn(x + 2, area.y, "state", room(x + 2), faint);
    for (run, y) in visible(view, area).zip(area.y + 1..area.bottom()) {
        let place = Rect { y, height: 1, ..area };
        line(buffer, place, view, theme, run, names);
        painter.drawn.note(place, Target::Run(run));
    }
}

fn visible(view: &SurfaceView, area: Rect) -> std::ops::Range<usize> {
    let (count, lines) = (view.walks().len(), usize::from(area.height.saturating_sub(1)));
    let first = layout::first_visible(view.selected(), count, lines);
    first..(first + lines).min(count)
}

fn names_width(view: &SurfaceView, width: u16) -> u16 {
    let longest = view.walks().iter().map(|walk| walk.label().chars().count()).max().unwrap_or(0) as u16;
    let columns: u16 = COLUMNS.iter().map(|column| column.width).sum();
    let state = 12;
    longest.clamp(*NAMES.start(), *NAMES.end()).min(width.saturating_sub(SIGNS + columns + state)).max(*NAMES.start())
}

fn line(buffer: &mut Buffer, area: Rect, view: &SurfaceView, theme: Theme, run: usize, names: u16) {
    let walk = &view.walks()[run];
    let name = Name {
        sign: view.marker(run),
        label: walk.label(),
        width: names,
        is_selected: run == view.selected(),
        is_hidden: false,
    };
    let base = run_line::begin(buffer, area, theme, &name);
    let mut x = area.x + SIGNS + names;
    let room = |x: u16| usize::from(area.right().saturating_sub(x));
    for column in COLUMNS {
        let text = format!("{:>1$}", (column.value)(walk), usize::from(column.width));
        buffer.set_stringn(x, area.y, text, room(x), base);
        x += column.width;
    }
    let has_died = matches!(walk.end(), Some(End::LeftRange | End::Diverged));
    let style = if has_died { base.patch(theme.strong()) } else { base };
    buffer.set_stringn(x + 2, area.y, state(walk, view.is_paused()), room(x + 2), style);
}
