//! From a formula for one element to an optimizer over slices.

use super::number::{Number, Real};
use super::shaping::Shaped;
use super::spec::Spec;

/// The most numbers any optimizer keeps per parameter.
pub const MOST_SLOTS: usize = 3;

/// A piece of the parameters with all that belongs to it; every slice has the same length.
pub struct Tile<'a, T> {
    /// The parameters, which receive their update.
    pub parameters: &'a mut [T],
    /// The gradient of the loss.
    pub gradient: &'a [T],
    /// What the optimizer keeps per parameter; slots it does not use are empty.
    pub state: [&'a mut [T]; MOST_SLOTS],
    /// The last update, in place of which the new one is put: θ(t+1) − θ(t).
    pub update: &'a mut [T],
}

/// Sums over the elements of a tile.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sums {
    /// Σ g².
    pub gradient_squared: f64,
    /// Σ Δθ².
    pub update_squared: f64,
    /// Σ Δθ(t)·Δθ(t−1).
    pub update_times_last: f64,
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.gradient_squared += other.gradient_squared;
        self.update_squared += other.update_squared;
        self.update_times_last += other.update_times_last;
    }
}

/// An optimizer that treats every parameter by itself.
pub trait Optimizer<T>: Send {
    /// What each number it keeps per parameter is in the beginning.
    fn initial_state(&self) -> &[T];

    /// Whether a parameter whose gradient is 0 stays where it is, and its state as it is.
    fn rests_without_gradient(&self) -> bool;

    /// What the gradient is multiplied by in this step, if that is all there is to an update.
    fn multiple(&self) -> Option<T>;

    /// Begins a step, which covers all parameters once, tile by tile in any order.
    fn begin_step(&mut self, lr: f64);

    /// Updates a tile, and moves its state on.
    fn step(&self, tile: Tile<'_, T>) -> Sums;
}

/// The formula of an optimizer for one element, with `SLOTS` numbers kept per parameter.
pub trait Formula<T: Real, const SLOTS: usize>: Send {
    /// Whether a parameter whose gradient is 0 stays where it is, and its state as it is.
    fn rests_without_gradient(&self) -> bool {
        false
    }

    /// What the gradient is multiplied by in this step, if that is all there is to an update.
    fn multiple(&self) -> Option<T> {
        None
    }

    /// Begins a step: what depends on the learning rate and the number of the step alone is computed here.
    fn begin_step(&mut self, lr: f64);

    /// The update of an element, and its new state.
    fn element<N: Number<T>>(&self, gradient: N, state: [N; SLOTS]) -> (N, [N; SLOTS]);

    /// As [`Formula::element`], where the update depends on the parameter itself too.
    #[inline(always)]
    fn element_at<N: Number<T>>(&self, _: N, gradient: N, state: [N; SLOTS]) -> (N, [N; SLOTS]) {
        self.element(gradient, state)
    }
}

/// A [`Formula`] applied to every element of a slice.
pub struct Elementwise<F, T, const SLOTS: usize> {
    formula: F,
    initial_state: [T; SLOTS],
}

impl<F, T, const SLOTS: usize> Elementwise<F, T, SLOTS>
where
    T: Real,
    F: Formula<T, SLOTS> + 'static,
{
    /// An optimizer that steps by `formula`, each of its slots beginning as given, with the weight decay and the
    /// clipping of values that `spec` asks for.
    pub fn boxed(spec: &Spec, formula: F, initial_state: [T; SLOTS]) -> Box<dyn Optimizer<T>> {
        match Shaped::new(spec, formula) {
            Ok(formula) => Box::new(Elementwise { formula, initial_state }),
            Err(formula) => Box::new(Self { formula, initial_state }),
        }
    }
}

impl<F, T, const SLOTS: usize> Optimizer<T> for Elementwise<F, T, SLOTS>
where
    T: Real,
    F: Formula<T, SLOTS>,
{
    fn initial_state(&self) -> &[T] {
        &self.initial_state
    }

    fn rests_without_gradient(&self) -> bool {
        self.formula.rests_without_gradient()
    }

    fn multiple(&self) -> Option<T> {
        self.formula.multiple()
    }

    fn begin_step(&mut self, lr: f64) {
        self.formula.begin_step(lr);
    }

    fn step(&self, tile: Tile<'_, T>) -> Sums {
        T::step(&self.formula, tile)
    }
}
