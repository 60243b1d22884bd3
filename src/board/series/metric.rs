//! What the charts show.

use crate::race::metrics::{Score, StepRecord};

/// What a chart shows of each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Accuracy => "accuracy",
            Self::Lr => "learning rate",
            Self::GradNorm => "gradient norm",
            Self::UpdateNorm => "update norm",
            Self::EffectiveLr => "effective lr",
        }
    }

    /// Whether its curves are smoothed as a person chose.
    pub fn is_smoothed(self) -> bool {
        !matches!(self, Self::Lr | Self::EffectiveLr)
    }

    /// This metric of an evaluation; what is measured of steps alone has none.
    pub fn of(self, score: Score) -> Option<f32> {
        match self {
            Self::Loss => Some(score.loss),
            Self::Accuracy => Some(score.accuracy),
            Self::Lr | Self::GradNorm | Self::UpdateNorm | Self::EffectiveLr => None,
        }
    }

    /// This metric of a step; `NaN` if it is none of [`Metric::OF_STEPS`].
    pub fn of_step(self, step: &StepRecord) -> f32 {
        match self {
            Self::Loss => step.loss,
            Self::Accuracy => step.accuracy,
            Self::Lr => step.lr,
            Self::GradNorm => step.grad_norm,
            Self::UpdateNorm => step.update_norm,
            Self::EffectiveLr => f32::NAN,
        }
    }
}
