//! What any optimizer may be given beside its own formula: weight decay, and clipping of the gradient's values.

use super::element::Formula;
use super::number::{Number, Real};
use super::spec::Spec;

/// A formula that sees the gradient clipped, and whose updates shrink the parameters on the way.
///
/// As in Keras 3: g ← min(max(g, −clip_value), clip_value), θ ← θ − θ·weight_decay·lr, then the formula's own update.
pub struct Shaped<F, T> {
    formula: F,
    weight_decay: f64,
    /// weight_decay·lr of this step.
    shrinkage: T,
    /// The largest size of an element; infinite without clipping.
    limit: T,
}

impl<F, T: Real> Shaped<F, T> {
    /// `formula` shaped as `spec` asks for.
    ///
    /// # Errors
    /// Gives `formula` back if nothing is asked for.
    pub fn new(spec: &Spec, formula: F) -> Result<Self, F> {
        let weight_decay = spec.weight_decay.unwrap_or(0.0);
        if weight_decay == 0.0 && spec.clip_value.is_none() {
            return Err(formula);
        }
        let limit = spec.clip_value.map_or_else(T::infinity, T::of);
        Ok(Self { formula, weight_decay, shrinkage: T::zero(), limit })
    }
}

impl<F, T, const SLOTS: usize> Formula<T, SLOTS> for Shaped<F, T>
where
    T: Real,
    F: Formula<T, SLOTS>,
{
    fn rests_without_gradient(&self) -> bool {
        self.weight_decay == 0.0 && self.formula.rests_without_gradient()
    }

    fn begin_step(&mut self, lr: f64) {
        self.shrinkage = T::of(self.weight_decay * lr);
        self.formula.begin_step(lr);
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, state: [N; SLOTS]) -> (N, [N; SLOTS]) {
        self.formula.element(gradient.clipped(self.limit), state)
    }

    #[inline(always)]
    fn element_at<N: Number<T>>(&self, parameter: N, gradient: N, state: [N; SLOTS]) -> (N, [N; SLOTS]) {
        let (step, state) = self.formula.element_at(parameter, gradient.clipped(self.limit), state);
        (step - parameter * self.shrinkage, state)
    }
}
