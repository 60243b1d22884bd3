//! Applies an optimizer to parameters, piece by piece, and measures the update on the way.

use std::ops::Range;

use aligned_vec::{AVec, avec};
use pulp::{Simd, WithSimd};

use super::element::{MOST_SLOTS, Optimizer, Tile};
use super::spec::Spec;
use crate::simd;

/// Elements handled at once: a tile of gradient, state, update and parameters stays in the first-level cache.
const TILE: usize = 1024;

/// What one step was like, over all parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepMeasures {
    /// ‖g‖₂.
    pub grad_norm: f64,
    /// ‖Δθ‖₂.
    pub update_norm: f64,
    /// Cosine between this update and the one before; `NaN` at the first step and where either is zero.
    pub update_cosine: f64,
}

/// An optimizer with its state for a number of parameters.
///
/// A step is [`Stepper::begin`], then [`Stepper::apply`] until every parameter was covered once, then
/// [`Stepper::finish`].
pub struct Stepper {
    optimizer: Box<dyn Optimizer<f32>>,
    /// One vector per slot; slots that the optimizer does not use are empty.
    state: [AVec<f32>; MOST_SLOTS],
    /// The last update of every parameter.
    last_update: AVec<f32>,
    last_update_norm: f64,
    sums: Sums,
    scratch: AVec<f32>,
}

/// Sums over the elements seen in a step.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    gradient_squared: f64,
    update_squared: f64,
    update_times_last: f64,
}

impl Stepper {
    /// The optimizer of `spec` at its first step, for this many parameters.
    pub fn new(spec: &Spec, parameters: usize) -> Self {
        let optimizer = spec.build_f32();
        let initial = optimizer.initial_state();
        let state = std::array::from_fn(|slot| match initial.get(slot) {
            Some(&value) => avec![value; parameters],
            None => avec![],
        });
        Self {
            state,
            optimizer,
            last_update: avec![0.0; parameters],
            last_update_norm: f64::NAN,
            sums: Sums::default(),
            scratch: avec![0.0; TILE],
        }
    }

    /// Begins a step with this learning rate.
    pub fn begin(&mut self, lr: f64) {
        self.sums = Sums::default();
        self.optimizer.begin_step(lr);
    }

    /// Updates the parameters that stand at `range` among all parameters, given their gradient.
    pub fn apply(&mut self, range: Range<usize>, parameters: &mut [f32], gradient: &[f32]) {
        let tiles = parameters.chunks_mut(TILE).zip(gradient.chunks(TILE));
        for (start, (parameters, gradient)) in range.step_by(TILE).zip(tiles) {
            let at = start..start + gradient.len();
            let update = &mut self.scratch[..gradient.len()];
            let state = self.state.each_mut().map(|slot| slot.get_mut(at.clone()).unwrap_or_default());
            self.optimizer.update(Tile { gradient, state, update });
            let last = &mut self.last_update[at];
            let sums = simd::dispatch(Take { parameters, gradient, update, last });
            self.sums.gradient_squared += f64::from(sums[0]);
            self.sums.update_squared += f64::from(sums[1]);
            self.sums.update_times_last += f64::from(sums[2]);
        }
    }

    /// Ends a step: what it was like.
    pub fn finish(&mut self) -> StepMeasures {
        let update_norm = self.sums.update_squared.sqrt();
        let norms = update_norm * self.last_update_norm;
        let update_cosine = if norms > 0.0 { (self.sums.update_times_last / norms).clamp(-1.0, 1.0) } else { f64::NAN };
        self.last_update_norm = update_norm;
        StepMeasures { grad_norm: self.sums.gradient_squared.sqrt(), update_norm, update_cosine }
    }
}

/// Lanes that sums are kept in: fixed, so that a sum is the same whatever instructions compute it.
const LANES: usize = 16;

/// Adds `update` to `parameters` and remembers it in `last`; Σg², ΣΔθ² and ΣΔθ·(the last Δθ).
struct Take<'a> {
    parameters: &'a mut [f32],
    gradient: &'a [f32],
    update: &'a [f32],
    last: &'a mut [f32],
}

impl WithSimd for Take<'_> {
    type Output = [f32; 3];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [f32; 3] {
        let mut sums = [[0.0_f32; LANES]; 3];
        let whole = self.parameters.len() / LANES * LANES;
        let (parameters, parameters_rest) = self.parameters.split_at_mut(whole);
        let (gradient, gradient_rest) = self.gradient.split_at(whole);
        let (update, update_rest) = self.update.split_at(whole);
        let (last, last_rest) = self.last.split_at_mut(whole);
        let vectors = parameters
            .chunks_exact_mut(LANES)
            .zip(gradient.chunks_exact(LANES))
            .zip(update.chunks_exact(LANES))
            .zip(last.chunks_exact_mut(LANES));
        for (((parameters, gradient), update), last) in vectors {
            for lane in 0..LANES {
                sums[0][lane] += gradient[lane] * gradient[lane];
                sums[1][lane] += update[lane] * update[lane];
                sums[2][lane] += update[lane] * last[lane];
                parameters[lane] += update[lane];
            }
            last.copy_from_slice(update);
        }
        for (lane, parameter) in parameters_rest.iter_mut().enumerate() {
            sums[0][lane] += gradient_rest[lane] * gradient_rest[lane];
            sums[1][lane] += update_rest[lane] * update_rest[lane];
            sums[2][lane] += update_rest[lane] * last_rest[lane];
            *parameter += update_rest[lane];
        }
        last_rest.copy_from_slice(update_rest);
        sums.map(|lanes| lanes.iter().sum())
    }
}
