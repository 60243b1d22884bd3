//! Where everything stands.

use ratatui::layout::{Rect, Size};

use super::{keybar, status};
use crate::tui::app::App;

/// The smallest terminal in which there is something to see.
pub const SMALLEST: Size = Size { width: 60, height: 16 };

/// Lines of the header.
const HEADER: u16 = 2;

/// Least lines of the charts, borders included, where the terminal has a common size.
const CHARTS_AT_LEAST: u16 = 11;

/// Lines that the charts keep when table and result are shown one below the other.
const CHARTS_BESIDE_RESULT: u16 = 16;

/// Charts stand side by side from this width on, or where there is no height to put one above the other.
const SIDE_BY_SIDE: u16 = 76;

/// From this height on, a line shows all views.
const TABS_FROM: u16 = 30;

/// Places on the screen, whatever the view.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Two lines on what races, and how far it is; empty where nothing does.
    pub header: Rect,
    /// All views; empty where there is no room.
    pub tabs: Rect,
    /// The view.
    pub body: Rect,
    /// What was said last.
    pub status: Rect,
    /// The keys.
    pub keys: Rect,
}

impl Layout {
    /// Where everything stands in `area`.
    pub fn of(app: &App, area: Rect) -> Self {
        let height = area.height;
        let keys = keybar::height(app, area);
        let status = status::height(app, area.width).min(height / 3);
        let header = if app.has_race() { HEADER } else { 0 };
        let tabs = u16::from(app.has_race() && height >= TABS_FROM);
        let body = height.saturating_sub(header + tabs + status + keys);
        let mut take = from_top(area);
        Self { header: take(header), tabs: take(tabs), body: take(body), status: take(status), keys: take(keys) }
    }
}

/// Places in the body of the race view.
#[derive(Debug, Clone, Copy)]
pub struct RaceLayout {
    /// The chart of loss.
    pub loss: Rect,
    /// The chart of accuracy.
    pub accuracy: Rect,
    /// A line per run; hidden where the result takes its place.
    pub table: Option<Rect>,
    /// The ranking, once the race has ended.
    pub result: Option<Rect>,
}

impl RaceLayout {
    /// Where everything stands in `body`.
    pub fn of(app: &App, body: Rect) -> Self {
        let runs = u16::try_from(app.history.runs.len()).unwrap_or(u16::MAX);
        let charts_at_least = CHARTS_AT_LEAST.min(body.height / 2 + 1);
        let room = body.height.saturating_sub(charts_at_least);
        let whole_table = runs.saturating_add(1);
        let whole_result = runs.saturating_add(2);
        let needed = whole_table.saturating_add(whole_result).saturating_add(CHARTS_BESIDE_RESULT);
        let (table, result) = match app.shows_result {
            false => (whole_table.min(room), 0),
            true if body.height >= needed => (whole_table, whole_result),
            true => (0, whole_result.min(room)),
        };
        let mut take = from_top(body);
        let (loss, accuracy) = split_charts(take(body.height.saturating_sub(table + result)));
        let shown = |rect: Rect| (!rect.is_empty()).then_some(rect);
        Self { loss, accuracy, table: shown(take(table)), result: shown(take(result)) }
    }
}

/// Takes lines off an area, from its top on, as long as there are any.
pub fn from_top(area: Rect) -> impl FnMut(u16) -> Rect {
    let mut top = area.y;
    move |lines| {
        let rect = Rect { y: top, height: lines.min(area.bottom().saturating_sub(top)), ..area };
        top += rect.height;
        rect
    }
}

fn split_charts(charts: Rect) -> (Rect, Rect) {
    if charts.width < SIDE_BY_SIDE && charts.height >= 2 * CHARTS_AT_LEAST {
        let upper = charts.height / 2;
        let loss = Rect { height: upper, ..charts };
        (loss, Rect { y: charts.y + upper, height: charts.height - upper, ..charts })
    } else {
        let left = charts.width / 2;
        let loss = Rect { width: left, ..charts };
        (loss, Rect { x: charts.x + left, width: charts.width - left, ..charts })
    }
}
