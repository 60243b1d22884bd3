//! Softmax and sparse categorical cross-entropy, computed from logits.

/// A logit so far below the largest, ln 10⁻³⁰, is of a class whose probability counts as 0: it would become a denormal
/// number, with which processors are slow.
const NEGLIGIBLE: f32 = -69.077_55;

/// Loss and hits, summed over samples.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    /// Samples counted.
    pub samples: usize,
    /// Sum of their cross-entropies, in nats.
    pub loss: f64,
    /// How many were classified correctly: the first of the largest logits is the label's.
    pub correct: usize,
}

impl Tally {
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

/// Judges each row of `logits` (`classes` numbers a sample) by its label and turns the row into the gradient of
/// `scale` × the row's cross-entropy: `scale` × (softmax − one-hot label).
///
/// Cross-entropy is ln Σᵢ exp(zᵢ − max z) − (z_label − max z), which neither overflows nor loses its digits for large
/// logits. A probability below
/// 10⁻³⁰ counts as 0.
pub fn cross_entropy(logits: &mut [f32], classes: usize, labels: &[u8], scale: f32) -> Tally {
    let mut tally = Tally { samples: labels.len(), ..Tally::default() };
    for (row, &label) in logits.chunks_exact_mut(classes).zip(labels) {
        let label = usize::from(label);
        let (mut best, mut largest) = (0, row[0]);
        for (class, &logit) in row.iter().enumerate().skip(1) {
            if logit > largest {
                (best, largest) = (class, logit);
            }
        }
        tally.correct += usize::from(best == label && !largest.is_nan());
        let above = row[label] - largest;
        let mut sum = 0.0;
        for logit in row.iter_mut() {
            let below = *logit - largest;
            *logit = if below < NEGLIGIBLE { 0.0 } else { below.exp() };
            sum += *logit;
        }
        tally.loss += f64::from(sum.ln() - above);
        let factor = scale / sum;
        row.iter_mut().for_each(|share| *share *= factor);
        row[label] -= scale;
    }
    tally
}
