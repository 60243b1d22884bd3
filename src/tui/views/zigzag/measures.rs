//! The measures of a pane as numbers, with their change.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::board::value::NONE;
use crate::board::zigzag::Pane;
use crate::race::measure::{self, Measure};
use crate::race::range_stats::RangeStats;
use crate::text::{self, cut};
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
        meaning: "net distance ÷ path length: 1 a straight line, near 0 a zigzag or a circle. The path length is \
                  exact, the net distance comes from compressed steps: ± 2 % (one standard deviation)",
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
    /// The measure, its change, and an arrow for it, with at most so many decimals.
    fn texts(&self, pane: &Pane, decimals: usize) -> [String; 3] {
        let [now, before] = (self.values)(pane).map(|value| value.filter(|value| value.is_finite()));
        let (prefix, unit) = (self.prefix, self.measure.unit.sign());
        let decimals = match now.map_or(0.0, f64::abs) {
            ..100.0 => decimals,
            100.0..1000.0 => decimals.min(1),
            _ => 0,
        };
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

/// From this width on, where room is short, an arrow says whether a measure rose or fell.
const ARROW_FROM: u16 = 17;

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

/// The name, the number and, where there is room, whether it rose or fell.
fn in_short(buffer: &mut Buffer, area: Rect, theme: Theme, pane: &Pane, measure: &PaneMeasure) {
    let has_arrow = area.width >= ARROW_FROM;
    let [value, _, arrow] = measure.texts(pane, if has_arrow { measure.decimals } else { measure.decimals.min(2) });
    // A blank stands before the number, and one behind all.
    let end = area.right().saturating_sub(1 + u16::from(has_arrow));
    let start = end.saturating_sub(text::columns(&value) as u16).max(area.x);
    let name = cut(measure.measure.label, usize::from(start.saturating_sub(area.x + 1)));
    buffer.set_string(area.x, area.y, name, theme.faint());
    buffer.set_stringn(start, area.y, value, usize::from(end - start), theme.strong());
    if has_arrow {
        buffer.set_string(end, area.y, arrow, theme.faint());
    }
}

fn in_full(buffer: &mut Buffer, area: Rect, theme: Theme, pane: &Pane, measure: &PaneMeasure) {
    let [value, change, _] = measure.texts(pane, measure.decimals);
    let texts = [
        (0, measure.measure.label.to_owned(), theme.faint()),
        (TITLE, format!("{value:>width$}", width = usize::from(VALUE)), theme.strong()),
        (TITLE + VALUE, format!("{change:>width$}", width = usize::from(CHANGE)), theme.faint()),
        (TITLE + VALUE + CHANGE + 4, measure.measure.summary.to_owned(), theme.faint()),
    ];
    for (x, text, style) in texts {
        let room = usize::from(area.width.saturating_sub(x));
        if text::columns(&text) <= room {
            buffer.set_string(area.x + x, area.y, text, style);
        }
    }
}
