//! From a curve to the columns of a chart.

use std::ops::Range;

use serde::Serialize;

use super::min_max_tree::MinMaxTree;

/// The values of a curve that share a column of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PlotColumn {
    /// Number of the column, from the left.
    pub column: usize,
    /// The mean of the values in it.
    pub mean: f32,
    /// The lowest value in it.
    pub min: f32,
    /// The highest value in it.
    pub max: f32,
}

/// The values of a curve between two places on the horizontal axis, downsampled to `columns` columns. Columns without a
/// value are left out. `place` says where each value is, in ascending order.
pub(super) fn downsample(
    values: &MinMaxTree,
    place: impl Fn(usize) -> f64,
    places: &Range<f64>,
    columns: usize,
) -> Vec<PlotColumn> {
    let width = (places.end - places.start) / columns.max(1) as f64;
    if width.is_nan() || width <= 0.0 {
        return Vec::new();
    }
    let mut downsampled = Vec::with_capacity(columns);
    let mut from = first_outside(0..values.len(), |index| place(index) < places.start);
    let mut count = 0;
    for column in 0..columns {
        let is_last = column + 1 == columns;
        let bound = places.start + width * (column + 1) as f64;
        let is_inside = |index: usize| place(index) < bound || (is_last && place(index) <= places.end);
        let to = end_near(from..values.len(), count, is_inside);
        if let Some(span) = values.span(from..to) {
            downsampled.push(PlotColumn { column, mean: span.mean(), min: span.min, max: span.max });
        }
        count = to - from;
        from = to;
        if from == values.len() {
            break;
        }
    }
    downsampled
}

/// The first of `indices` that is outside, where all that are inside come first; their end if there is none.
fn first_outside(indices: Range<usize>, is_inside: impl Fn(usize) -> bool) -> usize {
    let Range { start: mut low, end: mut high } = indices;
    while low < high {
        let middle = low + (high - low) / 2;
        if is_inside(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The same, where about `guess` are expected inside: columns mostly hold as many values as the one before, and looking
/// near by touches far less memory than halving all that is left.
fn end_near(indices: Range<usize>, guess: usize, is_inside: impl Fn(usize) -> bool) -> usize {
    let slack = 2 + guess / 16;
    let low = (indices.start + guess.saturating_sub(slack)).min(indices.end);
    let high = (indices.start + guess + slack).min(indices.end);
    let starts_inside = low == indices.start || is_inside(low - 1);
    let ends_outside = high == indices.end || !is_inside(high);
    if starts_inside && ends_outside { first_outside(low..high, is_inside) } else { first_outside(indices, is_inside) }
}
