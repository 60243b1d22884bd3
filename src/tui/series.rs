//! The curves of a race: smoothed as the steps come in, and thinned to the columns of a chart without being reread.
//!
//! Smoothing comes before thinning, and thinning keeps the lowest and the highest value of every column, so that a
//! zigzag stays visible however many steps share a column.

mod pyramid;

use std::ops::Range;

use crate::race::history::{History, RunHistory};
use crate::race::metrics::{EpochRecord, Score, StepRecord};

use pyramid::Pyramid;

/// What a chart shows of each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Cross-entropy.
    Loss,
    /// Share of samples classified correctly.
    Accuracy,
}

impl Metric {
    /// This metric of an evaluation.
    pub fn of(self, score: Score) -> f32 {
        match self {
            Self::Loss => score.loss,
            Self::Accuracy => score.accuracy,
        }
    }
}

/// What runs along the horizontal axis of the charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy)]
pub struct Ruler {
    /// What is measured along the axis.
    pub axis: XAxis,
    /// Samples in an epoch.
    pub epoch_samples: u64,
}

impl Ruler {
    /// Where a measurement stands that was made after so many samples and so much CPU time.
    pub fn place(&self, samples: u64, compute_s: f64) -> f64 {
        match self.axis {
            XAxis::Samples => samples as f64,
            XAxis::Epochs => samples as f64 / self.epoch_samples.max(1) as f64,
            XAxis::ComputeTime => compute_s,
        }
    }

    /// Where a step stands.
    pub fn step(&self, step: &StepRecord) -> f64 {
        self.place(step.samples, step.compute_s)
    }

    /// Where an evaluation stands.
    pub fn epoch(&self, epoch: &EpochRecord) -> f64 {
        self.place(epoch.samples, epoch.compute_s)
    }
}

/// The values of a curve that share a column of the chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Number of the column, from the left.
    pub column: usize,
    /// The value of the first step in it.
    pub first: f32,
    /// The value of the last step in it.
    pub last: f32,
    /// The lowest value in it.
    pub min: f32,
    /// The highest value in it.
    pub max: f32,
}

/// An exponential moving average, corrected for the zero it begins with.
#[derive(Debug, Clone, Copy)]
struct Smoother {
    keep: f64,
    mean: f64,
    weight: f64,
}

impl Smoother {
    fn new(keep: f64) -> Self {
        Self { keep, mean: 0.0, weight: 0.0 }
    }

    /// The average after one more value. A value that is not finite has no average and leaves no trace in later ones.
    fn next(&mut self, value: f32) -> f32 {
        if !value.is_finite() {
            return f32::NAN;
        }
        self.mean = self.keep * self.mean + (1.0 - self.keep) * f64::from(value);
        self.weight = self.keep * self.weight + (1.0 - self.keep);
        (self.mean / self.weight) as f32
    }
}

/// A curve: one metric of one run, smoothed.
#[derive(Debug, Clone)]
struct Curve {
    smoother: Smoother,
    values: Pyramid,
}

impl Curve {
    fn new(keep: f64) -> Self {
        Self { smoother: Smoother::new(keep), values: Pyramid::default() }
    }

    fn push(&mut self, value: f32) {
        let smoothed = self.smoother.next(value);
        self.values.push(smoothed);
    }
}

#[derive(Debug, Clone)]
struct RunCurves {
    loss: Curve,
    accuracy: Curve,
}

impl RunCurves {
    fn new(keep: f64) -> Self {
        Self { loss: Curve::new(keep), accuracy: Curve::new(keep) }
    }

    fn of(&self, metric: Metric) -> &Curve {
        match metric {
            Metric::Loss => &self.loss,
            Metric::Accuracy => &self.accuracy,
        }
    }

    fn catch_up(&mut self, steps: &[StepRecord]) {
        for step in steps.get(self.loss.values.len()..).unwrap_or_default() {
            self.loss.push(step.loss);
            self.accuracy.push(step.accuracy);
        }
    }
}

