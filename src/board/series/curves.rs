//! The curves of a run, as long as its steps and windows that were taken in.

use super::metric::Metric;
use super::min_max_tree::MinMaxTree;
use crate::race::history::RunHistory;
use crate::race::measure::EffectiveLr;

/// An exponential moving average, corrected for the zero it begins with.
#[derive(Debug, Clone, Copy, Default)]
struct Smoother {
    mean: f64,
    weight: f64,
}

impl Smoother {
    /// The average after one more value, where the ones before keep the share `keep` of their weight. A value that is
    /// not finite has no average and leaves no trace in later ones.
    fn next(&mut self, value: f32, keep: f64) -> f32 {
        if !value.is_finite() {
            return f32::NAN;
        }
        self.mean = keep * self.mean + (1.0 - keep) * f64::from(value);
        self.weight = keep * self.weight + (1.0 - keep);
        (self.mean / self.weight) as f32
    }
}

/// What an average over `window` samples keeps of the values before a step of so many samples: e^(−samples ÷ window),
/// so that runs with minibatches of different sizes are averaged over as many samples, not as many steps.
#[derive(Debug, Clone, Copy)]
struct Keep {
    window: f64,
    /// The last step's samples, and what was kept then: nearly every step has as many.
    last: (u64, f64),
}

impl Keep {
    fn new(window: f64) -> Self {
        Self { window, last: (0, 1.0) }
    }

    fn after(&mut self, samples: u64) -> f64 {
        if self.last.0 != samples {
            let kept = if self.window > 0.0 { (-(samples as f64) / self.window).exp() } else { 0.0 };
            self.last = (samples, kept);
        }
        self.last.1
    }
}

/// A curve: one metric of one run, smoothed.
#[derive(Debug, Clone, Default)]
struct SmoothedCurve {
    smoother: Smoother,
    values: MinMaxTree,
}

/// Curves that have a number for each window.
pub(super) const OF_WINDOWS: usize = 3;

/// The curves of a run.
#[derive(Debug, Clone)]
pub(super) struct RunCurves {
    /// How often the run had been begun again by itself.
    pub restarts: u32,
    keep: Keep,
    /// Samples seen by the last step that was taken in.
    samples: u64,
    /// Of its steps, in the order of [`Metric::OF_STEPS`].
    steps: [SmoothedCurve; Metric::OF_STEPS.len()],
    /// Of its windows: 10th percentile, median and 90th percentile of the effective learning rates.
    effective_lr: [MinMaxTree; OF_WINDOWS],
}

impl RunCurves {
    /// Curves without a step, to be averaged over `window` samples.
    pub fn new(window: f64) -> Self {
        let steps = Metric::OF_STEPS.map(|_| SmoothedCurve::default());
        Self { restarts: 0, keep: Keep::new(window), samples: 0, steps, effective_lr: Default::default() }
    }

    /// The curve of a metric.
    pub fn of(&self, metric: Metric) -> &MinMaxTree {
        match metric {
            Metric::EffectiveLr => &self.effective_lr[1],
            _ => &self.steps[metric as usize].values,
        }
    }

    /// 10th and 90th percentile of the effective learning rates.
    pub fn effective_lr_band(&self) -> [&MinMaxTree; 2] {
        [&self.effective_lr[0], &self.effective_lr[2]]
    }

    /// Takes in what is new, of this layer or the whole network.
    pub fn catch_up(&mut self, run: &RunHistory, layer: Option<usize>) {
        for step in run.steps.get(self.steps[0].values.len()..).unwrap_or_default() {
            let keep = self.keep.after(step.samples - self.samples);
            self.samples = step.samples;
            for (curve, metric) in self.steps.iter_mut().zip(Metric::OF_STEPS) {
                let keep = if metric.is_smoothed() { keep } else { 0.0 };
                let smoothed = curve.smoother.next(metric.of_step(step), keep);
                curve.values.push(smoothed);
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
