//! From the formula for one element to a [`Rule`] for whole networks.

use aligned_vec::AVec;

use super::kernel::{Chunk, Scalar, StepFormula, StepSums};
use super::rule::{Fused, Rule, Slot, StepContext, Streamed, WholeStep};
use super::simd_float::SimdFloat;
use crate::gradient::{Variable, VariableKind};
use crate::simd::Engine;

/// An optimizer that treats every parameter by itself: its formula, with `SLOTS` numbers kept of each parameter.
pub trait UpdateRule<T: Scalar, const SLOTS: usize>: Copy + Send + Sync + 'static {
    /// What all parameters share in a step.
    type Shared: Copy + Send + 'static;

    /// Whether a parameter whose gradient is 0 stays where it is, and its state as it is.
    const SKIPS_ZERO_GRADIENT: bool = false;

    /// Computes what depends on the learning rate and the number of the step alone, and on what was [kept](Self::kept).
    fn shared(&self, at: StepContext, kept: &mut [f64]) -> Self::Shared;

    /// The update of an element, and its new state.
    fn element<N: SimdFloat<T>>(&self, shared: Self::Shared, gradient: N, state: [N; SLOTS]) -> (N, [N; SLOTS]);

    /// As [`UpdateRule::element`], where the update depends on the parameter itself too.
    #[inline(always)]
    fn element_at<N: SimdFloat<T>>(
        &self,
        shared: Self::Shared,
        _parameter: N,
        gradient: N,
        state: [N; SLOTS],
    ) -> (N, [N; SLOTS]) {
        self.element(shared, gradient, state)
    }

    /// Numbers that are kept from step to step once for all parameters, as they are at first.
    fn kept(&self) -> Vec<f64> {
        Vec::new()
    }

    /// What the gradient is multiplied by, if that is all there is to an update.
    fn linear_scale(&self, _shared: Self::Shared) -> Option<T> {
        None
    }

    /// What in the state of an element makes updates that are no finite numbers.
    fn why_not_finite(&self, _state: [T; SLOTS]) -> Option<&'static str> {
        None
    }

    /// Where an element is evaluated, if not at its parameter.
    fn evaluated(&self, _parameter: T, _state: [T; SLOTS]) -> Option<T> {
        None
    }
}

/// An [`UpdateRule`] for every element of every variable.
pub struct Elementwise<U, T, const SLOTS: usize> {
    rule: U,
    initial: [T; SLOTS],
}

impl<U, T, const SLOTS: usize> Elementwise<U, T, SLOTS>
where
    T: Scalar,
    U: UpdateRule<T, SLOTS>,
{
    /// Steps by `rule`, each of its slots beginning as given.
    pub fn boxed(rule: U, initial: [T; SLOTS]) -> Box<dyn Rule<T>> {
        Box::new(Self { rule, initial })
    }

    fn at(&self, at: StepContext, kept: &mut [f64]) -> Plain<U, U::Shared> {
        Plain { rule: self.rule, shared: self.rule.shared(at, kept) }
    }
}

