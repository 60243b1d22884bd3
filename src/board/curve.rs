//! The curves of a chart: what there is to draw of each run.

use serde::Serialize;

use super::Board;
use super::axis::Axis;
use super::series::{Metric, PlotColumn, XScale};
use crate::race::history::RunHistory;
use crate::race::measure::{EpochRecord, StepRecord};

/// A curve as a chart draws it.
#[derive(Debug, Clone, Serialize)]
pub struct Curve {
    /// Its run.
    pub run: usize,
    /// The downsampled training curve.
    pub columns: Vec<PlotColumn>,
    /// Evaluations within the chart.
    pub evaluations: Vec<Evaluation>,
    /// The lower and the upper edge of a band around it, as means of columns; empty where it has none.
    pub band: [Vec<PlotColumn>; 2],
    /// Its single steps, unsmoothed; empty where there is no room for them.
    pub raw: Vec<(usize, f32)>,
}

/// An evaluation as a chart draws it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Evaluation {
    /// Epochs trained.
    pub epoch: u32,
    /// Its place on the horizontal axis.
    pub place: f64,
    /// What was measured.
    pub value: f32,
}

/// The curves to draw, the selected one last: in so many columns of dots, their evaluations in so many cells.
pub fn curves(board: &Board, metric: Metric, x: &Axis, [columns_across, cells]: [usize; 2]) -> Vec<Curve> {
    let scale = board.x_scale();
    let others = (0..board.history.runs.len()).filter(|run| *run != board.selected);
    let shown = others.chain([board.selected]).filter(|run| !board.hidden[*run]);
    shown
        .map(|index| {
            let run = &board.history.runs[index];
            let columns = board.series.columns(index, metric, run, scale, &(x.low..x.high), columns_across);
            let band = match metric {
                _ if index != board.selected => Default::default(),
                Metric::EffectiveLr => {
                    board.series.effective_lr_band(index, run, scale, &(x.low..x.high), columns_across)
                }
                _ => extremes(&columns),
            };
            let is_smooth = metric.is_smoothed() && board.charts.smoothing() > 0.0;
            let has_raw = is_smooth && index == board.selected;
            Curve {
                run: index,
                columns,
                evaluations: evaluations(&run.epochs, metric, |epoch| scale.epoch(epoch), x, cells),
                band,
                raw: if has_raw { raw_steps(run, metric, scale, x, columns_across) } else { Vec::new() },
            }
        })
        .collect()
}

/// The lowest and the highest value of every column, as edges of a band.
fn extremes(columns: &[PlotColumn]) -> [Vec<PlotColumn>; 2] {
    let edge = |value: fn(&PlotColumn) -> f32| columns.iter().map(|c| PlotColumn { mean: value(c), ..*c }).collect();
    [edge(|column| column.min), edge(|column| column.max)]
}

/// Every step of a run within the chart, unsmoothed, in its column, where there are as many columns as steps.
fn raw_steps(run: &RunHistory, metric: Metric, scale: XScale, x: &Axis, columns: usize) -> Vec<(usize, f32)> {
    let first = run.steps.partition_point(|step| scale.step(step) < x.low);
    let end = run.steps.partition_point(|step| scale.step(step) <= x.high);
    if end - first > columns {
        return Vec::new();
    }
    let column = |step: &StepRecord| ((x.share(scale.step(step)) * columns as f64) as usize).min(columns.max(1) - 1);
    let steps = run.steps[first..end].iter().map(|step| (column(step), metric.of_step(step)));
    steps.filter(|(_, value)| value.is_finite()).collect()
}

/// The evaluations to draw, each with its place: in each cell across the last one, so that a race of thousands of
/// epochs costs no more than one of a hundred.
fn evaluations(
    epochs: &[EpochRecord],
    metric: Metric,
    place: impl Fn(&EpochRecord) -> f64,
    x: &Axis,
    cells: usize,
) -> Vec<Evaluation> {
    let mut first = epochs.partition_point(|epoch| place(epoch) < x.low);
    let mut shown = Vec::new();
    for cell in 1..=cells {
        let bound = x.low + (x.high - x.low) * cell as f64 / cells as f64;
        let is_inside = |epoch: &EpochRecord| place(epoch) < bound || (cell == cells && place(epoch) <= x.high);
        let here = &epochs[first..first + epochs[first..].partition_point(is_inside)];
        first += here.len();
        if let Some(last) = here.last() {
            let value = metric.of(last.val).filter(|value| value.is_finite());
            shown.extend(value.map(|value| Evaluation { epoch: last.epoch, place: place(last), value }));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::race::measure::Score;

    fn epoch(epoch: u32) -> EpochRecord {
        let val = Score { loss: epoch as f32, accuracy: 0.5 };
        EpochRecord { epoch, step: 0, samples: 0, compute_s: 0.0, wall_s: 0.0, lr: 0.1, train: None, val }
    }

    fn shown(epochs: u32, low: f64, high: f64, cells: usize) -> Vec<f32> {
        let epochs: Vec<EpochRecord> = (0..=epochs).map(epoch).collect();
        let x = Axis { low, high, log: false };
        let shown = evaluations(&epochs, Metric::Loss, |epoch| f64::from(epoch.epoch), &x, cells);
        shown.into_iter().map(|at| at.value).collect()
    }

    #[test]
    fn every_evaluation_is_drawn_while_there_are_cells_enough_and_then_the_last_of_each() {
        assert_eq!(shown(5, 0.0, 5.0, 60), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(shown(5, 3.0, 4.0, 60), [3.0, 4.0], "of a part");
        assert!(shown(5, 7.0, 9.0, 60).is_empty(), "nothing beyond the end");
        assert_eq!(shown(9999, 0.0, 9999.0, 3), [3332.0, 6665.0, 9999.0]);
    }
}
