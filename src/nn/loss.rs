//! Softmax and sparse categorical cross-entropy, computed from logits.

use pulp::{Simd, WithSimd};

use super::exp::exp;
use crate::simd::Engine;

/// Loss and hits, summed over samples.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BatchStatistics {
    /// Samples counted.
    pub samples: usize,
    /// Sum of their cross-entropies, in nats.
    pub loss: f64,
    /// How many were classified correctly: the first of the largest logits is the label's.
    pub correct: usize,
}

impl BatchStatistics {
    /// Adds what `other` counted.
    pub fn add(&mut self, other: Self) {
        self.samples += other.samples;
        self.loss += other.loss;
        self.correct += other.correct;
    }

    /// Mean cross-entropy, in nats.
    pub fn mean_loss(&self) -> f32 {
        (self.loss / self.samples as f64) as f32
    }

    /// Share of samples classified correctly, 0 to 1.
    pub fn accuracy(&self) -> f32 {
        (self.correct as f64 / self.samples as f64) as f32
    }
}

/// Loss and hits of `logits` (`classes` numbers a sample), each row of which turns into the gradient of `scale` × its
/// cross-entropy: `scale` × (softmax − one-hot label).
///
/// Cross-entropy is ln Σᵢ exp(zᵢ − max z) − (z_label − max z), which neither overflows nor loses its digits for large
/// logits. A probability below 10⁻³⁰ counts as 0.
pub fn cross_entropy(engine: Engine, logits: &mut [f32], classes: usize, labels: &[u8], scale: f32) -> BatchStatistics {
    let mut statistics = BatchStatistics { samples: labels.len(), ..BatchStatistics::default() };
    for (row, &label) in logits.chunks_exact_mut(classes).zip(labels) {
        let label = usize::from(label);
        let largest = row.iter().fold(row[0], |largest, &logit| if logit > largest { logit } else { largest });
        statistics.correct += usize::from(row[label] == largest && !row[..label].contains(&largest));
        row.iter_mut().for_each(|logit| *logit -= largest);
        statistics.loss -= f64::from(row[label]);
    }
    engine.dispatch(Exponentials { of: logits });
    for (row, &label) in logits.chunks_exact_mut(classes).zip(labels) {
        let sum: f32 = row.iter().sum();
        statistics.loss += f64::from(sum.ln());
        let factor = scale / sum;
        row.iter_mut().for_each(|share| *share *= factor);
        row[usize::from(label)] -= scale;
    }
    statistics
}

/// Puts eˣ in place of each x, none of which is above 0.
struct Exponentials<'a> {
    of: &'a mut [f32],
}

impl WithSimd for Exponentials<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for number in self.of {
            *number = exp(*number);
        }
    }
}
