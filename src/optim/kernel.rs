//! The loop over the elements of a chunk: a formula applied to each, with sums over them taken in the same pass.

use std::fmt::Debug;
use std::ops::Range;

use aligned_vec::AVec;
use num_traits::Float;
use pulp::{Simd, WithSimd};

use super::dot::dot;
use super::simd_float::{SimdFloat, Vector};
use crate::gradient::VariableKind;
use crate::simd::{Engine, multiply_add};

/// What each lane of a sum begins with, 2⁻¹²⁰, and what is taken off it in the end. A sum of squares of which all are
/// tiny would be a denormal number otherwise, with which processors are slow.
const LANE_START: f32 = 1.0 / (1_u128 << 120) as f32;

/// What happens to one element in a step, with `SLOTS` numbers kept of it.
pub trait StepFormula<T, const SLOTS: usize> {
    /// The update of an element, and its new state.
    fn element<N: SimdFloat<T>>(&self, parameter: N, gradient: N, state: [N; SLOTS]) -> (N, [N; SLOTS]);
}

/// Some neighbouring parameters of a variable with all that belongs to them.
pub struct Chunk<'a, T> {
    /// The parameters, which receive their update.
    pub parameters: &'a mut [T],
    /// The gradient of the loss, as long.
    pub gradient: &'a [T],
    /// The slots of the whole variable.
    pub state: &'a mut [AVec<T>],
    /// What the variable is.
    pub kind: VariableKind,
    /// Where the parameters are in the variable.
    pub place: Range<usize>,
    /// The last update, in place of which the new one is put: θ(t+1) − θ(t); as long as `parameters`.
    pub update: &'a mut [T],
}

impl<T> Chunk<'_, T> {
    /// The parts of the first slots that belong to the chunk.
    fn slots<const SLOTS: usize>(state: &mut [AVec<T>], place: Range<usize>) -> [&mut [T]; SLOTS] {
        let mut slots = state.iter_mut().map(|slot| &mut slot[place.clone()]);
        std::array::from_fn(|_| slots.next().unwrap_or_default())
    }
}

/// Sums over the elements of a step.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct StepSums {
    /// Σ g².
    pub gradient_squared: f64,
    /// Σ Δθ².
    pub update_squared: f64,
    /// Σ Δθ(t)·Δθ(t−1).
    pub update_times_last: f64,
}

impl std::ops::AddAssign for StepSums {
    fn add_assign(&mut self, other: Self) {
        self.gradient_squared += other.gradient_squared;
        self.update_squared += other.update_squared;
        self.update_times_last += other.update_times_last;
    }
}

/// A floating-point number that optimizers compute in.
pub trait Scalar: Float + SimdFloat<Self> + Default + Debug + Send + Sync + 'static {
    /// The nearest number of this type.
    fn of(value: f64) -> Self;

    /// Applies a formula to every element of a chunk.
    fn apply<F, const SLOTS: usize>(engine: Engine, formula: &F, chunk: Chunk<'_, Self>) -> StepSums
    where
        F: StepFormula<Self, SLOTS>;

    /// Σ a·b.
    fn dot(a: &[Self], b: &[Self]) -> f64;

    /// ‖v‖₂, and Σ v².
    fn norm_and_square(values: &[Self]) -> (f64, f64);
}

impl Scalar for f32 {
    fn of(value: f64) -> Self {
        value as Self
    }

    fn apply<F, const SLOTS: usize>(engine: Engine, formula: &F, chunk: Chunk<'_, Self>) -> StepSums
    where
        F: StepFormula<Self, SLOTS>,
    {
        let Chunk { parameters, gradient, state, place, update, .. } = chunk;
        let state = Chunk::slots(state, place);
        let sums = engine.dispatch_in_fours(Vectors { formula, parameters, gradient, state, update });
        let [gradient_squared, update_squared, update_times_last] = sums.map(f64::from);
        StepSums { gradient_squared, update_squared, update_times_last }
    }

    fn dot(a: &[Self], b: &[Self]) -> f64 {
        dot(a, b)
    }

    fn norm_and_square(values: &[Self]) -> (f64, f64) {
        let square = dot(values, values);
        (square.sqrt(), square)
    }
}

impl Scalar for f64 {
    fn of(value: f64) -> Self {
        value
    }

