//! From a formula for one element to an optimizer over slices.

use std::fmt::Debug;

use num_traits::Float;
use pulp::{Simd, WithSimd};

use crate::simd;

/// A floating-point number that optimizers compute in.
pub trait Real: Float + Default + Debug + Send + Sync + 'static {
    /// The nearest number of this type.
    fn of(value: f64) -> Self;

    /// 0 in place of a number so small (below 1e-30) that nothing can come of it. Without this the moments of a
    /// parameter whose gradient is always 0 decay into denormal numbers, with which processors are slow.
    fn flushed(self) -> Self {
        if self.abs() < Self::of(1e-30) { Self::zero() } else { self }
    }
}

impl Real for f32 {
    fn of(value: f64) -> Self {
        value as Self
    }
}

impl Real for f64 {
    fn of(value: f64) -> Self {
        value
    }
}

/// The most numbers any optimizer keeps per parameter.
pub const MOST_SLOTS: usize = 3;

/// A piece of the parameters with all that an optimizer needs to choose its update; every slice has the same length.
pub struct Tile<'a, T> {
    /// The gradient of the loss.
    pub gradient: &'a [T],
    /// What the optimizer keeps per parameter; slots it does not use are empty.
    pub state: [&'a mut [T]; MOST_SLOTS],
    /// Receives the update, θ(t+1) − θ(t).
    pub update: &'a mut [T],
}

/// An optimizer that treats every parameter by itself.
pub trait Optimizer<T>: Send {
    /// What each number it keeps per parameter is in the beginning.
    fn initial_state(&self) -> &[T];

    /// Begins a step, which covers all parameters once, tile by tile in any order.
    fn begin_step(&mut self, lr: f64);

    /// Chooses the update of a tile, and moves its state on.
    fn update(&self, tile: Tile<'_, T>);
}

/// The formula of an optimizer for one element, with `SLOTS` numbers kept per parameter.
pub trait Formula<T: Real, const SLOTS: usize>: Send {
    /// Begins a step: what depends on the learning rate and the number of the step alone is computed here.
    fn begin_step(&mut self, lr: f64);

    /// The update of an element, and its new state.
    fn element(&self, gradient: T, state: [T; SLOTS]) -> (T, [T; SLOTS]);
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
    /// An optimizer that steps by `formula`, each of its slots beginning as given.
    pub fn boxed(formula: F, initial_state: [T; SLOTS]) -> Box<dyn Optimizer<T>> {
        Box::new(Self { formula, initial_state })
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

    fn begin_step(&mut self, lr: f64) {
        self.formula.begin_step(lr);
    }

    fn update(&self, tile: Tile<'_, T>) {
        simd::dispatch(Sweep { formula: &self.formula, tile });
    }
}

/// A formula applied to every element of a tile.
struct Sweep<'a, F, T, const SLOTS: usize> {
    formula: &'a F,
    tile: Tile<'a, T>,
}

impl<T: Real, F: Formula<T, SLOTS>, const SLOTS: usize> WithSimd for Sweep<'_, F, T, SLOTS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { formula, tile } = self;
        let length = tile.gradient.len();
        let gradient = &tile.gradient[..length];
        let update = &mut tile.update[..length];
        let mut slots = tile.state.into_iter();
        let state: [&mut [T]; SLOTS] = std::array::from_fn(|_| match slots.next() {
            Some(slot) => &mut slot[..length],
            None => &mut [],
        });
        for index in 0..length {
            let (step, next) = formula.element(gradient[index], std::array::from_fn(|slot| state[slot][index]));
            update[index] = step;
            for slot in 0..SLOTS {
                state[slot][index] = next[slot];
            }
        }
    }
}
