//! The cosine between gradients of one fixed batch: what the way does to the slope, free of a minibatch's noise.

use std::ops::Range;

use super::observed::Observed;
use super::records::WINDOW_STEPS;
use crate::data::Order;
use crate::geometry::Products;
use crate::gradient::Gradient;
use crate::nn::GradientSink;

/// Samples of the probe batch, where there are as many to train on.
pub const PROBE_SAMPLES: usize = 512;

/// One sample in this many may be a probe's: 2 %.
const TRAINED_PER_PROBED: u64 = 50;

/// Measures `gradient_cosine`, at pairs of neighbouring windows with pauses in between that keep it cheap.
pub struct Probe {
    /// The probe batch: the samples that come first in the order of epoch 0, which is never trained.
    samples: Vec<u32>,
    /// From the first window of a pair to the first of the next; 1 where every window is measured.
    period: u64,
    windows: u64,
    /// The gradient at the last window that was measured.
    gradient: Vec<f32>,
}

impl Probe {
    /// For a run that trains on the samples `train` in minibatches of `batch_size`, in a race whose order of samples
    /// is `order`.
    pub fn new(order: &Order, train: &[u32], batch_size: usize) -> Self {
        let mut samples = order.arrange(0, train);
        samples.truncate(PROBE_SAMPLES);
        let period = period(samples.len(), batch_size);
        Self { samples, period, windows: 0, gradient: Vec::new() }
    }

    /// Ends a window, with the parameters as they are at its end: the cosine between the probe's gradients there and at
    /// the last window's end, or `NaN` where it is not measured.
    pub fn end_window(&mut self, observed: &mut Observed<'_>) -> f64 {
        self.windows += 1;
        if !self.is_measured(self.windows) {
            return f64::NAN;
        }
        let has_last = self.windows > 1 && self.is_measured(self.windows - 1);
        let Observed { network, parameters, samples, minibatch, .. } = observed;
        self.gradient.resize(parameters.len(), 0.0);
        minibatch.gather(samples, &self.samples, PROBE_SAMPLES);
        let mut comparison = Comparison { last: &mut self.gradient, products: Products::default() };
        network.forward_backward(parameters, &minibatch.pixels, &minibatch.labels, &mut comparison);
        if has_last { comparison.products.cosine() } else { f64::NAN }
    }

    fn is_measured(&self, window: u64) -> bool {
        (window - 1) % self.period < 2
    }
}

/// Windows from the first of a pair to the first of the next, so that probes take at most one sample for
/// [`TRAINED_PER_PROBED`] trained ones.
fn period(probe_samples: usize, batch_size: usize) -> u64 {
    let (probe, trained) = (probe_samples as u64 * TRAINED_PER_PROBED, batch_size as u64 * WINDOW_STEPS);
    if probe <= trained { 1 } else { (2 * probe).div_ceil(trained) }
}

/// Compares a gradient with the last one, piece by piece, and keeps it in its place.
struct Comparison<'a> {
    last: &'a mut [f32],
    products: Products,
}

impl GradientSink for Comparison<'_> {
    fn take(&mut self, place: Range<usize>, _: &mut [f32], gradient: Gradient<'_>) {
        let last = &mut self.last[place];
        match gradient {
            // The pixels of the probe are the same every time: where none is lit, the last gradient was 0 too.
            Gradient::Zero => {}
            Gradient::Dense(gradient) => {
                self.products.add(gradient, last);
                last.copy_from_slice(gradient);
            }
            // A probe of one sample.
            Gradient::Outer(_) => {
                let mut whole = vec![0.0; last.len()];
                gradient.write(0, &mut whole);
                self.products.add(&whole, last);
                last.copy_from_slice(&whole);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_take_at_most_2_percent_of_the_samples_over_whole_periods() {
        for probe in [1, 30, 511, 512] {
            for batch_size in [1, 2, 7, 31, 32, 33, 64, 256, 511, 512, 513, 48_000] {
                let probe_of = |period: u64| if period == 1 { 1 } else { 2 } * probe as u64;
                let share = |period: u64| probe_of(period) as f64 / (period * WINDOW_STEPS * batch_size as u64) as f64;
                let period = period(probe, batch_size);
                assert!(share(period) <= 0.02, "{probe} of {batch_size}: {}", share(period));
                assert!(period == 1 || share(period - 1) > 0.02, "as often as that allows");
            }
        }
    }

    #[test]
    fn pairs_of_windows_are_measured_or_all() {
        let probe = |period| Probe { samples: Vec::new(), period, windows: 0, gradient: Vec::new() };
        let measured = |period| (1..=9).filter(|&window| probe(period).is_measured(window)).collect::<Vec<_>>();
        assert_eq!(measured(1), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(measured(4), [1, 2, 5, 6, 9]);
    }
}
