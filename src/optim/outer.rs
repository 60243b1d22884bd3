//! Steps along an outer product by an optimizer whose updates are a multiple of the gradient.
//!
//! The gradient of a single sample is an outer product in every layer. Its norm, and its product with another one, follow
//! from those of the factors alone, so that such a step need not write its update down: only the parameters that move
//! are read and written.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::dot::dot;
use super::element::Sums;
use crate::gradient::{Gradient, Outer, find_nonzero};
use crate::simd;

/// Updates of this step and of the one before, where they are multiples of outer products.
#[derive(Default)]
pub struct OuterSteps {
    now: Vec<OuterStep>,
    last: Vec<OuterStep>,
    /// Steps that are over: their memory is used again.
    spare: Vec<OuterStep>,
    /// Rows of the outer product at hand that are not 0.
    rows: Vec<u32>,
}

/// The update of some parameters: `multiple` × an outer product.
#[derive(Default)]
struct OuterStep {
    place: Range<usize>,
    multiple: f32,
    rows: Vec<f32>,
    columns: Vec<f32>,
}

impl OuterStep {
    fn outer(&self) -> Outer<'_> {
        Outer { rows: &self.rows, columns: &self.columns }
    }

    /// Puts the update in its place among those of all parameters.
    fn write(&self, updates: &mut [f32]) {
        let updates = &mut updates[self.place.clone()];
        Gradient::Outer(self.outer()).write(0, updates);
        updates.iter_mut().for_each(|update| *update *= self.multiple);
    }
}

impl OuterSteps {
    /// Moves the parameters that stand at `place` by `multiple` × `outer`. What is asked of `last_updates`, the updates of
    /// the step before, is those of `place` where they were not an outer product.
    pub fn take(
        &mut self,
        place: Range<usize>,
        parameters: &mut [f32],
        outer: Outer<'_>,
        multiple: f32,
        last_updates: &[f32],
    ) -> Sums {
        find_nonzero(outer.rows, &mut self.rows);
        simd::dispatch(Move { parameters, outer, rows: &self.rows, multiple });
        let gradient_squared = dot(outer.rows, outer.rows) * dot(outer.columns, outer.columns);
        let turn = match self.last.iter().find(|last| last.place == place) {
            Some(last) => {
                let of_factors = dot(outer.rows, &last.rows) * dot(outer.columns, &last.columns);
                f64::from(last.multiple) * of_factors
            }
            None => {
                let rows = last_updates[place.clone()].chunks_exact(outer.columns.len()).zip(outer.rows);
                rows.map(|(updates, &factor)| f64::from(factor) * dot(updates, outer.columns)).sum()
            }
        };
        let mut step = self.spare.pop().unwrap_or_default();
        step.place = place;
        step.multiple = multiple;
        step.rows.clear();
        step.rows.extend_from_slice(outer.rows);
        step.columns.clear();
        step.columns.extend_from_slice(outer.columns);
        self.now.push(step);
        let multiple = f64::from(multiple);
        Sums {
            gradient_squared,
            update_squared: multiple * multiple * gradient_squared,
            update_times_last: multiple * turn,
        }
    }

    /// Writes the last step's updates that reach into `place` down among `updates`, and forgets their factors: whoever
    /// asks has a gradient that is no outer product. Gives the places that were written.
    pub fn write_last(&mut self, place: &Range<usize>, updates: &mut [f32]) -> impl Iterator<Item = Range<usize>> {
        let reaches = |step: &mut OuterStep| step.place.start < place.end && place.start < step.place.end;
        let written: Vec<OuterStep> = self.last.extract_if(.., reaches).collect();
        written.iter().for_each(|step| step.write(updates));
        written.into_iter().map(|step| step.place)
    }

    /// Ends a step: what was now is last.
    pub fn finish(&mut self) {
        self.spare.append(&mut self.last);
        std::mem::swap(&mut self.now, &mut self.last);
    }

    /// Writes the updates of the step that has ended down among `updates`.
    pub fn write(&self, updates: &mut [f32]) {
        self.last.iter().for_each(|step| step.write(updates));
    }
}

/// Adds `multiple` × `outer` to parameters.
struct Move<'a> {
    parameters: &'a mut [f32],
    outer: Outer<'a>,
    /// Those that are not 0.
    rows: &'a [u32],
    multiple: f32,
}

impl WithSimd for Move<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { parameters, outer: Outer { rows: factors, columns }, rows, multiple } = self;
        let width = columns.len();
        let multiple = simd.splat_f32s(multiple);
        let (columns, last_columns) = S::as_simd_f32s(columns);
        let last_column = simd.partial_load_f32s(last_columns);
        for &row in rows {
            let row = row as usize;
            let factor = simd.splat_f32s(factors[row]);
            let parameters = &mut parameters[row * width..(row + 1) * width];
            let (parameters, last_parameters) = S::as_mut_simd_f32s(parameters);
            for (parameter, &column) in parameters.iter_mut().zip(columns) {
                let update = simd.mul_f32s(simd.mul_f32s(factor, column), multiple);
                *parameter = simd.add_f32s(*parameter, update);
            }
            if !last_parameters.is_empty() {
                let update = simd.mul_f32s(simd.mul_f32s(factor, last_column), multiple);
                let parameter = simd.partial_load_f32s(last_parameters);
                simd.partial_store_f32s(last_parameters, simd.add_f32s(parameter, update));
            }
        }
    }
}
