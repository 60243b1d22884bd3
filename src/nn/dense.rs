//! The first layer's products with pixels, as dense matrices.

use std::ops::Range;

use aligned_vec::{AVec, avec};
use ndarray::linalg::general_mat_mul;

use super::DenseShape;
use super::product::{matrix, matrix_mut};
use crate::gradient::{Gradient, Outer};

/// Multiplies pixels with the first layer's weights, and pixels with the gradients that come back to it.
pub struct DenseInput {
    shape: DenseShape,
    /// `[samples][inputs]`, pixel ÷ 255.
    values: Vec<f32>,
    gradient: AVec<f32>,
    shares: [f32; 256],
}

impl DenseInput {
    /// For a layer of this shape.
    pub fn new(shape: DenseShape) -> Self {
        let shares = std::array::from_fn(|value| value as f32 / 255.0);
        Self { shape, values: Vec::new(), gradient: avec![0.0; shape.inputs * shape.units], shares }
    }

    /// See [`InputLayer::forward`](super::kernel::InputLayer::forward).
    pub fn forward(&mut self, pixels: &[u8], weights: &[f32], biases: &[f32], outputs: &mut [f32]) {
        outputs.chunks_exact_mut(biases.len()).for_each(|row| row.copy_from_slice(biases));
        self.values.clear();
        self.values.extend(pixels.iter().map(|&pixel| self.shares[usize::from(pixel)]));
        let DenseShape { inputs, units } = self.shape;
        general_mat_mul(
            1.0,
            &matrix(&self.values, inputs),
            &matrix(weights, units),
            1.0,
            &mut matrix_mut(outputs, units),
        );
    }

    /// See [`InputLayer::backward`](super::kernel::InputLayer::backward).
    pub fn backward(&mut self, output_gradient: &[f32], mut take: impl FnMut(Range<usize>, Gradient<'_>)) {
        let DenseShape { inputs, units } = self.shape;
        let all = 0..self.gradient.len();
        if self.values.len() == inputs {
            take(all, Gradient::Outer(Outer { rows: &self.values, columns: output_gradient }));
            return;
        }
        let mut gradient = matrix_mut(&mut self.gradient, units);
        general_mat_mul(1.0, &matrix(&self.values, inputs).t(), &matrix(output_gradient, units), 0.0, &mut gradient);
        take(all, Gradient::Dense(&self.gradient));
    }
}
