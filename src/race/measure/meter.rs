//! What is measured of a run over each window of steps.

use std::ops::Range;

use super::effective_lr::EffectiveLrMeter;
use super::observed::Observed;
use super::probe::Probe;
use super::records::{WINDOW_STEPS, Window, WindowRecord};
use crate::data::Order;
use crate::geometry::{Path, Roughness, Turn};
use crate::gradient::Gradient;
use crate::nn::{GradientSink, ParameterLayout};
use crate::optim::{StepMeasures, Stepper};

/// Measures a run's way, its loss and its effective learning rates, window by window.
pub struct Meter {
    path: Path,
    roughness: Roughness,
    turn: Turn,
    effective_lr: EffectiveLrMeter,
    probe: Probe,
    steps: u32,
}

impl Meter {
    /// For a run that begins at these parameters and trains on the samples `train`, in that order, in minibatches of
    /// `batch_size`.
    pub fn new(parameters: &[f32], layout: &ParameterLayout, order: &Order, train: &[u32], batch_size: usize) -> Self {
        let layers = layout.layers.iter().map(|layer| layer.weights().start..layer.biases().end);
        Self {
            path: Path::new(parameters, WINDOW_STEPS),
            roughness: Roughness::default(),
            turn: Turn::default(),
            effective_lr: EffectiveLrMeter::new(layers),
            probe: Probe::new(order, train, batch_size),
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

    /// Takes in a step that has been done, with the loss before; the record of its window if it ended one.
    pub fn step(&mut self, observed: &mut Observed<'_>, loss: f32, measures: StepMeasures) -> Option<Window> {
        self.steps += 1;
        self.roughness.step(loss.into());
        self.turn.step(measures.update_cosine);
        let straightness = self.path.step(observed.parameters, measures.update_norm)?;
        let distance = self.path.distance_from_origin(&observed.stepper.evaluation_point(observed.parameters));
        let (effective_lr, layers) = self.effective_lr.end(observed.stepper.last_update());
        let record = WindowRecord {
            step: self.steps,
            straightness: straightness as f32,
            distance: distance as f32,
            gradient_cosine: self.probe.end_window(observed) as f32,
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