    /// One element after the other: test functions have two.
    fn apply<F, const SLOTS: usize>(_: Engine, formula: &F, chunk: Chunk<'_, Self>) -> StepSums
    where
        F: StepFormula<Self, SLOTS>,
    {
        let Chunk { parameters, gradient, state, place, update, .. } = chunk;
        let mut state: [&mut [Self]; SLOTS] = Chunk::slots(state, place);
        let mut sums = StepSums::default();
        for index in 0..parameters.len() {
            let values = std::array::from_fn(|slot| state[slot][index]);
            let (step, next) = formula.element(parameters[index], gradient[index], values);
            for (value, slot) in next.into_iter().zip(&mut state) {
                slot[index] = value;
            }
            sums += StepSums {
                gradient_squared: gradient[index] * gradient[index],
                update_squared: step * step,
                update_times_last: step * update[index],
            };
            parameters[index] += step;
            update[index] = step;
        }
        sums
    }

    fn dot(a: &[Self], b: &[Self]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    /// The norm without squares: those of a steep function's gradient may be too large for a number.
    fn norm_and_square(values: &[Self]) -> (f64, f64) {
        let norm = values.iter().fold(0.0, |norm: f64, value| norm.hypot(*value));
        (norm, values.iter().map(|value| value * value).sum())
    }
}

/// As many elements at a time as the processor's vectors hold.
struct Vectors<'a, F, const SLOTS: usize> {
    formula: &'a F,
    parameters: &'a mut [f32],
    gradient: &'a [f32],
    state: [&'a mut [f32]; SLOTS],
    update: &'a mut [f32],
}

impl<F: StepFormula<f32, SLOTS>, const SLOTS: usize> WithSimd for Vectors<'_, F, SLOTS> {
    type Output = [f32; 3];

    // No arithmetic in closures: what is called from one is compiled without the vector instructions.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f32; 3] {
        let Self { formula, parameters, gradient, state, update } = self;
        let (parameters, parameters_rest) = S::as_mut_simd_f32s(parameters);
        let (gradient, gradient_rest) = S::as_simd_f32s(gradient);
        let (update, update_rest) = S::as_mut_simd_f32s(update);
        // Every slice has the same length: checked here, so that the loop need not.
        let count = parameters.len();
        let (gradient, update) = (&gradient[..count], &mut update[..count]);
        let mut slots: [&mut [S::f32s]; SLOTS] = std::array::from_fn(|_| Default::default());
        let mut state_rest: [&mut [f32]; SLOTS] = std::array::from_fn(|_| Default::default());
        for (slot, (whole, rest)) in state.into_iter().zip(slots.iter_mut().zip(&mut state_rest)) {
            let (vectors, last) = S::as_mut_simd_f32s(slot);
            *whole = &mut vectors[..count];
            *rest = last;
        }
        let mut sums = [simd.splat_f32s(LANE_START); 3];
        for index in 0..count {
            let mut values = [Vector::new(simd, simd.splat_f32s(0.0)); SLOTS];
            for slot in 0..SLOTS {
                values[slot] = Vector::new(simd, slots[slot][index]);
            }
            let parameter = Vector::new(simd, parameters[index]);
            let (step, next) = formula.element(parameter, Vector::new(simd, gradient[index]), values);
            for slot in 0..SLOTS {
                slots[slot][index] = next[slot].lanes;
            }
            sums = add_products(simd, sums, gradient[index], step.lanes, update[index]);
            parameters[index] = simd.add_f32s(parameters[index], step.lanes);
            update[index] = step.lanes;
        }
        if !parameters_rest.is_empty() {
            let mut values = [Vector::new(simd, simd.splat_f32s(0.0)); SLOTS];
            for slot in 0..SLOTS {
                values[slot] = Vector::new(simd, simd.partial_load_f32s(state_rest[slot]));
            }
            let gradient = simd.partial_load_f32s(gradient_rest);
            let parameter = simd.partial_load_f32s(parameters_rest);
            let (step, next) = formula.element(Vector::new(simd, parameter), Vector::new(simd, gradient), values);
            for slot in 0..SLOTS {
                simd.partial_store_f32s(state_rest[slot], next[slot].lanes);
            }
            // Beyond the end an element's numbers are 0, and so are its products, whatever its formula makes of them.
            let last = simd.partial_load_f32s(update_rest);
            simd.partial_store_f32s(update_rest, step.lanes);
            let step = simd.partial_load_f32s(update_rest);
            sums = add_products(simd, sums, gradient, step, last);
            simd.partial_store_f32s(parameters_rest, simd.add_f32s(parameter, step));
        }
        let start = LANE_START * S::F32_LANES as f32;
        sums.map(|sum| simd.reduce_sum_f32s(sum) - start)
    }
}

#[inline(always)]
fn add_products<S: Simd>(
    simd: S,
    [gradients, updates, cosines]: [S::f32s; 3],
    gradient: S::f32s,
    update: S::f32s,
    last: S::f32s,
) -> [S::f32s; 3] {
    [
        multiply_add(simd, gradient, gradient, gradients),
        multiply_add(simd, update, update, updates),
        multiply_add(simd, update, last, cosines),
    ]
}
