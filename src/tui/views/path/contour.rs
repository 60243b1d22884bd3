//! Which losses of a map are distinguished: round ones, at which one band of the ground ends and the next begins.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::board::axis::{Axis, tick_texts};
use crate::race::landscape::Grid;
use crate::tui::theme::Theme;
use crate::tui::widgets::map::PlaneMap;

/// The highest band that a theme can shade.
const TOP: usize = 9;

/// A logarithmic scale with fewer levels than these gives way to a linear one.
const FEWEST: usize = 4;

/// The share of the losses that levels are spread over; what is higher, in a corner far from every path, is all one.
const SHARE: f64 = 0.95;

/// Round losses, from low to high.
#[derive(Debug, Clone, PartialEq)]
pub struct ContourLevels(Vec<f64>);

impl ContourLevels {
    /// Levels that tell apart what `map` shows of `grid`.
    pub fn of(grid: &Grid, map: &PlaneMap) -> Self {
        let (columns, rows) = (map.area.width.max(1), map.area.height.max(1));
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
        let places = cells.map(|(column, row)| map.within(column, row, (0.5, 0.5)));
        let known = places.filter(|at| grid.contains(at.x, at.y));
        let losses = known.map(|at| f64::from(grid.loss_at(at.x, at.y)));
        Self::between(losses.filter(|loss| loss.is_finite()).collect())
    }

    fn between(mut losses: Vec<f64>) -> Self {
        losses.sort_by(f64::total_cmp);
        let last = losses.len().saturating_sub(1);
        let Some((&low, &high)) = losses.first().zip(losses.get((last as f64 * SHARE) as usize)) else {
            return Self(Vec::new());
        };
        let levels = |log| {
            let mut levels = Axis { low: low.max(1e-6), high: high.max(1e-6), log }.ticks(TOP);
            levels.retain(|level| (low..=high).contains(level));
            levels
        };
        let logarithmic = levels(true);
        Self(if logarithmic.len() < FEWEST && high > low { levels(false) } else { logarithmic })
    }

    /// The band of a loss: 0 is the lowest. A loss that is not a number is as high as any.
    pub fn band(&self, loss: f32) -> u8 {
        let reached = |level: &&f64| loss.is_nan() || f64::from(loss) >= **level;
        self.shade(self.0.iter().filter(reached).count())
    }

    /// The band above so many levels.
    fn shade(&self, count: usize) -> u8 {
        (count * TOP / self.0.len().max(1)) as u8
    }

    /// The levels between the shades that they divide, in at most `room` characters.
    pub fn legend(&self, theme: Theme, room: usize) -> Line<'static> {
        let texts = tick_texts(&self.0);
        let is_shaded = theme.height(0).is_some();
        for (swatch, every) in [(2, 1), (1, 1), (1, 2), (1, 3)] {
            let title = match is_shaded {
                true => " loss ",
                false if swatch > 1 => " loss at the dotted lines: ",
                false => " dotted: ",
            };
            let line = self.line(theme, &texts, title, swatch, every);
            if line.width() <= room {
                return line;
            }
        }
        Line::default()
    }

    fn line(&self, theme: Theme, texts: &[String], title: &'static str, swatch: usize, every: usize) -> Line<'static> {
        let shade = |count: usize| match theme.height(self.shade(count)) {
            Some(style) => Span::styled(" ".repeat(swatch), style),
            None => Span::styled(if count == 0 { "" } else { " " }, Style::new()),
        };
        let shown = texts.iter().enumerate().filter(|(index, _)| index.is_multiple_of(every));
        let mut spans = vec![Span::styled(title, theme.faint()), shade(0)];
        for (index, text) in shown {
            spans.extend([Span::styled(text.clone(), theme.faint()), shade(index + 1)]);
        }
        spans.push(Span::raw(" "));
        Line::from(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_round_and_spread_over_what_is_seen() {
        let spread = |low: f64, high: f64| {
            ContourLevels::between((0..=1000).map(|i| low + (high - low) * f64::from(i) / 1e3).collect())
        };
        assert_eq!(tick_texts(&spread(0.31, 5.0).0), ["0.4", "0.5", "0.7", "1.0", "1.5", "2.0", "3.0", "4.0"]);
        let narrow = tick_texts(&spread(2.30, 2.41).0);
        assert_eq!(narrow, ["2.30", "2.32", "2.34", "2.36", "2.38", "2.40"], "a narrow range is divided evenly");
        assert_eq!(spread(1.0, 1.0).0, [1.0]);
        assert_eq!(ContourLevels::between(Vec::new()).band(1.0), 0);
    }

    #[test]
    fn a_few_huge_losses_do_not_take_all_shades() {
        let mut losses: Vec<f64> = (0..1000).map(|i| 0.3 + 0.002 * f64::from(i)).collect();
        losses.extend([1e6; 40]);
        let levels = ContourLevels::between(losses);
        assert!(levels.0.last().is_some_and(|level| *level < 3.0), "{levels:?}");
        assert_eq!([0.1, 1e7, f32::NAN, f32::INFINITY].map(|loss| levels.band(loss)), [0, 9, 9, 9]);
    }
}
