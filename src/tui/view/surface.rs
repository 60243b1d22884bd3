//! Draws optimizers on a function of two variables: its relief with every run's path, a table, the keys.

mod plot;
mod relief;
mod table;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::keybar::Item;
use super::{ascii, format, header, help, keybar, popup};
use crate::surface::{Noise, Point, Surface, Walk};
use crate::tui::dialog::Dialog;
use crate::tui::keymap::Entry;
use crate::tui::surface::{KEYS, SurfaceAction, SurfaceView};
use crate::tui::theme::{Colors, Theme};
use plot::Plot;

/// The smallest area in which there is something to see.
const SMALLEST: Size = Size { width: 60, height: 16 };

/// Lines of the header.
const HEADER: u16 = 2;

/// What is said before there is anything measured.
const HINT: &str = "click or shift+arrows: start elsewhere · n: next surface · ?: all keys";

/// Places within the view's area.
struct Layout {
    header: Rect,
    plot: Rect,
    table: Rect,
    status: Rect,
    keys: Rect,
}

impl Layout {
    fn of(area: Rect, runs: usize) -> Self {
        let wanted = u16::try_from(runs).unwrap_or(u16::MAX).saturating_add(1);
        let table = wanted.min(area.height / 3);
        let plot = area.height.saturating_sub(HEADER + table + 2);
        let mut top = area.y;
        let mut take = |lines: u16| {
            let rect = Rect { y: top, height: lines.min(area.bottom().saturating_sub(top)), ..area };
            top += rect.height;
            rect
        };
        Self { header: take(HEADER), plot: take(plot), table: take(table), status: take(1), keys: take(1) }
    }
}

/// Draws the view; answers where the cursor stands, if there is one. `more` is a key that whoever shows it adds.
pub fn render(
    buffer: &mut Buffer,
    area: Rect,
    view: &SurfaceView,
    theme: Theme,
    more: Option<Item>,
) -> Option<Position> {
    let cursor = match area.width < SMALLEST.width || area.height < SMALLEST.height {
        true => {
            let text = format!("a surface needs {} × {} cells; q leaves", SMALLEST.width, SMALLEST.height);
            buffer.set_stringn(area.x, area.y, text, usize::from(area.width), theme.strong());
            None
        }
        false => whole(buffer, area, view, theme, more),
    };
    if theme.ascii {
        ascii::fold(buffer);
    }
    cursor
}

fn whole(buffer: &mut Buffer, area: Rect, view: &SurfaceView, theme: Theme, more: Option<Item>) -> Option<Position> {
    let layout = Layout::of(area, view.walks().len());
    heading(buffer, layout.header, view, theme);
    Plot::of(layout.plot, view).render(buffer, view, theme);
    table::render(buffer, layout.table, view, theme);
    said(buffer, layout.status, view, theme);
    keybar::draw(buffer, layout.keys, theme, keys(view).chain(more).collect());
    match view.dialog() {
        Some(Dialog::Help { scroll }) => {
            help::window(buffer, area, theme, help_lines(view, area, theme), *scroll);
            None
        }
        Some(Dialog::Lr(input)) => {
            let walk = &view.walks()[view.selected()];
            Some(popup::lr_window(buffer, area, theme, walk.label(), Some(walk.lr()), input))
        }
        Some(Dialog::Question { .. }) | None => None,
    }
}

/// The place of the surface that is drawn at `position`, rounded to what a cell can tell.
pub fn point_at(view: &SurfaceView, area: Rect, position: Position) -> Option<Point> {
    Plot::of(Layout::of(area, view.walks().len()).plot, view).point_at(position)
}

/// The run whose line is at `position`.
pub fn run_at(view: &SurfaceView, area: Rect, position: Position) -> Option<usize> {
    table::run_at(view, Layout::of(area, view.walks().len()).table, position)
}

/// Lines of the help that are visible at once.
pub fn help_page(area: Rect) -> u16 {
    help::lines_visible(area)
}

/// The furthest that the help can be scrolled.
pub fn help_scroll_end(view: &SurfaceView, area: Rect) -> u16 {
    // The theme changes the looks of lines, not their number.
    let theme = Theme { colors: Colors::None, ascii: false };
    let lines = u16::try_from(help_lines(view, area, theme).len()).unwrap_or(u16::MAX);
    lines.saturating_sub(help_page(area))
}