/// The curves of all runs, with the smoothing a person chose.
#[derive(Debug, Clone)]
pub struct Series {
    keep: f64,
    generation: u32,
    runs: Vec<RunCurves>,
}

impl Series {
    /// Curves of `runs` runs without a step; each average keeps the share `keep` of the one before it.
    pub fn new(runs: usize, keep: f64) -> Self {
        Self { keep, generation: 0, runs: vec![RunCurves::new(keep); runs] }
    }

    /// Takes in the steps that are new in `history`.
    pub fn catch_up(&mut self, history: &History) {
        if self.generation != history.generation {
            *self = Self { generation: history.generation, ..Self::new(history.runs.len(), self.keep) };
        }
        for (curves, run) in self.runs.iter_mut().zip(&history.runs) {
            curves.catch_up(&run.steps);
        }
    }

    /// Smooths anew, from the first step on.
    pub fn smooth(&mut self, keep: f64, history: &History) {
        *self = Self { generation: history.generation, ..Self::new(history.runs.len(), keep) };
        self.catch_up(history);
    }

    /// The last smoothed value of a run that is a number.
    pub fn last(&self, run: usize, metric: Metric) -> Option<f32> {
        let values = &self.runs.get(run)?.of(metric).values;
        let finite = |index: usize| values.get(index).filter(|value| value.is_finite());
        // Only the step in which a run diverged has no value, so two looks are enough.
        (0..values.len()).rev().take(2).find_map(finite)
    }

    /// A curve between two places on the horizontal axis, thinned to `columns` columns. Columns without a step are
    /// left out.
    pub fn columns(
        &self,
        index: usize,
        metric: Metric,
        run: &RunHistory,
        ruler: Ruler,
        places: &Range<f64>,
        columns: usize,
    ) -> Vec<Column> {
        let Some(curves) = self.runs.get(index) else { return Vec::new() };
        let values = &curves.of(metric).values;
        let steps = &run.steps[..run.steps.len().min(values.len())];
        let width = (places.end - places.start) / columns.max(1) as f64;
        if width.is_nan() || width <= 0.0 {
            return Vec::new();
        }
        let mut thinned = Vec::with_capacity(columns);
        let mut from = steps.partition_point(|step| ruler.step(step) < places.start);
        let mut count = 0;
        for column in 0..columns {
            let is_last = column + 1 == columns;
            let bound = places.start + width * (column + 1) as f64;
            let inside = |step: &StepRecord| ruler.step(step) < bound || (is_last && ruler.step(step) <= places.end);
            let to = from + count_inside(&steps[from..], count, inside);
            if let Some(span) = values.span(from..to) {
                let value = |at: usize, otherwise: f32| values.get(at).filter(|v| v.is_finite()).unwrap_or(otherwise);
                let first = value(from, span.max);
                let last = value(to - 1, span.min);
                thinned.push(Column { column, first, last, min: span.min, max: span.max });
            }
            count = to - from;
            from = to;
            if from == steps.len() {
                break;
            }
        }
        thinned
    }
}

/// How many of `steps` come before a border, where about `guess` are expected: columns mostly hold as many steps as
/// the one before, and looking near by touches far less memory than halving all that is left.
fn count_inside(steps: &[StepRecord], guess: usize, is_inside: impl Fn(&StepRecord) -> bool) -> usize {
    let slack = 2 + guess / 16;
    let (low, high) = (guess.saturating_sub(slack), (guess + slack).min(steps.len()));
    let starts_inside = low == 0 || steps.get(low - 1).is_some_and(&is_inside);
    let ends_outside = steps.get(high).is_none_or(|step| !is_inside(step));
    match starts_inside && ends_outside && low <= high {
        true => low + steps[low..high].partition_point(is_inside),
        false => steps.partition_point(is_inside),
    }
}
