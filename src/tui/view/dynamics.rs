//! The dynamics: learning rate, gradient norm, update norm and effective learning rate of every run, over time.

mod numbers;

use ratatui::layout::Rect;

use super::chart;
use crate::tui::app::App;
use crate::tui::drawn::Painter;
use crate::tui::series::Metric;

/// Least lines of the charts where a table of all runs stands below them.
const CHARTS_BESIDE_TABLE: u16 = 20;

/// Lines for a legend and the selected run's numbers, where there is no room for the table.
const LEGEND: u16 = 2;

/// Places in the body of the view.
struct Layout {
    charts: [(Metric, Rect); 4],
    numbers: Rect,
}

impl Layout {
    fn of(app: &App, body: Rect) -> Self {
        let runs = u16::try_from(app.history.runs.len()).unwrap_or(u16::MAX);
        let table = runs.saturating_add(1);
        let below = if body.height >= table.saturating_add(CHARTS_BESIDE_TABLE) { table } else { LEGEND };
        let (charts, numbers) = split_below(body, body.height.saturating_sub(below));
        let (upper, lower) = split_below(charts, charts.height / 2);
        let ((lr, effective), (gradient, update)) = (halves(upper), halves(lower));
        let charts = [
            (Metric::Lr, lr),
            (Metric::EffectiveLr, effective),
            (Metric::GradNorm, gradient),
            (Metric::UpdateNorm, update),
        ];
        Self { charts, numbers }
    }
}

fn split_below(area: Rect, height: u16) -> (Rect, Rect) {
    (Rect { height, ..area }, Rect { y: area.y + height, height: area.height - height, ..area })
}

fn halves(area: Rect) -> (Rect, Rect) {
    let width = area.width / 2;
    (Rect { width, ..area }, Rect { x: area.x + width, width: area.width - width, ..area })
}

/// Draws the view.
pub fn render(painter: &mut Painter<'_>, body: Rect, app: &App) {
    let layout = Layout::of(app, body);
    for (metric, area) in layout.charts {
        chart::render(painter.buffer, area, app, metric);
    }
    numbers::render(painter, layout.numbers, app);
}
