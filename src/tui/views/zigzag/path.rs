//! The path of the last steps, on a plane of its own or on one that both sides share.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::heading::heading;
use super::layout::Sections;
use crate::board::axis::{growing_end, tick_texts};
use crate::board::zigzag::{Pane, shaping};
use crate::geometry::Spot;
use crate::race::history::RunState;
use crate::text;
use crate::tui::drawn::Context;
use crate::tui::theme::Theme;
use crate::tui::widgets::canvas::Canvas;

/// Who draws on the canvas.
const OLDER: usize = 0;
const NEWER: usize = 1;

/// How much of the plane a dot of the canvas shows, in both directions.
#[derive(Debug, Clone, Copy)]
pub struct PathScale {
    dot: f64,
}

/// The extent of a path in one direction.
#[derive(Clone, Copy)]
struct PathExtent {
    low: f64,
    high: f64,
}

impl PathExtent {
    fn of(spots: &[Spot], value: fn(&Spot) -> f64) -> Self {
        let values = || spots.iter().map(value);
        Self { low: values().fold(f64::INFINITY, f64::min), high: values().fold(f64::NEG_INFINITY, f64::max) }
    }

    fn middle(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }

    fn length(self) -> f64 {
        self.high - self.low
    }
}

impl PathScale {
    /// The scale of each pane's path, so that it fills `area`; where they share a plane, the one on which every path
    /// that has not diverged fits. `None` where a path did not move.
    pub fn of(panes: &[Pane], are_shared: bool, area: Rect, theme: Theme) -> Vec<Option<Self>> {
        let canvas = Canvas::new(area, theme.ascii);
        let fitting = |pane: &Pane| {
            let (x, y) = (PathExtent::of(&pane.spots, |spot| spot.x), PathExtent::of(&pane.spots, |spot| spot.y));
            (x.length() / (canvas.width().max(2) - 1) as f64).max(y.length() / (canvas.height().max(2) - 1) as f64)
        };
        let scale = |dot: f64| (dot > 0.0 && dot.is_finite()).then(|| Self { dot: growing_end(dot) });
        if are_shared {
            let shaping = shaping(panes);
            let shown = panes.iter().filter(|pane| shaping(pane) && pane.drawn() > 0);
            vec![scale(shown.map(fitting).fold(0.0, f64::max)); panes.len()]
        } else {
            panes.iter().map(|pane| scale(fitting(pane))).collect()
        }
    }

    /// How many times as large as on the `other` scale things are drawn on this one.
    pub fn magnifies(self, other: Self) -> f64 {
        other.dot / self.dot
    }
}

/// Draws it.
pub fn render(buffer: &mut Buffer, sections: &Sections, cx: Context<'_>, pane: &Pane, scale: Option<PathScale>) {
    let theme = cx.theme;
    heading(buffer, sections.path_heading, theme, "path", &about(sections, theme, pane, scale));
    let area = sections.path;
    let Some(scale) = scale.filter(|_| pane.drawn() > 0 && !area.is_empty()) else {
        nothing_yet(buffer, area, cx, pane);
        return;
    };
    let mut canvas = Canvas::new(area, theme.ascii);
    let dots = dots(&pane.spots, &canvas, scale);
    for (index, ends) in dots.windows(2).enumerate() {
        let owner = if 2 * index < dots.len() { OLDER } else { NEWER };
        canvas.line(ends[0], ends[1], owner, false);
    }
    let own = theme.run(pane.run);
    canvas.render(buffer, |owner| if owner == OLDER { theme.faint() } else { own });
    for dot in pane.turns_back().filter_map(|index| dots.get(index)) {
        if let Some(cell) = canvas.cell(*dot) {
            buffer.set_string(cell.x, cell.y, if theme.ascii { "*" } else { "•" }, own.patch(theme.strong()));
        }
    }
    let ends = [(dots.first(), "×", theme.faint()), (dots.last(), theme.marker(pane.run), own.patch(theme.strong()))];
    for (dot, marker, style) in ends {
        if let Some(cell) = dot.and_then(|&dot| canvas.cell(dot)) {
            buffer.set_string(cell.x, cell.y, marker, style);
        }
    }
}

/// The dot of each position, the middle of the path's extent in the middle of the canvas.
fn dots(spots: &[Spot], canvas: &Canvas, scale: PathScale) -> Vec<(i32, i32)> {
    let (x, y) = (PathExtent::of(spots, |spot| spot.x), PathExtent::of(spots, |spot| spot.y));
    let (width, height) = (canvas.width() as f64 - 1.0, canvas.height() as f64 - 1.0);
    // A path that diverges leads far out; there all of it looks alike, and no line may be endless.
    let place = |from_middle: f64, length: f64| {
        (length / 2.0 + (from_middle / scale.dot).clamp(-4.0 * length, 4.0 * length)).round() as i32
    };
    let is_finite = x.length().is_finite() && y.length().is_finite();
    let shown = if is_finite { spots } else { &[] };
    shown.iter().map(|spot| (place(spot.x - x.middle(), width), place(y.middle() - spot.y, height))).collect()
}

/// How long what is drawn is, and how much of it is seen.
fn about(sections: &Sections, theme: Theme, pane: &Pane, scale: Option<PathScale>) -> String {
    let Some(scale) = scale else { return String::new() };
    let cell = scale.dot * if theme.ascii { 1.0 } else { 2.0 };
    let bar = bar(cell, sections.path.width / 3);
    let shown = pane.shown().map_or_else(String::new, |share| format!(" · shows {:.0} % of its spread", 100.0 * share));
    let stride = match pane.stride {
        0 | 1 => String::new(),
        stride => format!(" · one step in {stride}"),
    };
    let room = usize::from(sections.path_heading.width).saturating_sub(10);
    let short = shown.replace(" of its spread", "");
    let all = [format!("{bar}{shown}{stride}"), format!("{bar}{shown}"), format!("{bar}{short}")];
    all.into_iter().find(|text| text::columns(text) <= room).unwrap_or(bar)
}

/// A line of a round length with that length, at most `most` cells long if there is one.
fn bar(cell: f64, most: u16) -> String {
    let decade = 10_f64.powf((cell * f64::from(most.max(3))).log10().floor());
    let lengths = [5.0, 2.0, 1.0].map(|step| step * decade);
    let fits = |length: &f64| *length <= cell * f64::from(most.max(3));
    let length = lengths.into_iter().find(fits).unwrap_or(decade);
    let cells = ((length / cell).round() as usize).max(2);
    let text = tick_texts(&[length]).concat();
    format!("├{}┤ {text}", "─".repeat(cells - 2))
}

fn nothing_yet(buffer: &mut Buffer, area: Rect, cx: Context<'_>, pane: &Pane) {
    let run = &cx.board.history.runs[pane.run];
    let text = match &run.state {
        _ if pane.step == 0 => "no step yet",
        RunState::Failed { .. } => "not recorded: it failed",
        _ if pane.is_exact => "one moment: these steps are done again",
        _ if !cx.board.seen(pane.run).is_latest() => {
            "so many steps are recorded only while they are looked at; < shows 40"
        }
        RunState::Diverged { .. } | RunState::Stopped => {
            "not recorded: it ended before it was looked at; r restarts the race"
        }
        RunState::Finished => "not recorded: it ended before it was looked at; e trains on",
        _ if cx.board.is_paused() => "recorded while it is looked at: . does a step",
        _ => "recorded from now on",
    };
    let height = area.height.min(3);
    let middle = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    let text = Paragraph::new(text).style(cx.theme.faint()).alignment(Alignment::Center);
    text.wrap(Wrap { trim: true }).render(middle, buffer);
}
