//! What range of values a chart shows: wide enough for every run that does well, not spoilt by those that do not.

use super::Board;
use super::axis::{Axis, growing_end};
use super::curve::Curve;
use super::playhead::RunView;
use super::series::{Metric, XAxis};

/// The share of a run's columns that a linear axis is made for; the rest is the first fall of the loss, or a spike.
const COMMON: f64 = 0.8;

/// A run whose losses are more than this many times those of the median run is not what the axis is made for.
const FAR_OFF: f64 = 8.0;

/// The share of a linear axis that stays free above and below all curves.
const ASIDE: f64 = 0.06;

/// The horizontal axis of both charts.
pub fn horizontal(board: &Board) -> Axis {
    let x_scale = board.x_scale();
    let shown = board.history.runs.iter().zip(&board.hidden).filter(|(_, hidden)| !**hidden).map(|(run, _)| run);
    let end = shown.filter_map(|run| run.steps.last()).map(|step| x_scale.step(step)).fold(0.0, f64::max);
    let planned = match board.charts.x {
        XAxis::Samples => board.info.training_samples as f64 * f64::from(board.history.epochs),
        XAxis::Epochs => f64::from(board.history.epochs),
        XAxis::ComputeTime => f64::INFINITY,
    };
    let rounded = growing_end(end);
    let high = if planned >= end { rounded.min(planned) } else { rounded };
    if !board.playhead.is_zoomed() {
        return Axis { low: 0.0, high: high.max(1e-9), log: false };
    }
    let part = board.shown_samples();
    let place = |samples: u64| match board.charts.x {
        XAxis::Samples | XAxis::Epochs => x_scale.place(samples, 0.0),
        XAxis::ComputeTime => RunView::new(&board.history.runs[board.selected], Some(samples)).compute_s(),
    };
    let low = place(part.start);
    Axis { low, high: place(part.end).max(low + high * 1e-9), log: false }
}

/// The vertical axis of a chart with these curves; `None` where there is nothing to show yet.
pub fn vertical(board: &Board, metric: Metric, curves: &[Curve]) -> Option<Axis> {
    let log = board.is_log(metric);
    let is_well = |curve: &&Curve| !board.history.runs[curve.run].state.has_died();
    let well: Vec<&Curve> = curves.iter().filter(is_well).collect();
    let ranges = |curves: &[&Curve]| curves.iter().filter_map(|curve| range(curve, metric, log)).collect::<Vec<_>>();
    let mut ranges_of_well = ranges(&well);
    if ranges_of_well.is_empty() {
        ranges_of_well = ranges(&curves.iter().collect::<Vec<_>>());
    }
    let low = ranges_of_well.iter().map(|(low, _)| *low).reduce(f64::min)?;
    let mut highs: Vec<f64> = ranges_of_well.iter().map(|(_, high)| *high).collect();
    highs.sort_by(f64::total_cmp);
    let median = highs[(highs.len() - 1) / 2];
    // What a logarithmic axis of the dynamics is for is to show runs of all sizes together.
    let far_off = if log && metric != Metric::Loss { f64::INFINITY } else { FAR_OFF };
    let high = highs.iter().copied().filter(|high| *high <= median * far_off).fold(low, f64::max);
    // Where curves crowd they step aside by a row, for which there has to be one.
    let aside = if log { 0.0 } else { ASIDE * (high - low) };
    let axis = Axis::around(low - aside, high + aside, log);
    let most = metric.measure().range.1;
    Some(Axis { low: axis.low.max(if log { axis.low } else { 0.0 }), high: axis.high.min(most), ..axis })
}

/// The lowest and highest value of a curve that the axis should show.
fn range(curve: &Curve, metric: Metric, log: bool) -> Option<(f64, f64)> {
    // The evaluation before training is at the very edge: it belongs to the first fall of the loss.
    let evaluations = || curve.evaluations.iter().filter(|at| at.place > 0.0).map(|at| at.value);
    let sorted = |values: Vec<f32>| {
        // 0 has no place on a logarithmic axis.
        let has_place = |value: &f32| value.is_finite() && (!log || *value > 0.0);
        let mut values: Vec<f32> = values.into_iter().filter(has_place).collect();
        values.sort_by(f32::total_cmp);
        values
    };
    // The line is what an axis is made for, and a band only where it is measured itself: least and greatest of each
    // column belong to the selected run alone, and the axis must not move with the selection.
    let band = curve.band.each_ref().map(|edge| if metric == Metric::EffectiveLr { &edge[..] } else { &[] });
    let minima = sorted(curve.columns.iter().chain(band[0]).map(|column| column.mean).collect());
    let maxima = sorted(curve.columns.iter().chain(band[1]).map(|column| column.mean).collect());
    let (&lowest, &highest) = (minima.first()?, maxima.last()?);
    let rank = |count: usize| ((count - 1) as f64 * COMMON).ceil() as usize;
    let (low, high) = match metric {
        _ if log => (lowest, highest),
        Metric::Lr | Metric::EffectiveLr => (lowest, highest),
        Metric::Loss | Metric::GradNorm | Metric::UpdateNorm => (lowest, maxima[rank(maxima.len())]),
        Metric::Accuracy => (minima[minima.len() - 1 - rank(minima.len())], highest),
    };
    let low = evaluations().fold(low, f32::min);
    let high = evaluations().fold(high, f32::max);
    Some((f64::from(low), f64::from(high)))
}
