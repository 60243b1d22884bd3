//! The loss of every step, and the smoothed loss on top.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::heading::heading;
use super::layout::Sections;
use crate::board::axis::{Axis, tick_texts};
use crate::board::zigzag::{Pane, shaping};
use crate::text::cut;
use crate::tui::drawn::Context;
use crate::tui::theme::Colors;
use crate::tui::widgets::canvas::Canvas;

/// Cells for the labels of the axis, and a gap.
const LABELS: u16 = 6;

/// Who draws on the canvas.
const RAW: usize = 0;
const SMOOTHED: usize = 1;

/// Where the run's marker is on the smoothed line if there are no colours: once in so many cells.
const SIGN_DISTANCE: usize = 12;

/// What both sides share.
pub struct LossScale {
    y: Axis,
    /// Steps from the left to the right end.
    steps: usize,
}

impl LossScale {
    /// The scale that shows all steps of all panes that did not diverge; `None` where there is nothing to show.
    pub fn of(cx: Context<'_>, panes: &[Pane]) -> Option<Self> {
        let shaping = shaping(panes);
        let shown = panes.iter().filter(|pane| shaping(pane));
        let values = shown.flat_map(|pane| &pane.losses).map(|&loss| f64::from(loss)).filter(|loss| loss.is_finite());
        let range = values.fold(None, |range: Option<(f64, f64)>, loss| {
            let (low, high) = range.unwrap_or((loss, loss));
            Some((low.min(loss), high.max(loss)))
        });
        let (low, high) = range?;
        let steps = panes.iter().map(|pane| pane.losses.len()).max()?;
        Some(Self { y: Axis::around(low, high, cx.board.charts.log), steps })
    }
}

/// Draws it.
pub fn render(buffer: &mut Buffer, sections: &Sections, cx: Context<'_>, pane: &Pane, scale: Option<&LossScale>) {
    let name = if cx.board.charts.log { "loss (log)" } else { "loss" };
    let about = match cx.board.charts.smoothing() {
        0.0 => "each step".to_owned(),
        _ => "each step, smoothed on top".to_owned(),
    };
    heading(buffer, sections.loss_heading, cx.theme, name, &about);
    let area = sections.loss;
    let plot = Rect { x: area.x + LABELS, width: area.width.saturating_sub(LABELS), ..area };
    let Some(scale) = scale.filter(|_| !plot.is_empty()) else { return };
    labels(buffer, area, cx, &scale.y);

    let mut canvas = Canvas::new(plot, cx.theme.ascii);
    line(&mut canvas, &pane.losses, pane, scale, RAW);
    if cx.board.charts.smoothing() > 0.0 {
        line(&mut canvas, &pane.smoothed, pane, scale, SMOOTHED);
    }
    let own = cx.theme.run(pane.run);
    let raw = if cx.board.charts.smoothing() > 0.0 { cx.theme.faint() } else { own };
    canvas.render(buffer, |owner| if owner == RAW { raw } else { own.patch(cx.theme.strong()) });
    if cx.theme.colors == Colors::None && cx.board.charts.smoothing() > 0.0 {
        markers(buffer, plot, cx, pane, scale);
    }
}

fn labels(buffer: &mut Buffer, area: Rect, cx: Context<'_>, y: &Axis) {
    let ticks = y.ticks(usize::from(area.height / 2).max(3));
    for (tick, text) in ticks.iter().zip(tick_texts(&ticks)) {
        let text = cut(&text, usize::from(LABELS) - 1);
        let row = area.y + ((1.0 - y.share(*tick)).clamp(0.0, 1.0) * f64::from(area.height - 1)).round() as u16;
        buffer.set_string(area.x, row, format!("{text:>width$}", width = usize::from(LABELS) - 1), cx.theme.faint());
    }
}

/// The share of the width at which a step is: the last one at the right end, whatever the others lack.
fn place(index: usize, pane: &Pane, scale: &LossScale) -> f64 {
    let left_out = scale.steps - pane.losses.len();
    (index + left_out) as f64 / (scale.steps.max(2) - 1) as f64
}

fn line(canvas: &mut Canvas, values: &[f32], pane: &Pane, scale: &LossScale, owner: usize) {
    let (right, bottom) = (canvas.width() as f64 - 1.0, canvas.height() as f64 - 1.0);
    let mut before = None;
    for (index, &value) in values.iter().enumerate() {
        if !value.is_finite() {
            before = None;
            continue;
        }
        // Far outside all values look alike.
        let y = (1.0 - scale.y.share(f64::from(value)).clamp(-1.0, 2.0)) * bottom;
        let dot = ((place(index, pane, scale) * right).round() as i32, y.round() as i32);
        canvas.line(before.unwrap_or(dot), dot, owner, owner == SMOOTHED);
        before = Some(dot);
    }
}

fn markers(buffer: &mut Buffer, plot: Rect, cx: Context<'_>, pane: &Pane, scale: &LossScale) {
    let own = cx.theme.strong();
    for cell in (SIGN_DISTANCE / 2..usize::from(plot.width)).step_by(SIGN_DISTANCE) {
        let share = cell as f64 / f64::from(plot.width.max(2) - 1);
        let index = (share * (scale.steps.max(1) - 1) as f64).round() as usize;
        let index = index.checked_sub(scale.steps - pane.losses.len());
        let value = index.and_then(|index| pane.smoothed.get(index)).map(|&value| scale.y.share(f64::from(value)));
        if let Some(share) = value.filter(|share| (0.0..=1.0).contains(share)) {
            let row = plot.y + ((1.0 - share) * f64::from(plot.height - 1)).round() as u16;
            buffer.set_string(plot.x + cell as u16, row, cx.theme.marker(pane.run), own);
        }
    }
}
