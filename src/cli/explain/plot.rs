//! A schedule as a small picture in text.

use crate::optim::schedule::LrCurve;

/// Eighths of a cell, from the bottom.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The rate over the planned steps, its highest as high as the picture: lines of `columns` characters, the highest
/// first. Any rate above 0 leaves a mark.
pub(super) fn lines(curve: &LrCurve, columns: usize, rows: usize) -> Vec<String> {
    let step_of = |column: usize| ((column as f64 + 0.5) / columns as f64 * curve.steps) as u64;
    let rates: Vec<f64> = (0..columns).map(|column| curve.rate(step_of(column))).collect();
    let highest = rates.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let eighths = |rate: f64| {
        let height = (rate / highest * (8 * rows) as f64).round() as usize;
        if rate > 0.0 { height.max(1) } else { height }
    };
    let heights: Vec<usize> = rates.into_iter().map(eighths).collect();
    let line = |row: usize| heights.iter().map(|height| BLOCKS[height.saturating_sub(8 * row).min(8)]).collect();
    (0..rows).rev().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_rate_is_as_high_as_the_picture() {
        let spec: crate::optim::Spec = "sgd:lr=0.5,schedule=polynomial,final=0".parse().expect("valid");
        assert_eq!(lines(&spec.lr_curve(800), 8, 2), ["█▆▄▂    ", "████▇▅▃▁"]);
    }
}
