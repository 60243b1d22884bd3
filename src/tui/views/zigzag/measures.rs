//! The measures of a pane as numbers, with their change.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::board::value::NONE;
use crate::board::zigzag::Pane;
use crate::race::measure::{self, Measure};
use crate::race::range_stats::RangeStats;
use crate::tui::theme::Theme;

/// A measure as it is shown beside a path.
pub struct PaneMeasure {
    /// What is measured.
    pub measure: &'static Measure,
    /// What it is over the steps that are shown, for the help.
    pub meaning: &'static str,
    /// What is written before the number.
    prefix: &'static str,
    /// What it is now, and what it was.
    values: fn(&Pane) -> [Option<f64>; 2],
    decimals: usize,
}

/// All measures, in the order in which they are shown.
pub static MEASURES: &[PaneMeasure] = &[
    PaneMeasure {
        measure: &measure::TURN,
        meaning: "mean angle between consecutive updates, over all parameters: 0° straight on, 90° at right angles, \
                  180° back",
        prefix: "",
        values: |pane| of_steps(pane, |stats| Some(stats.turn)),
        decimals: 1,
    },
    PaneMeasure {
        measure: &measure::STRAIGHTNESS,
        meaning: "way made good, as a share of the way gone: 1 a straight line, near 0 a zigzag or a circle. The way \
                  gone is exact, the way made good comes from compressed steps: ± 2 % (one standard deviation)",
        prefix: "~",
        values: |pane| of_steps(pane, |stats| stats.straightness),
        decimals: 2,
    },
    PaneMeasure {
        measure: &measure::ROUGHNESS,
        meaning: "roughness: standard deviation of the loss differences from step to step, in nats",
        prefix: "",
        values: |pane| of_steps(pane, |stats| Some(stats.roughness)),
        decimals: 3,
    },
    PaneMeasure {
        measure: &measure::UPDATE_COSINE,
        meaning: "mean cosine between consecutive updates: 1 straight on, 0 at right angles, -1 back",
        prefix: "",
        values: |pane| of_steps(pane, |stats| Some(stats.update_cosine)),
        decimals: 2,
    },
    PaneMeasure {
        measure: &measure::GRADIENT_COSINE,
        meaning: "cosine between the gradients of one fixed batch of 512 samples before and after 50 steps: free of \
                  the noise of minibatches and of an optimizer's memory. Measured now and then; the change is from the \
                  time before",
        prefix: "",
        values: |pane| pane.gradient_cosine.map(|value| value.map(f64::from)),
        decimals: 3,
    },
    PaneMeasure {
        measure: &measure::DISTANCE,
        meaning: "how far the weights are from where they began, at the last step that is a multiple of 50",
        prefix: "",
        values: |pane| pane.distance.map(|value| value.map(f64::from)),
        decimals: 2,
    },
];

fn of_steps(pane: &Pane, value: fn(&RangeStats) -> Option<f64>) -> [Option<f64>; 2] {
    [value(&pane.now), pane.before.as_ref().and_then(value)]
}

impl PaneMeasure {
    /// The measure, its change, and an arrow for it.
    fn texts(&self, pane: &Pane) -> [String; 3] {
        let [now, before] = (self.values)(pane).map(|value| value.filter(|value| value.is_finite()));
        let (prefix, unit) = (self.prefix, self.measure.unit.sign());
        let decimals = if now.is_some_and(|now| now.abs() >= 100.0) { self.decimals.min(1) } else { self.decimals };
        // Adding 0 turns -0 into 0.
        let scale = 10_f64.powi(decimals as i32);
        let rounded = |value: f64| (value * scale).round() / scale + 0.0;
        let value = now.map(|now| format!("{prefix}{:.decimals$}{unit}", rounded(now)));
        let (change, arrow) = match now.zip(before).map(|(now, before)| rounded(now - before)) {
            None => (String::new(), ""),
            Some(0.0) => ("0".to_owned(), " "),
            Some(change) => (format!("{change:+.decimals$}"), if change > 0.0 { "↑" } else { "↓" }),
        };
        [value.unwrap_or_else(|| NONE.to_owned()), change, arrow.to_owned()]
    }
}

/// Cells of a name, of a value and of a change.
const TITLE: u16 = 8;
const VALUE: u16 = 7;
const CHANGE: u16 = 12;

/// Cells of a value where room is short.
const SHORT_VALUE: usize = 6;

/// Draws them: a line each, or two on a line where there are not as many lines.
pub fn render(buffer: &mut Buffer, area: Rect, theme: Theme, pane: &Pane) {
    if usize::from(area.height) <= MEASURES.len() {
        let across = area.width.div_ceil(2);
        for (measure, index) in MEASURES.iter().zip(0..) {
            let x = area.x + index / 3 * across;
            let width = across.min(area.right().saturating_sub(x));
            let cell = Rect { x, y: area.y + index % 3, width, height: 1 };
            if cell.y < area.bottom() {
                in_short(buffer, cell, theme, pane, measure);
            }
        }
        return;
    }
    let heading = [(TITLE, VALUE, "now"), (TITLE + VALUE, CHANGE, "in 50 steps")];
    for (x, width, text) in heading {
        let text = format!("{text:>width$}", width = usize::from(width));
        buffer.set_stringn(area.x + x, area.y, text, usize::from(area.width - x), theme.faint());
    }
    for (measure, y) in MEASURES.iter().zip(area.y + 1..area.bottom()) {
        in_full(buffer, Rect { y, height: 1, ..area }, theme, pane, measure);
    }
}

/// The name, the number, and whether it rose or fell.
fn in_short(buffer: &mut Buffer, area: Rect, theme: Theme, pane: &Pane, measure: &PaneMeasure) {
    let [value, _, arrow] = measure.texts(pane);
    let room = |x: u16| usize::from(area.right().saturating_sub(x));
    buffer.set_stringn(area.x, area.y, measure.measure.label, room(area.x), theme.faint());
    let x = area.x + TITLE;
    let width = room(x).min(SHORT_VALUE);
    let (end, _) = buffer.set_stringn(x, area.y, format!("{value:>width$}"), width, theme.strong());
    buffer.set_stringn(end, area.y, arrow, room(end), theme.faint());
}

fn in_full(buffer: &mut Buffer, area: Rect, theme: Theme, pane: &Pane, measure: &PaneMeasure) {
    let [value, change, _] = measure.texts(pane);
    let texts = [
        (0, measure.measure.label.to_owned(), theme.faint()),
        (TITLE, format!("{value:>width$}", width = usize::from(VALUE)), theme.strong()),
        (TITLE + VALUE, format!("{change:>width$}", width = usize::from(CHANGE)), theme.faint()),
        (TITLE + VALUE + CHANGE + 4, measure.measure.summary.to_owned(), theme.faint()),
    ];
    for (x, text, style) in texts {
        let room = usize::from(area.width.saturating_sub(x));
        if text.chars().count() <= room {
            buffer.set_string(area.x + x, area.y, text, style);
        }
    }
}
