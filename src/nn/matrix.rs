//! Products of matrices, for the layers above the first.

use aligned_vec::{AVec, avec};
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};
use pulp::{Simd, WithSimd};

use super::architecture::DenseShape;
use super::tiles::{Tiled, cover, row_length};
use crate::simd::Engine;

/// Units of the widest layer that is worth a kernel of its own; wider ones are worth being packed into panels, as
/// `ndarray` does.
const NARROW: usize = 128;

/// Multiplies matrices of a Dense layer.
pub struct MatrixProducts {
    engine: Engine,
    /// The right matrix, each row filled up to whole vectors.
    right: AVec<f32>,
}

impl MatrixProducts {
    /// With an engine.
    pub fn new(engine: Engine) -> Self {
        Self { engine, right: avec![] }
    }

    /// Adds `inputs`, `[samples][inputs]`, × `weights`, `[inputs][units]`, to `outputs`, `[samples][units]`.
    pub fn forward(&mut self, shape: DenseShape, inputs: &[f32], weights: &[f32], outputs: &mut [f32]) {
        let DenseShape { inputs: depth, units } = shape;
        if self.is_fast_for(units) {
            self.take_rows(weights, units);
            self.add(Rows { values: inputs, columns: depth }, depth, units, outputs);
        } else {
            let (left, right) = (matrix(inputs, depth), matrix(weights, units));
            general_mat_mul(1.0, &left, &right, 1.0, &mut matrix_mut(outputs, units));
        }
    }

    /// Adds the gradient of the weights to `gradient`, `[inputs][units]`: the transpose of `inputs`,
    /// `[samples][inputs]`, × `output_gradient`, `[samples][units]`.
    pub fn weights_gradient(
        &mut self,
        shape: DenseShape,
        inputs: &[f32],
        output_gradient: &[f32],
        gradient: &mut [f32],
    ) {
        let DenseShape { inputs: depth, units } = shape;
        if self.is_fast_for(units) {
            self.take_rows(output_gradient, units);
            self.add(Columns { values: inputs, rows: depth }, inputs.len() / depth, units, gradient);
        } else {
            let (left, right) = (matrix(inputs, depth), matrix(output_gradient, units));
            general_mat_mul(1.0, &left.t(), &right, 1.0, &mut matrix_mut(gradient, units));
        }
    }

    /// Fills `gradient`, `[samples][inputs]`, with that of the inputs: `output_gradient`, `[samples][units]`, × the
    /// transpose of `weights`, `[inputs][units]`.
    pub fn input_gradient(
        &mut self,
        shape: DenseShape,
        output_gradient: &[f32],
        weights: &[f32],
        gradient: &mut [f32],
    ) {
        let DenseShape { inputs: depth, units } = shape;
        if self.is_fast_for(depth) {
            self.take_columns(weights, units);
            gradient.fill(0.0);
            self.add(Rows { values: output_gradient, columns: units }, units, depth, gradient);
        } else {
            let (left, right) = (matrix(output_gradient, units), matrix(weights, units));
            general_mat_mul(1.0, &left, &right.t(), 0.0, &mut matrix_mut(gradient, depth));
        }
    }

    fn is_fast_for(&self, columns: usize) -> bool {
        self.engine.is_vectorised() && columns <= NARROW
    }

    /// Takes in the right matrix, which has `columns`.
    fn take_rows(&mut self, values: &[f32], columns: usize) {
        let length = row_length(columns);
        self.right.resize(values.len() / columns * length, 0.0);
        self.engine.dispatch(TakeRows { values, columns, right: &mut self.right });
    }

    /// Takes in the transpose of the right matrix: one with `rows` columns.
    fn take_columns(&mut self, values: &[f32], rows: usize) {
        let length = row_length(values.len() / rows);
        self.right.resize(rows * length, 0.0);
        for (column, values) in values.chunks_exact(rows).enumerate() {
            for (right, value) in self.right.chunks_exact_mut(length).zip(values) {
                right[column] = *value;
            }
        }
    }

    /// Adds `left`, of so much `depth`, × the right matrix, which has `columns`, to `sums`.
    fn add(&self, left: impl Left, depth: usize, columns: usize, sums: &mut [f32]) {
        self.engine.dispatch(Add { left, depth, columns, right: &self.right, sums });
    }
}

/// Copies a matrix, each row filled up to whole vectors.
struct TakeRows<'a> {
    values: &'a [f32],
    columns: usize,
    right: &'a mut [f32],
}

impl WithSimd for TakeRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let rows = self.right.chunks_exact_mut(row_length(self.columns));
        for (row, values) in rows.zip(self.values.chunks_exact(self.columns)) {
            // One by one: a call for each of many short rows would take longer.
            for (right, value) in row.iter_mut().zip(values) {
                *right = *value;
            }
        }
    }
}

/// The left matrix of a product.
trait Left {
    /// Some of its rows.
    fn rows<const ROWS: usize>(&self, first: usize, depth: usize) -> impl LeftRows<ROWS>;
}