impl<U, T, const SLOTS: usize> Rule<T> for Elementwise<U, T, SLOTS>
where
    T: Scalar,
    U: UpdateRule<T, SLOTS>,
{
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        self.initial.iter().map(|&initial| Slot::of(variable, initial)).collect()
    }

    fn kept(&self) -> Vec<f64> {
        self.rule.kept()
    }

    fn is_streamed(&self) -> bool {
        true
    }

    fn streamed(&self, at: StepContext, kept: &mut [f64], fused: Fused<T>) -> Option<Box<dyn Streamed<T>>> {
        let formula = self.at(at, kept);
        let linear_scale = self.rule.linear_scale(formula.shared);
        Some(match fused {
            Fused { clip_value: None, l2: None, shrinkage: None, .. } => {
                let skips_zero_gradient = U::SKIPS_ZERO_GRADIENT;
                Box::new(Ready::<_, _, SLOTS> { formula, of_biases: None, skips_zero_gradient, linear_scale })
            }
            Fused { clip_value, l2, shrinkage, spares_biases } => {
                let with = |l2: Option<T>, shrinkage: Option<T>| WithDecayAndClip {
                    formula,
                    limit: clip_value.unwrap_or_else(T::infinity),
                    l2: l2.unwrap_or_else(T::zero),
                    shrinkage: shrinkage.unwrap_or_else(T::zero),
                };
                Box::new(Ready::<_, _, SLOTS> {
                    formula: with(l2, shrinkage),
                    of_biases: spares_biases.then(|| with(None, None)),
                    skips_zero_gradient: U::SKIPS_ZERO_GRADIENT && shrinkage.is_none() && l2.is_none(),
                    linear_scale: None,
                })
            }
        })
    }

    fn update(&self, step: &mut WholeStep<'_, T>) {
        let formula = self.at(step.at, step.kept);
        for variable in &mut step.variables {
            // The kernel moves parameters; who asks for the update alone goes on from where they are.
            let mut moved = variable.parameters.to_vec();
            let chunk = Chunk {
                parameters: &mut moved,
                gradient: variable.gradient,
                state: variable.state,
                kind: variable.variable.kind,
                place: 0..variable.update.len(),
                update: variable.update,
            };
            T::apply(step.engine, &formula, chunk);
        }
    }

    fn evaluated(&self, _: &Variable, parameters: &[T], state: &[AVec<T>]) -> Option<Vec<T>> {
        let element =
            |(index, &parameter)| self.rule.evaluated(parameter, std::array::from_fn(|slot| state[slot][index]));
        parameters.iter().enumerate().map(element).collect()
    }

    fn why_not_finite(&self, state: &[AVec<T>]) -> Option<&'static str> {
        let element = |index| self.rule.why_not_finite(std::array::from_fn(|slot| state[slot][index]));
        (0..state.first()?.len()).find_map(element)
    }
}

/// A formula at one step, and what its driver may make use of.
struct Ready<F, T, const SLOTS: usize> {
    formula: F,
    /// That of biases, where it is another one.
    of_biases: Option<F>,
    skips_zero_gradient: bool,
    linear_scale: Option<T>,
}

impl<F, T, const SLOTS: usize> Streamed<T> for Ready<F, T, SLOTS>
where
    T: Scalar,
    F: StepFormula<T, SLOTS> + Send,
{
    fn apply(&self, engine: Engine, chunk: Chunk<'_, T>) -> StepSums {
        let of_biases = self.of_biases.as_ref().filter(|_| chunk.kind == VariableKind::Bias);
        T::apply(engine, of_biases.unwrap_or(&self.formula), chunk)
    }

    fn skips_zero_gradient(&self) -> bool {
        self.skips_zero_gradient
    }

    fn linear_scale(&self) -> Option<T> {
        self.linear_scale
    }
}

/// A rule at one step.
#[derive(Clone, Copy)]
struct Plain<U, S> {
    rule: U,
    shared: S,
}

impl<U, T, const SLOTS: usize> StepFormula<T, SLOTS> for Plain<U, U::Shared>
where
    T: Scalar,
    U: UpdateRule<T, SLOTS>,
{
    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, parameter: N, gradient: N, state: [N; SLOTS]) -> (N, [N; SLOTS]) {
        self.rule.element_at(self.shared, parameter, gradient, state)
    }
}

/// A formula that sees the gradient clipped and with a penalty, and whose updates shrink the parameters on the way:
/// g ← min(max(g, −limit), limit) + l2·θ, and θ ← θ − θ·shrinkage beside the formula's own update.
struct WithDecayAndClip<F, T> {
    formula: F,
    limit: T,
    l2: T,
    shrinkage: T,
}

impl<F, T, const SLOTS: usize> StepFormula<T, SLOTS> for WithDecayAndClip<F, T>
where
    T: Scalar,
    F: StepFormula<T, SLOTS>,
{
    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, parameter: N, gradient: N, state: [N; SLOTS]) -> (N, [N; SLOTS]) {
        let (step, state) = self.formula.element(parameter, gradient.clipped(self.limit) + parameter * self.l2, state);
        (step - parameter * self.shrinkage, state)
    }
}

/// The rule of an update that is made already: it is handed in place of the gradient.
pub struct Given;

impl<T: Scalar> StepFormula<T, 0> for Given {
    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, _: N, update: N, state: [N; 0]) -> (N, [N; 0]) {
        (update, state)
    }
}

impl<T: Scalar> Streamed<T> for Given {
    fn apply(&self, engine: Engine, chunk: Chunk<'_, T>) -> StepSums {
        T::apply(engine, self, chunk)
    }
}