fn heading(buffer: &mut Buffer, area: Rect, view: &SurfaceView, theme: Theme) {
    let surface = view.surface();
    let start = view.start();
    let mut left = Line::from(vec![
        Span::styled(format!(" {} ", surface.name), theme.strong()),
        Span::raw(format!(" {} ", formula(surface, theme))),
        Span::styled(format!(" from ({}, {})", start.x, start.y), theme.faint()),
    ]);
    if let Some(Noise { deviation, .. }) = view.noise() {
        left.push_span(Span::styled(format!(" noise {deviation}"), theme.strong()));
    }
    let state = match (view.has_ended(), view.is_paused()) {
        (true, _) => Span::styled("■ done", theme.strong()),
        (_, true) => Span::styled(" PAUSED ", theme.chosen()),
        _ => Span::styled(format!("▶ {}/s", view.steps_per_second()), theme.strong()),
    };
    let right = Line::from(vec![Span::raw(format!("step {}/{}  ", view.step(), view.planned())), state]);
    header::both_ends(buffer, Rect { height: 1, ..area }, &left, &right);
    let idea = format::cut(surface.idea, usize::from(area.width).saturating_sub(2));
    buffer.set_string(area.x + 1, area.y + 1, idea, theme.faint());
}

fn formula(surface: &Surface, theme: Theme) -> String {
    if theme.ascii { surface.formula.replace('²', "^2").replace('³', "^3") } else { surface.formula.to_owned() }
}

/// What was said last, else what was measured of the selected run.
fn said(buffer: &mut Buffer, area: Rect, view: &SurfaceView, theme: Theme) {
    let (text, style) = match view.status() {
        Some(status) => (status.text.clone(), theme.strong()),
        None => {
            let walk = &view.walks()[view.selected()];
            let measured = measured(walk).map(|text| format!("{} {text}", theme.marker(view.sign(view.selected()))));
            (measured.unwrap_or_else(|| HINT.to_owned()), Style::new())
        }
    };
    let text = format::cut(&text, usize::from(area.width).saturating_sub(2));
    buffer.set_string(area.x + 1, area.y, text, style);
}

/// A walk in words made of its measures, once there are any.
fn measured(walk: &Walk) -> Option<String> {
    let length = |from: Point, to: Point| (to.x - from.x).hypot(to.y - from.y);
    let steps = walk.steps();
    let walked: f64 = steps.windows(2).map(|pair| length(pair[0].at, pair[1].at)).sum();
    let share = 100.0 * length(steps[0].at, walk.last().at) / walked;
    let turn = walk.turn().filter(|_| share.is_finite())?;
    Some(format!("{} turns {turn:.0}° a step; it came {share:.0} % of the way it walked", walk.label()))
}

fn keys(view: &SurfaceView) -> impl Iterator<Item = Item> {
    let is_shown = |entry: &&Entry<SurfaceAction>| entry.rank < u8::MAX;
    let item = move |entry: &'static Entry<SurfaceAction>| {
        let label = match entry.asks_for(SurfaceAction::TogglePause) {
            true if view.has_ended() => "again",
            true if view.is_paused() => "resume",
            _ => entry.short,
        };
        Item { key: entry.shown, label, is_on: false, rank: entry.rank }
    };
    KEYS.iter().filter(is_shown).map(item)
}

fn help_lines(view: &SurfaceView, area: Rect, theme: Theme) -> Vec<Line<'static>> {
    let width = help::text_width(area);
    let surface = view.surface();
    let mut lines = Vec::new();
    help::heading(&mut lines, theme, "What this is");
    let gradient = match view.noise() {
        None => "the exact gradient".to_owned(),
        Some(Noise { deviation, seed }) => format!(
            "a gradient with the same normal noise: standard deviation {deviation} on each partial derivative, seed \
             {seed}"
        ),
    };
    let intro = format!(
        "Optimizers on a function of two variables, all from the same start, each with {gradient}. \
                 Lines are their paths, one straight piece a step; signs stand where they are now. What lies low is \
                 dark; where there are too few colours, dotted lines divide the heights instead. A run that leaves what is drawn, or whose numbers stop being finite, ends there."
    );
    help::plain(&mut lines, &intro, width);
    help::heading(&mut lines, theme, &format!("{}: {}", surface.name, formula(surface, theme)));
    help::plain(&mut lines, surface.idea, width);
    help::plain(&mut lines, &relief::legend(surface), width);
    for minimum in surface.minima {
        let kind = if minimum.is_global { "minimum" } else { "local minimum" };
        let Point { x, y } = minimum.at;
        let value = (surface.value)(minimum.at);
        help::plain(&mut lines, &format!("{kind} at ({x:.4}, {y:.4}), value {value:.4}"), width);
    }
    help::plain(&mut lines, &format!("from: {}", surface.source), width);
    help::heading(&mut lines, theme, "Keys");
    for entry in KEYS {
        help::defined(&mut lines, theme, entry.shown, 12, entry.help, width);
    }
    help::heading(&mut lines, theme, "Columns");
    for column in table::COLUMNS {
        help::defined(&mut lines, theme, column.title, 12, column.meaning, width);
    }
    help::heading(&mut lines, theme, "Runs");
    for (index, walk) in view.walks().iter().enumerate() {
        let name = format!("{} {}", theme.marker(view.sign(index)), walk.label());
        help::defined(&mut lines, theme, &name, 12, &walk.spec().to_string(), width);
    }
    lines
}
