//! The curves of a run, as long as its steps and windows that were taken in.

use super::metric::Metric;
use super::pyramid::Pyramid;
use crate::race::history::RunHistory;
use crate::race::measure::EffectiveLr;

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

/// Curves that have a number for each window.
pub(super) const OF_WINDOWS: usize = 3;

/// The curves of a run.
#[derive(Debug, Clone)]
pub(super) struct RunCurves {
    /// How often the run had been begun again by itself.
    pub restarts: u32,
    /// Of its steps, in the order of [`Metric::OF_STEPS`].
    steps: [Curve; Metric::OF_STEPS.len()],
    /// Of its windows: 10th percentile, median and 90th percentile of the effective learning rates.
    effective_lr: [Pyramid; OF_WINDOWS],
}

impl RunCurves {
    /// Curves without a step.
    pub fn new(keep: f64) -> Self {
        let curve = |metric: Metric| Curve::new(if metric.is_smoothed() { keep } else { 0.0 });
        Self { restarts: 0, steps: Metric::OF_STEPS.map(curve), effective_lr: Default::default() }
    }

    /// The curve of a metric.
    pub fn of(&self, metric: Metric) -> &Pyramid {
        match metric {
            Metric::EffectiveLr => &self.effective_lr[1],
            _ => &self.steps[metric as usize].values,
        }
    }

    /// 10th and 90th percentile of the effective learning rates.
    pub fn effective_lr_band(&self) -> [&Pyramid; 2] {
        [&self.effective_lr[0], &self.effective_lr[2]]
    }

    /// Takes in what is new, of this layer or the whole network.
    pub fn catch_up(&mut self, run: &RunHistory, layer: Option<usize>) {
        for step in run.steps.get(self.steps[0].values.len()..).unwrap_or_default() {
            for (curve, metric) in self.steps.iter_mut().zip(Metric::OF_STEPS) {
                curve.push(metric.of_step(step));
            }
        }
        let done = self.effective_lr[0].len();
        match layer {
            None => run.windows.iter().skip(done).for_each(|window| self.push(&window.effective_lr)),
            Some(layer) => run.layer_effective_lr(layer).skip(done).for_each(|rates| self.push(rates)),
        }
    }

    /// Forgets the effective learning rates, so that those of another layer can be taken in.
    pub fn forget_effective_lr(&mut self) {
        self.effective_lr = Default::default();
    }

    fn push(&mut self, rates: &EffectiveLr) {
        for (curve, rate) in self.effective_lr.iter_mut().zip([rates.p10, rates.p50, rates.p90]) {
            curve.push(rate);
        }
    }
}
