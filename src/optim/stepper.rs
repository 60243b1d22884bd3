//! Steps the parameters of a network, piece by piece, and measures the update on the way.

use std::borrow::Cow;
use std::ops::Range;

use super::driver::{Driver, StepEnd};
use super::kept::{DriverState, StateMismatch};
use super::lazy::{LazyUpdates, OuterStep};
use super::spec::Spec;
use crate::gradient::{Gradient, Variable};
use crate::simd::Engine;

/// What one step was like, over all parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepMeasures {
    /// ‖g‖₂, of the gradient as it was before any clipping.
    pub grad_norm: f64,
    /// ‖Δθ‖₂.
    pub update_norm: f64,
    /// Cosine between this update and the one before; `NaN` at the first step and where either is zero.
    pub update_cosine: f64,
}

/// An optimizer with all that it keeps of a network's parameters.
///
/// A step is [`Stepper::begin`], then [`Stepper::apply`] until every parameter was covered once, then
/// [`Stepper::finish`]. Parameters move as they are covered; where whole gradients are needed, as for clipping norms,
/// they move at the end.
pub struct Stepper {
    driver: Driver<f32>,
    lazy: LazyUpdates,
    last_update_norm: f64,
}

/// All that a stepper keeps between two steps.
#[derive(Debug, Clone, PartialEq)]
pub struct StepperState {
    driver: DriverState<f32>,
    outer_steps: Vec<OuterStep>,
    last_update_norm: f64,
}

impl Stepper {
    /// The optimizer of `spec` before its first step, for variables that follow one another and together are all
    /// parameters, with the engine in use.
    pub fn new(spec: &Spec, variables: Vec<Variable>) -> Self {
        Self::with_engine(spec, variables, Engine::in_use())
    }

    /// As [`Stepper::new`], with an engine.
    pub fn with_engine(spec: &Spec, variables: Vec<Variable>, engine: Engine) -> Self {
        let mut driver = Driver::new(spec.chain_f32(), variables, engine);
        let lazy = LazyUpdates::new(driver.update().len(), engine);
        Self { driver, lazy, last_update_norm: f64::NAN }
    }

    /// Begins a step with this learning rate.
    pub fn begin(&mut self, lr: f64) {
        self.driver.begin(lr);
    }

    /// Takes in the gradient of the parameters at `place` among all, all of one variable.
    pub fn apply(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>) {
        match self.driver.collected(place.clone()) {
            Some(collected) => gradient.write(0, collected),
            None => self.lazy.apply(&mut self.driver, place, parameters, gradient),
        }
    }

    /// Ends a step, `parameters` being all of them. Where the optimizer wants another gradient of the same minibatch
    /// first, `another` is called, with the parameters at the place where it is wanted: it is to [`Stepper::apply`] it.
    pub fn finish(&mut self, parameters: &mut [f32], mut another: impl FnMut(&mut Self, &mut [f32])) -> StepMeasures {
        while self.driver.finish(parameters) == StepEnd::WantsGradient {
            another(self, parameters);
        }
        self.lazy.finish();
        let sums = self.driver.sums;
        let update_norm = sums.update_squared.sqrt();
        let norms = update_norm * self.last_update_norm;
        let update_cosine = if norms > 0.0 { (sums.update_times_last / norms).clamp(-1.0, 1.0) } else { f64::NAN };
        self.last_update_norm = update_norm;
        StepMeasures { grad_norm: sums.gradient_squared.sqrt(), update_norm, update_cosine }
    }

    /// The last update of every parameter, once its step has ended.
    pub fn last_update(&mut self) -> &[f32] {
        self.lazy.write(self.driver.update());
        self.driver.update()
    }

