//! What is measured of a run over each window of steps.

use std::ops::Range;

use super::EffectiveLrMeter;
use crate::geometry::{Path, Roughness, Turn};
use crate::gradient::Gradient;
use crate::nn::{GradientSink, ParameterLayout};
use crate::optim::{StepMeasures, Stepper};
use crate::race::metrics::{WINDOW_STEPS, Window, WindowRecord};

/// Measures a run's way, its loss and its effective learning rates, window by window.
pub struct Meter {
    path: Path,
    roughness: Roughness,
    turn: Turn,
    effective_lr: EffectiveLrMeter,
    steps: u32,
}

impl Meter {
    /// For a run that begins at these parameters.
    pub fn new(parameters: &[f32], layout: &ParameterLayout) -> Self {
        let layers = layout.layers.iter().map(|layer| layer.weights().start..layer.biases().end);
        Self {
            path: Path::new(parameters, WINDOW_STEPS),
            roughness: Roughness::default(),
            turn: Turn::default(),
            effective_lr: EffectiveLrMeter::new(layers),
            steps: 0,
        }
    }

    /// Whether the next step ends a window: it must then be made through [`Meter::observe`].
    pub fn next_ends_window(&self) -> bool {
        u64::from(self.steps + 1).is_multiple_of(WINDOW_STEPS)
    }

    /// An update that is watched, gradient by gradient.
    pub fn observe<'a>(&'a mut self, stepper: &'a mut Stepper) -> ObservedUpdate<'a> {
        self.effective_lr.begin();
        ObservedUpdate { stepper, effective_lr: &mut self.effective_lr }
    }

    /// Takes in a step of `stepper` that ended at `parameters`, with the loss before; the window's measures if it ended
    /// one, without `gradient_cosine`, which needs the network.
    pub fn step(
        &mut self,
        parameters: &[f32],
        stepper: &mut Stepper,
        loss: f32,
        measures: StepMeasures,
    ) -> Option<Window> {
        self.steps += 1;
        self.roughness.step(loss.into());
        self.turn.step(measures.update_cosine);
        let way = self.path.step(parameters, measures.update_norm)?;
        let (effective_lr, layers) = self.effective_lr.end(stepper.last_update());
        let record = WindowRecord {
            step: self.steps,
            straightness: way.straightness as f32,
            distance: way.distance as f32,
            gradient_cosine: f32::NAN,
            roughness: self.roughness.end_window() as f32,
            turn: self.turn.end_window() as f32,
            effective_lr,
        };
        Some(Window { record, layers })
    }
}

/// An optimizer that takes each piece of the gradient as the network has it, while a [`Meter`] looks on.
pub struct ObservedUpdate<'a> {
    stepper: &'a mut Stepper,
    effective_lr: &'a mut EffectiveLrMeter,
}

impl GradientSink for ObservedUpdate<'_> {
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>) {
        self.effective_lr.take(&place, gradient);
        self.stepper.apply(place, parameters, gradient);
    }
}
