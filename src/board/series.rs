//! The curves of a race: smoothed as the steps come in, and downsampled to the columns of a chart without being reread.
//!
//! Smoothing comes before downsampling, and downsampling keeps the mean, the lowest and the highest value of every
//! column: the mean is the line, and what a zigzag does around it stays visible however many steps share a column.

mod curves;
mod downsample;
mod metric;
mod min_max_tree;

use std::ops::Range;

use serde::Serialize;

use crate::race::history::{History, RunHistory};
use crate::race::measure::{EpochRecord, StepRecord, WINDOW_STEPS};

use curves::RunCurves;
use downsample::downsample;
use min_max_tree::MinMaxTree;

pub use downsample::PlotColumn;
pub use metric::Metric;

/// Bytes that the curves take for each step of a run.
pub const STEP_BYTES: f64 =
    MinMaxTree::VALUE_BYTES * (Metric::OF_STEPS.len() as f64 + curves::OF_WINDOWS as f64 / WINDOW_STEPS as f64);

/// What runs along the horizontal axis of the charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum XAxis {
    /// Training samples seen.
    Samples,
    /// Passes over the training samples.
    Epochs,
    /// CPU seconds spent on training.
    ComputeTime,
}

impl XAxis {
    /// The one after this.
    pub fn next(self) -> Self {
        match self {
            Self::Samples => Self::Epochs,
            Self::Epochs => Self::ComputeTime,
            Self::ComputeTime => Self::Samples,
        }
    }
}

/// Places measurements along the horizontal axis.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct XScale {
    /// What is measured along the axis.
    pub axis: XAxis,
    /// Samples in an epoch.
    pub epoch_samples: u64,
}

impl XScale {
    /// Where a measurement is that was made after so many samples and so much CPU time.
    pub fn place(&self, samples: u64, compute_s: f64) -> f64 {
        match self.axis {
            XAxis::Samples => samples as f64,
            XAxis::Epochs => samples as f64 / self.epoch_samples.max(1) as f64,
            XAxis::ComputeTime => compute_s,
        }
    }

    /// Where a step is.
    pub fn step(&self, step: &StepRecord) -> f64 {
        self.place(step.samples, step.compute_s)
    }

    /// Where an evaluation is.
    pub fn epoch(&self, epoch: &EpochRecord) -> f64 {
        self.place(epoch.samples, epoch.compute_s)
    }
}

/// The curves of all runs, with the smoothing a person chose.
#[derive(Debug, Clone)]
pub struct Series {
    /// Samples over which training curves are averaged; 0 where they are as measured.
    window: f64,
    /// Whose effective learning rates are shown; the whole network's where `None`.
    layer: Option<usize>,
    generation: u32,
    runs: Vec<RunCurves>,
}

impl Series {
    /// Curves of `runs` runs without a step, exponentially averaged over `window` samples.
    pub fn new(runs: usize, window: f64) -> Self {
        Self { window, layer: None, generation: 0, runs: vec![RunCurves::new(window); runs] }
    }

    /// Takes in the steps that are new in `history`.
    pub fn catch_up(&mut self, history: &History) {
        if self.generation != history.generation {
            self.begin_anew(history);
        }
        for (curves, run) in self.runs.iter_mut().zip(&history.runs) {
            if curves.restarts != run.restarts {
                *curves = RunCurves::new(self.window);
                curves.restarts = run.restarts;
            }
            curves.catch_up(run, self.layer);
        }
    }

    /// Smooths anew, from the first step on.
    pub fn smooth(&mut self, window: f64, history: &History) {
        self.window = window;
        self.begin_anew(history);
        self.catch_up(history);
    }

    /// The layer whose effective learning rates are shown, from 0 at the input; the whole network's where `None`.
    pub fn layer(&self) -> Option<usize> {
        self.layer
    }

    /// Shows the effective learning rates of another layer.
    pub fn show_layer(&mut self, layer: Option<usize>, history: &History) {
        self.layer = layer;
        self.runs.iter_mut().for_each(RunCurves::forget_effective_lr);
        self.catch_up(history);
    }

    fn begin_anew(&mut self, history: &History) {
        self.generation = history.generation;
        self.runs = vec![RunCurves::new(self.window); history.runs.len()];
    }

    /// The smoothed value of a run after so many steps, or of the step before where it is no number.
    pub fn after(&self, run: usize, metric: Metric, steps: usize) -> Option<f32> {
        let values = self.runs.get(run)?.of(metric);
        let finite = |index: usize| values.get(index).filter(|value| value.is_finite());
        // Only the step in which a run diverged has no value, so two looks are enough.
        (0..values.len().min(steps)).rev().take(2).find_map(finite)
    }

    /// Samples over which training curves are averaged; 0 where they are as measured.
    pub fn smoothing(&self) -> f64 {
        self.window
    }

    /// The smoothed values of these steps of a run, counted from 0, as far as they have been taken in.
    pub fn smoothed(&self, run: usize, metric: Metric, steps: Range<usize>) -> &[f32] {
        self.runs.get(run).map_or(&[], |curves| curves.of(metric).at(steps))
    }

    /// A curve between two places on the horizontal axis, downsampled to `columns` columns. Columns without a step are
    /// left out.
    pub fn columns(
        &self,
        index: usize,
        metric: Metric,
        run: &RunHistory,
        x_scale: XScale,
        places: &Range<f64>,
        columns: usize,
    ) -> Vec<PlotColumn> {
        let Some(curves) = self.runs.get(index) else { return Vec::new() };
        let place =
            |at: usize| if metric == Metric::EffectiveLr { window(run, x_scale, at) } else { step(run, x_scale, at) };
        downsample(curves.of(metric), place, places, columns)
    }

    /// 10th and 90th percentile of a run's effective learning rates, downsampled likewise.
    pub fn effective_lr_band(
        &self,
        index: usize,
        run: &RunHistory,
        x_scale: XScale,
        places: &Range<f64>,
        columns: usize,
    ) -> [Vec<PlotColumn>; 2] {
        let Some(curves) = self.runs.get(index) else { return Default::default() };
        let downsampled = |values: &MinMaxTree| downsample(values, |at| window(run, x_scale, at), places, columns);
        curves.effective_lr_band().map(downsampled)
    }
}

/// Where a run's step is, given its index; beyond all of them where there is none.
fn step(run: &RunHistory, x_scale: XScale, index: usize) -> f64 {
    run.steps.get(index).map_or(f64::INFINITY, |step| x_scale.step(step))
}

/// Where the end of a run's window is, given its index.
fn window(run: &RunHistory, x_scale: XScale, index: usize) -> f64 {
    let last = run.windows.get(index).and_then(|window| (window.step as usize).checked_sub(1));
    last.map_or(f64::INFINITY, |last| step(run, x_scale, last))
}