/// Some rows of a left matrix.
trait LeftRows<const ROWS: usize> {
    /// Their numbers in `column`.
    fn at(&self, column: usize) -> [f32; ROWS];
}

/// A matrix that is kept row by row.
struct Rows<'a> {
    values: &'a [f32],
    columns: usize,
}

impl Left for Rows<'_> {
    #[inline(always)]
    fn rows<const ROWS: usize>(&self, first: usize, depth: usize) -> impl LeftRows<ROWS> {
        let mut rows = [[].as_slice(); ROWS];
        for (index, row) in rows.iter_mut().enumerate() {
            *row = &self.values[(first + index) * self.columns..][..depth];
        }
        rows
    }
}

impl<const ROWS: usize> LeftRows<ROWS> for [&[f32]; ROWS] {
    #[inline(always)]
    fn at(&self, column: usize) -> [f32; ROWS] {
        let mut numbers = [0.0; ROWS];
        for (number, row) in numbers.iter_mut().zip(self) {
            *number = row[column];
        }
        numbers
    }
}

/// A matrix that is kept column by column, from some row on.
struct Columns<'a> {
    values: &'a [f32],
    rows: usize,
}

impl Left for Columns<'_> {
    #[inline(always)]
    fn rows<const ROWS: usize>(&self, first: usize, _: usize) -> impl LeftRows<ROWS> {
        Columns { values: &self.values[first..], rows: self.rows }
    }
}

impl<const ROWS: usize> LeftRows<ROWS> for Columns<'_> {
    #[inline(always)]
    fn at(&self, column: usize) -> [f32; ROWS] {
        let mut numbers = [0.0; ROWS];
        numbers.copy_from_slice(&self.values[column * self.rows..][..ROWS]);
        numbers
    }
}

/// Adds a product to `sums`; `right` has rows that are filled up to whole vectors.
struct Add<'a, L> {
    left: L,
    depth: usize,
    columns: usize,
    right: &'a [f32],
    sums: &'a mut [f32],
}

impl<L: Left> WithSimd for Add<'_, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let widest = if S::REGISTER_COUNT >= 32 { 4 } else { 2 };
        cover(simd, self.columns, widest, &mut self);
    }
}

impl<L: Left> Tiled for Add<'_, L> {
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize) {
        let rows = self.sums.len() / self.columns;
        let mut first = 0;
        // Sums, a row of factors and a factor share the registers.
        while first + 8 <= rows && 9 * VECTORS < S::REGISTER_COUNT {
            self.add_rows::<S, VECTORS, 8>(simd, start, first);
            first += 8;
        }
        while first + 4 <= rows {
            self.add_rows::<S, VECTORS, 4>(simd, start, first);
            first += 4;
        }
        while first < rows {
            self.add_rows::<S, VECTORS, 1>(simd, start, first);
            first += 1;
        }
    }
}

impl<L: Left> Add<'_, L> {
    #[inline(always)]
    fn add_rows<S: Simd, const VECTORS: usize, const ROWS: usize>(&mut self, simd: S, start: usize, first: usize) {
        let first_column = start * S::F32_LANES;
        let width = VECTORS * S::F32_LANES;
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
        let left = self.left.rows::<ROWS>(first, self.depth);
        for (depth, row) in self.right.chunks_exact(row_length(self.columns)).take(self.depth).enumerate() {
            let (row, _) = S::as_simd_f32s(&row[first_column..first_column + width]);
            let factors = left.at(depth);
            for (sums, factor) in sums.iter_mut().zip(factors) {
                let factor = simd.splat_f32s(factor);
                for (sum, row) in sums.iter_mut().zip(row) {
                    *sum = simd.mul_add_f32s(factor, *row, *sum);
                }
            }
        }
        let end = (first_column + width).min(self.columns);
        for (index, sums) in sums.iter().enumerate() {
            let row = (first + index) * self.columns;
            let (whole, rest) = S::as_mut_simd_f32s(&mut self.sums[row + first_column..row + end]);
            for (total, sum) in whole.iter_mut().zip(sums) {
                *total = simd.add_f32s(*total, *sum);
            }
            // All vectors are whole but perhaps the last.
            if !rest.is_empty() {
                let total = simd.add_f32s(simd.partial_load_f32s(rest), sums[VECTORS - 1]);
                simd.partial_store_f32s(rest, total);
            }
        }
    }
}

/// A matrix with rows of this many columns; what does not fill a row is left out.
#[expect(clippy::expect_used, reason = "rows × columns never exceeds the number of values")]
pub(super) fn matrix(values: &[f32], columns: usize) -> ArrayView2<'_, f32> {
    let rows = values.len() / columns;
    ArrayView2::from_shape((rows, columns), &values[..rows * columns]).expect("rows × columns values")
}

/// As [`matrix`], to be written to.
#[expect(clippy::expect_used, reason = "rows × columns never exceeds the number of values")]
pub(super) fn matrix_mut(values: &mut [f32], columns: usize) -> ArrayViewMut2<'_, f32> {
    let rows = values.len() / columns;
    ArrayViewMut2::from_shape((rows, columns), &mut values[..rows * columns]).expect("rows × columns values")
}
