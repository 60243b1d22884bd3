//! Whole gradients, for rules and transforms that need them.

use aligned_vec::{AVec, avec};

use super::kept::Kept;
use super::kernel::Scalar;
use super::rule::{StepContext, VariableStep, WholeStep};
use crate::gradient::Variable;
use crate::simd::Engine;

/// The gradients of a step, where nothing can be done before all of them are there.
pub struct Collected<T> {
    /// The newest gradient.
    pub gradient: AVec<T>,
    /// The update that is being made.
    pub update: AVec<T>,
    /// Gradients of this step so far.
    pub count: u32,
    /// Σ g² of the first one.
    pub gradient_squared: f64,
    /// The parameters, while a gradient is taken elsewhere.
    pub parameters: Vec<T>,
    /// For each variable, ‖g‖₂ of the newest gradient.
    norms: Vec<f64>,
}

impl<T: Scalar> Collected<T> {
    /// For so many parameters.
    pub fn new(parameters: usize) -> Self {
        Self {
            gradient: avec![T::zero(); parameters],
            update: avec![T::zero(); parameters],
            count: 0,
            gradient_squared: 0.0,
            parameters: Vec::new(),
            norms: Vec::new(),
        }
    }

    /// Notes that a gradient is complete.
    pub fn measure(&mut self, variables: &[Variable]) {
        self.count += 1;
        self.norms.clear();
        let mut all_squared = 0.0;
        for variable in variables {
            let (norm, squared) = T::norm_and_square(&self.gradient[variable.place.clone()]);
            self.norms.push(norm);
            all_squared += squared;
        }
        if self.count == 1 {
            self.gradient_squared = all_squared;
        }
    }

    /// The step as the rule or transform sees it that keeps `kept`.
    pub fn step<'a>(
        &'a mut self,
        at: StepContext,
        engine: Engine,
        variables: &'a [Variable],
        kept: &'a mut Kept<T>,
        parameters: &'a [T],
    ) -> WholeStep<'a, T> {
        let (mut gradients, mut updates) = (&mut self.gradient[..], &mut self.update[..]);
        let slots = kept.slots.iter_mut().zip(&self.norms);
        let variables = variables.iter().zip(slots).map(|(variable, (state, &gradient_norm))| {
            let gradient = gradients.split_off_mut(..variable.place.len()).unwrap_or_default();
            let update = updates.split_off_mut(..variable.place.len()).unwrap_or_default();
            let parameters = &parameters[variable.place.clone()];
            VariableStep { variable, parameters, gradient, gradient_norm, update, state }
        });
        WholeStep { at, engine, variables: variables.collect(), kept: &mut kept.numbers }
    }

    /// Moves the parameters to where the gradient is wanted: by what is in the place of their update.
    pub fn move_aside(&mut self, parameters: &mut [T]) {
        self.parameters.clear();
        self.parameters.extend_from_slice(parameters);
        let moved = parameters.iter_mut().zip(self.update.iter());
        moved.for_each(|(parameter, &update)| *parameter = *parameter + update);
    }
}
