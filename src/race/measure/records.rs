//! What is measured of a run: a record per step, per window of steps and per epoch.

use serde::{Deserialize, Deserializer, Serialize};

use super::effective_lr::EffectiveLr;
use crate::nn::loss::BatchStatistics;

/// Steps in a window: what [`WindowRecord`] holds is measured at the end of each.
pub const WINDOW_STEPS: u64 = 50;

/// One optimizer update, measured. The run it belongs to is kept by the history, not here: a race holds millions of
/// these, and keeps all of them until it ends. What they take is [`step_bytes`], up to twice that while lists have room
/// to grow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepRecord {
    /// Training samples seen so far, this step's minibatch included.
    pub samples: u64,
    /// CPU time the run's thread has spent on training steps so far, in seconds; evaluations are left out.
    pub compute_s: f64,
    /// Number of the step within its run, from 1.
    pub step: u32,
    /// Number of the epoch the step belongs to, from 1.
    pub epoch: u32,
    /// Learning rate of this step.
    pub lr: f32,
    /// Mean cross-entropy of this step's minibatch, in nats, before its update.
    pub loss: f32,
    /// Share of this step's minibatch that was classified correctly before its update, 0 to 1.
    pub accuracy: f32,
    /// ‖g‖₂ over all parameters, before any clipping.
    pub grad_norm: f32,
    /// ‖θ(t+1) − θ(t)‖₂ over all parameters.
    pub update_norm: f32,
    /// Cosine between this update and the one before it; `NaN` at step 1, and where either update is zero.
    pub update_cosine: f32,
}

impl StepRecord {
    /// A step of which nothing was measured.
    pub fn empty(step: u32) -> Self {
        Self {
            samples: 0,
            compute_s: 0.0,
            step,
            epoch: 1,
            lr: f32::NAN,
            loss: f32::NAN,
            accuracy: f32::NAN,
            grad_norm: f32::NAN,
            update_norm: f32::NAN,
            update_cosine: f32::NAN,
        }
    }
}

/// What is measured every [`WINDOW_STEPS`] steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowRecord {
    /// The step that ends the window.
    pub step: u32,
    /// ‖θ(t) − θ(t−50)‖ ÷ Σ‖Δθ‖ over those steps: 1 is a straight line, 0 a walk that came nowhere.
    pub straightness: f32,
    /// ‖θ(t) − θ(0)‖₂ over all parameters, θ(t) being where the network is evaluated.
    pub distance: f32,
    /// Cosine between the gradients of one fixed probe batch at this window's end and at the last one's: free of a
    /// minibatch's noise and of an optimizer's memory. Ours. The probe batch are 512 training samples (all, where
    /// there are fewer), chosen by the race's seed, the same for every run.
    ///
    /// A probe costs as much as 16 steps of 32 samples, so it is taken at pairs of windows, with pauses in between: see
    /// [`Probe`](super::probe::Probe). `NaN` at the windows without; also where a gradient is zero.
    pub gradient_cosine: f32,
    /// Standard deviation (population: divided by their count) of the loss differences from step to step over the
    /// window, in nats; the first step of a run has none. Ours.
    pub roughness: f32,
    /// Mean angle between consecutive updates over the window, in degrees, 0 to 180; steps without an
    /// [`update_cosine`](StepRecord::update_cosine) are left out. `NaN` if all are.
    pub turn: f32,
    /// Effective learning rates over all parameters in the step that ends the window.
    pub effective_lr: EffectiveLr,
}

impl WindowRecord {
    /// A window of which nothing was measured, with the step that ends it.
    pub fn empty(step: u32) -> Self {
        Self {
            step,
            straightness: f32::NAN,
            distance: f32::NAN,
            gradient_cosine: f32::NAN,
            roughness: f32::NAN,
            turn: f32::NAN,
            effective_lr: EffectiveLr::NONE,
        }
    }
}

/// A window that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// What was measured over all parameters.
    pub record: WindowRecord,
    /// For each layer, the effective learning rates over its parameters in the step that ends the window.
    pub layers: Box<[EffectiveLr]>,
}

/// Bytes that are kept of each step of a run whose network has so many layers.
pub fn step_bytes(layers: usize) -> f64 {
    let window = size_of::<WindowRecord>() + layers * size_of::<EffectiveLr>();
    size_of::<StepRecord>() as f64 + window as f64 / WINDOW_STEPS as f64
}

/// Mean loss and accuracy over a set of samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Mean cross-entropy, in nats.
    #[serde(deserialize_with = "null_is_nan")]
    pub loss: f32,
    /// Share of samples classified correctly, 0 to 1.
    pub accuracy: f32,
}

impl Score {
    /// The means over the samples of these statistics.
    pub fn of(statistics: BatchStatistics) -> Self {
        Self { loss: statistics.mean_loss(), accuracy: statistics.accuracy() }
    }
}

/// JSON has no number that is not finite; it says `null`.
fn null_is_nan<'de, D: Deserializer<'de>>(json: D) -> Result<f32, D::Error> {
    Ok(Option::deserialize(json)?.unwrap_or(f32::NAN))
}

/// An epoch of a run, evaluated. Epoch 0 is the evaluation before training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EpochRecord {
    /// Number of the epoch, from 1; 0 before training.
    pub epoch: u32,
    /// Steps done so far.
    pub step: u32,
    /// Training samples seen so far.
    pub samples: u64,
    /// CPU time spent on training steps so far, in seconds.
    pub compute_s: f64,
    /// Time since the race began, in seconds.
    pub wall_s: f64,
    /// Learning rate of the next step.
    pub lr: f32,
    /// Means over the epoch's samples, each measured before its update, as Keras reports them; `None` for epoch 0.
    pub train: Option<Score>,
    /// Evaluation on the validation samples at the end of the epoch.
    pub val: Score,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millions_of_steps_fit_into_memory() {
        assert!(size_of::<StepRecord>() <= 48 && step_bytes(2) < 50.0, "{} bytes a step", step_bytes(2));
    }
}
