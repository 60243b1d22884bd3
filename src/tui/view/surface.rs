//! Draws optimizers on a function of two variables: its relief with every run's path, a table, the keys.

mod plot;
mod relief;
mod table;

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};

use super::layout::from_top;
use super::{format, header, help};
use crate::surface::{Noise, Point, Surface, Walk};
use crate::tui::app::App;
use crate::tui::drawn::Painter;
use crate::tui::surface::SurfaceView;
use crate::tui::theme::Theme;

/// The smallest area in which there is something to see.
const SMALLEST: Size = Size { width: 60, height: 8 };

/// Lines of the heading.
const HEADING: u16 = 2;

/// What is said before there is anything measured.
const HINT: &str = "click or shift+arrows: start elsewhere · n: next surface";

/// Draws the view.
pub fn render(painter: &mut Painter<'_>, area: Rect, view: &SurfaceView) {
    if area.width < SMALLEST.width || area.height < SMALLEST.height {
        return;
    }
    let runs = u16::try_from(view.walks().len()).unwrap_or(u16::MAX).saturating_add(1);
    let table = runs.min(area.height.div_ceil(3));
    let mut take = from_top(area);
    heading(painter.buffer, take(HEADING), view, painter.theme);
    plot::render(painter, take(area.height - HEADING - table), view);
    table::render(painter, take(table), view);
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

/// What was measured of the selected run.
pub fn about_selected(view: &SurfaceView, theme: Theme) -> String {
    let measured = measured(&view.walks()[view.selected()]);
    let measured = measured.map(|text| format!("{} {text}", theme.marker(view.marker(view.selected()))));
    measured.unwrap_or_else(|| HINT.to_owned())
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

/// What the help says of the view.
pub fn help_lines(lines: &mut Vec<Line<'static>>, app: &App, view: &SurfaceView, width: usize) {
    let theme = app.theme;
    let surface = view.surface();
    help::heading(lines, theme, "What this is");
    let gradient = match view.noise() {
        None => "the exact gradient".to_owned(),
        Some(Noise { deviation, seed }) => format!(
            "a gradient with the same normal noise: standard deviation {deviation} on each partial derivative, seed \
             {seed}"
        ),
    };
    let intro = format!(
        "Optimizers on a function of two variables, all from the same start, each with {gradient}. \
         Lines are their paths, one straight piece a step; markers stand where they are now. What lies low is dark; \
         where there are too few colours, dotted lines divide the heights instead. A run that leaves what is drawn, or \
         whose numbers stop being finite, ends there."
    );
    help::plain(lines, &intro, width);
    help::heading(lines, theme, &format!("{}: {}", surface.name, formula(surface, theme)));
    help::plain(lines, surface.idea, width);
    help::plain(lines, &relief::legend(surface), width);
    for minimum in surface.minima {
        let kind = if minimum.is_global { "minimum" } else { "local minimum" };
        let Point { x, y } = minimum.at;
        let value = (surface.value)(minimum.at);
        help::plain(lines, &format!("{kind} at ({x:.4}, {y:.4}), value {value:.4}"), width);
    }
    help::plain(lines, &format!("from: {}", surface.source), width);
    help::keys(lines, app, width);
    help::heading(lines, theme, "Columns");
    for column in table::COLUMNS {
        help::defined(lines, theme, column.title, 12, column.meaning, width);
    }
    help::heading(lines, theme, "Runs");
    for (index, walk) in view.walks().iter().enumerate() {
        let name = format!("{} {}", theme.marker(view.marker(index)), walk.label());
        help::defined(lines, theme, &name, 12, &walk.spec().to_string(), width);
    }
}