    /// Where the network is evaluated: at its parameters, unless the optimizer says otherwise.
    pub fn evaluation_point<'a>(&self, parameters: &'a [f32]) -> Cow<'a, [f32]> {
        self.driver.evaluated(parameters).map_or(Cow::Borrowed(parameters), Cow::Owned)
    }

    /// What in the optimizer's state makes updates that are no finite numbers, where that is known.
    pub fn why_not_finite(&self) -> Option<&'static str> {
        self.driver.why_not_finite()
    }

    /// All that it keeps, between two steps.
    pub fn save(&self) -> StepperState {
        let (driver, outer_steps) = (self.driver.save(), self.lazy.save());
        StepperState { driver, outer_steps, last_update_norm: self.last_update_norm }
    }

    /// Goes on from what was saved; settings may differ as long as the same is kept.
    ///
    /// # Errors
    /// When an optimizer saved it that keeps other numbers, or one of other variables.
    pub fn restore(&mut self, state: &StepperState) -> Result<(), StateMismatch> {
        self.driver.restore(&state.driver)?;
        self.lazy.restore(&state.outer_steps);
        self.last_update_norm = state.last_update_norm;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient::Outer;

    /// Parameters without a gradient are passed over; what is measured must not show it.
    #[test]
    fn resting_parameters_are_measured_as_if_their_gradient_were_0() {
        for text in [
            "sgd",
            "adagrad",
            "adagrad:dialect=torch",
            "momentum",
            "rmsprop",
            "adam",
            "sgd:clip_value=2",
            "sgd:weight_decay=1",
            "sgd:clip_norm=9",
        ] {
            let spec: Spec = text.parse().unwrap();
            let count = 1000;
            let variables = || vec![Variable::kernel(0, 20, 20), Variable::bias(400, 600)];
            let (mut resting, mut reckoned) = (Stepper::new(&spec, variables()), Stepper::new(&spec, variables()));
            let (mut a, mut b) = (vec![1.0; count], vec![1.0; count]);
            for step in 0..40 {
                // Pieces with gradients and pieces without, their borders at other places in each step.
                let borders = [0, 100 + step, 311 + 2 * step, 400, 600, 777 + step, count];
                resting.begin(spec.lr);
                reckoned.begin(spec.lr);
                for (piece, ends) in borders.windows(2).enumerate() {
                    let place = ends[0]..ends[1];
                    let is_lit = piece % 2 == 0;
                    let value = |index: usize| if is_lit { ((index * 7 + step) % 13) as f32 - 6.0 } else { 0.0 };
                    let gradient: Vec<f32> = place.clone().map(value).collect();
                    if is_lit {
                        resting.apply(place.clone(), &mut a[place.clone()], Gradient::Dense(&gradient));
                    } else {
                        resting.apply(place.clone(), &mut a[place.clone()], Gradient::Zero);
                    }
                    reckoned.apply(place.clone(), &mut b[place], Gradient::Dense(&gradient));
                }
                let (resting, reckoned) = (resting.finish(&mut a, |_, _| {}), reckoned.finish(&mut b, |_, _| {}));
                assert_eq!(resting.update_norm, reckoned.update_norm, "{text}, step {step}");
                assert_eq!(resting.update_cosine.to_bits(), reckoned.update_cosine.to_bits(), "{text}, step {step}");
            }
            assert_eq!(a, b, "{text}");
        }
    }

    /// An outer product is applied in other ways than the matrix it stands for: nothing may come of it.
    #[test]
    fn steps_along_outer_products_are_those_along_their_matrices() {
        for text in
            ["sgd", "sgd:clip_norm=0.5", "sgd:weight_decay=1", "momentum", "adagrad", "adagrad:dialect=torch", "adam"]
        {
            let spec: Spec = text.parse().unwrap();
            let (rows, columns) = (70, 33);
            let (matrix, count) = (rows * columns, rows * columns + 5);
            let variables = || vec![Variable::kernel(0, rows, columns), Variable::bias(matrix, 5)];
            let (mut outer, mut dense) = (Stepper::new(&spec, variables()), Stepper::new(&spec, variables()));
            let (mut a, mut b) = (vec![1.0; count], vec![1.0; count]);
            for step in 0..30_usize {
                let factor = |index: usize| ((index * 7 + step * step) % 13) as f32 / 13.0 - 0.4;
                let rows: Vec<f32> =
                    (0..rows).map(|row| if (row / 5 + step) % 3 == 0 { 0.0 } else { factor(row) }).collect();
                let columns: Vec<f32> = (0..columns).map(factor).collect();
                let product = Gradient::Outer(Outer { rows: &rows, columns: &columns });
                let (mut elements, rest) = (vec![0.0; matrix], [0.25; 5]);
                product.write(0, &mut elements);
                // Now and then a minibatch has more than one sample.
                let is_outer = step % 7 != 3;
                for (stepper, parameters, is_outer) in [(&mut outer, &mut a, is_outer), (&mut dense, &mut b, false)] {
                    stepper.begin(spec.lr);
                    if is_outer {
                        stepper.apply(0..matrix, &mut parameters[..matrix], product);
                    } else {
                        for start in (0..matrix).step_by(1000) {
                            let place = start..(start + 1000).min(matrix);
                            let gradient = Gradient::Dense(&elements[place.clone()]);
                            stepper.apply(place.clone(), &mut parameters[place], gradient);
                        }
                    }
                    stepper.apply(matrix..count, &mut parameters[matrix..], Gradient::Dense(&rest));
                }
                let (ours, theirs) = (outer.finish(&mut a, |_, _| {}), dense.finish(&mut b, |_, _| {}));
                let close = |a: f64, b: f64| (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-6 * b.abs().max(1.0);
                assert!(close(ours.grad_norm, theirs.grad_norm), "{text}, step {step}: {ours:?} {theirs:?}");
                assert!(close(ours.update_norm, theirs.update_norm), "{text}, step {step}: {ours:?} {theirs:?}");
                assert!(close(ours.update_cosine, theirs.update_cosine), "{text}, step {step}: {ours:?} {theirs:?}");
                assert_eq!(a, b, "{text}, step {step}");
                // Asking changes nothing, and need not be done.
                if step % 4 == 1 {
                    assert_eq!(outer.last_update(), dense.last_update(), "{text}, step {step}");
                }
            }
        }
    }
}
