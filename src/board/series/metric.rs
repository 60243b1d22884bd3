//! What the charts show.

use serde::Serialize;

use crate::race::measure::{self, Measure, Score, StepRecord};

/// What a chart shows of each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Metric {
    /// Cross-entropy.
    Loss,
    /// Share of samples classified correctly.
    Accuracy,
    /// Learning rate of each step, never smoothed.
    Lr,
    /// Length of the gradient.
    GradNorm,
    /// Length of the update.
    UpdateNorm,
    /// Median of the effective learning rates of single parameters, once a window, never smoothed.
    EffectiveLr,
}

impl Metric {
    /// Those that every step has, in the order of their declaration.
    pub(super) const OF_STEPS: [Self; 5] = [Self::Loss, Self::Accuracy, Self::Lr, Self::GradNorm, Self::UpdateNorm];

    /// What is measured.
    pub fn measure(self) -> &'static Measure {
        match self {
            Self::Loss => &measure::LOSS,
            Self::Accuracy => &measure::ACCURACY,
            Self::Lr => &measure::LR,
            Self::GradNorm => &measure::GRAD_NORM,
            Self::UpdateNorm => &measure::UPDATE_NORM,
            Self::EffectiveLr => &measure::EFFECTIVE_LR,
        }
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        self.measure().title
    }

    /// Whether its curves are smoothed as a person chose.
    pub fn is_smoothed(self) -> bool {
        self.measure().is_smoothed
    }

    /// This metric of an evaluation; what is measured of steps alone has none.
    pub fn of(self, score: Score) -> Option<f32> {
        self.measure().of_score.map(|of| of(score))
    }

    /// This metric of a step; `NaN` if it is none that every step has.
    pub fn of_step(self, step: &StepRecord) -> f32 {
        self.measure().value(step, None).map_or(f32::NAN, |value| value.number() as f32)
    }
}
