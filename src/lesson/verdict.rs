//! The one rule by which every claim is judged.

use std::fmt;

/// Fewest seeds over which anything is judged.
pub const FEWEST_SEEDS: usize = 3;

/// What a claim says its measure is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// Above this.
    Above(f64),
    /// Below this.
    Below(f64),
}

impl Bound {
    /// Whether a value is on the claimed side.
    pub fn contains(self, value: f64) -> bool {
        match self {
            Self::Above(bound) => value > bound,
            Self::Below(bound) => value < bound,
        }
    }
}

/// What became of a claim, or of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is so.
    Holds,
    /// It is not so.
    DoesNotHold,
    /// The seeds do not agree well enough to tell.
    TooClose,
    /// Too little was measured.
    NotMeasured,
}

/// A mean over seeds, and where the true one is with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Mean of what was measured.
    pub mean: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Verdict {
    /// Judges what was measured, a value for each seed: the 95 % interval of their mean (Student 1908, *The probable
    /// error of a mean*) lies wholly on the claimed side of the bound: *holds*; wholly on the other side: *does not
    /// hold*; else *too close to call*. With fewer than [`FEWEST_SEEDS`] values, or one that is no number, nothing is
    /// judged. Where both sides of a comparison were measured on the same seed, the value is their difference or
    /// ratio, so that the seeds' own differences cancel out.
    pub fn of(values: &[f64], bound: Bound) -> Self {
        let Some(Interval { low, high, .. }) = Interval::of(values).filter(|_| values.len() >= FEWEST_SEEDS) else {
            return Self::NotMeasured;
        };
        let (is_so, is_not) = match bound {
            Bound::Above(bound) => (low > bound, high < bound),
            Bound::Below(bound) => (high < bound, low > bound),
        };
        match (is_so, is_not) {
            (true, _) => Self::Holds,
            (_, true) => Self::DoesNotHold,
            _ => Self::TooClose,
        }
    }

    /// A sentence of several claims: it holds if all hold, and does not if one does not. If one could not be measured
    /// and none is refuted, neither was the sentence.
    pub fn of_all(claims: impl IntoIterator<Item = Self>) -> Self {
        let claims: Vec<Self> = claims.into_iter().collect();
        let any = |verdict| claims.contains(&verdict);
        match () {
            () if any(Self::DoesNotHold) => Self::DoesNotHold,
            () if any(Self::NotMeasured) || claims.is_empty() => Self::NotMeasured,
            () if any(Self::TooClose) => Self::TooClose,
            () => Self::Holds,
        }
    }
}

impl Interval {
    /// Student's 95 % interval of the mean of these values; of a single one, that value alone. `None` without a value,
    /// or if one is not finite.
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() || !values.iter().all(|value| value.is_finite()) {
            return None;
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        if values.len() == 1 {
            return Some(Self { mean, low: mean, high: mean });
        }
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let half = student(values.len() - 1) * (variance / count).sqrt();
        Some(Self { mean, low: mean - half, high: mean + half })
    }
}

/// The 97.5th percentile of Student's t for this many degrees of freedom; beyond ten that for ten, which is a little
/// too cautious.
fn student(freedom: usize) -> f64 {
    const QUANTILES: [f64; 10] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
    QUANTILES[freedom.clamp(1, QUANTILES.len()) - 1]
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::TooClose => "too close to call",
            Self::NotMeasured => "not measured",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_that_of_student() {
        // SciPy: stats.t.interval(0.95, 2, loc=2, scale=1/sqrt(3)).
        let Interval { mean, low, high } = Interval::of(&[1.0, 2.0, 3.0]).unwrap();
        assert!(mean == 2.0 && (low + 0.484_138).abs() < 1e-3 && (high - 4.484_138).abs() < 1e-3);
        assert_eq!(Interval::of(&[]), None);
        assert_eq!(Interval::of(&[1.0, f64::NAN, 2.0]), None);
        assert_eq!(Interval::of(&[1.0, f64::INFINITY, 2.0]), None);
    }

    #[test]
    fn an_interval_on_one_side_decides_and_one_across_does_not() {
        let agreeing = [2.0, 2.1, 1.9];
        assert_eq!(Verdict::of(&agreeing, Bound::Above(1.0)), Verdict::Holds);
        assert_eq!(Verdict::of(&agreeing, Bound::Below(1.0)), Verdict::DoesNotHold);
        assert_eq!(Verdict::of(&agreeing, Bound::Below(3.0)), Verdict::Holds);
        assert_eq!(Verdict::of(&agreeing, Bound::Above(3.0)), Verdict::DoesNotHold);
        assert_eq!(Verdict::of(&agreeing, Bound::Above(1.9)), Verdict::TooClose);
        // All above 1, but so far apart that a fourth might not be.
        assert_eq!(Verdict::of(&[1.1, 2.0, 5.0], Bound::Above(1.0)), Verdict::TooClose);
        // A fact that is the same for every seed is decided without a margin, unless it is the bound itself.
        assert_eq!(Verdict::of(&[0.0; 3], Bound::Below(0.5)), Verdict::Holds);
        assert_eq!(Verdict::of(&[0.5; 3], Bound::Below(0.5)), Verdict::TooClose);
    }

    #[test]
    fn fewer_than_three_seeds_decide_nothing() {
        assert_eq!(Verdict::of(&[2.0, 2.0], Bound::Above(1.0)), Verdict::NotMeasured);
        assert_eq!(Verdict::of(&[2.0, 2.0, f64::NAN], Bound::Above(1.0)), Verdict::NotMeasured);
        assert_eq!(Verdict::of(&[], Bound::Above(1.0)), Verdict::NotMeasured);
    }

    #[test]
    fn a_sentence_holds_if_all_its_claims_do() {
        use Verdict::{DoesNotHold, Holds, NotMeasured, TooClose};
        assert_eq!(Verdict::of_all([Holds, Holds]), Holds);
        assert_eq!(Verdict::of_all([Holds, TooClose]), TooClose);
        assert_eq!(Verdict::of_all([NotMeasured, DoesNotHold]), DoesNotHold);
        assert_eq!(Verdict::of_all([NotMeasured, TooClose]), NotMeasured);
        assert_eq!(Verdict::of_all([]), NotMeasured);
    }
}
