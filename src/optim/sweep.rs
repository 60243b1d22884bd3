//! A formula applied to every element of a tile, with the sums over it taken in the same pass.

use pulp::{Simd, WithSimd};

use super::element::{Formula, Sums, Tile};
use super::number::{Real, Vector};
use crate::simd::{self, multiply_add};

/// What each lane of a sum begins with, 2⁻¹²⁰, and what is taken off it in the end. A sum of squares of which all are tiny
/// would be a denormal number otherwise, with which processors are slow.
const BEGUN: f32 = 1.0 / (1_u128 << 120) as f32;

/// One element after the other.
pub fn one_by_one<T, F, const SLOTS: usize>(formula: &F, tile: Tile<'_, T>) -> Sums
where
    T: Real + Into<f64>,
    F: Formula<T, SLOTS>,
{
    let Tile { parameters, gradient, mut state, update } = tile;
    let mut sums = Sums::default();
    for index in 0..parameters.len() {
        let mut values = [T::zero(); SLOTS];
        for (value, slot) in values.iter_mut().zip(&state) {
            *value = slot[index];
        }
        let (step, next) = formula.element_at(parameters[index], gradient[index], values);
        for (value, slot) in next.into_iter().zip(&mut state) {
            slot[index] = value;
        }
        sums += Sums {
            gradient_squared: (gradient[index] * gradient[index]).into(),
            update_squared: (step * step).into(),
            update_times_last: (step * update[index]).into(),
        };
        parameters[index] = parameters[index] + step;
        update[index] = step;
    }
    sums
}

/// As many elements at a time as the processor's vectors hold.
pub fn vectors<F, const SLOTS: usize>(formula: &F, tile: Tile<'_, f32>) -> Sums
where
    F: Formula<f32, SLOTS>,
{
    let sums = simd::dispatch_in_fours(Vectors { formula, tile });
    Sums {
        gradient_squared: f64::from(sums[0]),
        update_squared: f64::from(sums[1]),
        update_times_last: f64::from(sums[2]),
    }
}

struct Vectors<'a, F, const SLOTS: usize> {
    formula: &'a F,
    tile: Tile<'a, f32>,
}

impl<F: Formula<f32, SLOTS>, const SLOTS: usize> WithSimd for Vectors<'_, F, SLOTS> {
    type Output = [f32; 3];

    // No closures in here: what is called from one is compiled without the vector instructions.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f32; 3] {
        let Self { formula, tile } = self;
        let (parameters, parameters_rest) = S::as_mut_simd_f32s(tile.parameters);
        let (gradient, gradient_rest) = S::as_simd_f32s(tile.gradient);
        let (update, update_rest) = S::as_mut_simd_f32s(tile.update);
        let [first, second, third] = tile.state;
        let (first, first_rest) = S::as_mut_simd_f32s(first);
        let (second, second_rest) = S::as_mut_simd_f32s(second);
        let (third, third_rest) = S::as_mut_simd_f32s(third);
        let mut state = [first, second, third];
        let state_rest = [first_rest, second_rest, third_rest];
        // Every slot that is in use has the same length: checked here, so that the loop need not.
        let count = parameters.len();
        let (gradient, update) = (&gradient[..count], &mut update[..count]);
        for slot in state.iter_mut().take(SLOTS) {
            *slot = &mut std::mem::take(slot)[..count];
        }
        let mut sums = [simd.splat_f32s(BEGUN); 3];
        for index in 0..count {
            let mut values = [Vector::new(simd, simd.splat_f32s(0.0)); SLOTS];
            for slot in 0..SLOTS {
                values[slot] = Vector::new(simd, state[slot][index]);
            }
            let parameter = Vector::new(simd, parameters[index]);
            let (step, next) = formula.element_at(parameter, Vector::new(simd, gradient[index]), values);
            for slot in 0..SLOTS {
                state[slot][index] = next[slot].lanes;
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
            let (step, next) = formula.element_at(Vector::new(simd, parameter), Vector::new(simd, gradient), values);
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
        let begun = BEGUN * S::F32_LANES as f32;
        sums.map(|sum| simd.reduce_sum_f32s(sum) - begun)
    }
}

#[inline(always)]
fn add_products<S: Simd>(
    simd: S,
    [gradients, updates, turns]: [S::f32s; 3],
    gradient: S::f32s,
    update: S::f32s,
    last: S::f32s,
) -> [S::f32s; 3] {
    [
        multiply_add(simd, gradient, gradient, gradients),
        multiply_add(simd, update, update, updates),
        multiply_add(simd, update, last, turns),
    ]
}
