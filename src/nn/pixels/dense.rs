//! The first layer's products with pixels, as dense matrices.

use std::ops::Range;

use aligned_vec::{AVec, avec};
use ndarray::linalg::general_mat_mul;

use super::unit::PIXEL_TO_UNIT;
use crate::gradient::{Gradient, Outer};
use crate::nn::architecture::DenseShape;
use crate::nn::matrix::{matrix, matrix_mut};

/// Multiplies pixels with the first layer's weights, and pixels with the gradients that come back to it.
pub struct DensePixels {
    shape: DenseShape,
    /// `[samples][inputs]`, pixel ÷ 255.
    values: Vec<f32>,
    gradient: AVec<f32>,
}

impl DensePixels {
    /// For a layer of this shape.
    pub fn new(shape: DenseShape) -> Self {
        Self { shape, values: Vec::new(), gradient: avec![0.0; shape.inputs * shape.units] }
    }

    /// See [`PixelProducts::forward`](super::PixelProducts::forward).
    pub fn forward(&mut self, pixels: &[u8], weights: &[f32], biases: &[f32], outputs: &mut [f32]) {
        outputs.chunks_exact_mut(biases.len()).for_each(|row| row.copy_from_slice(biases));
        self.values.clear();
        self.values.extend(pixels.iter().map(|&pixel| PIXEL_TO_UNIT[usize::from(pixel)]));
        let DenseShape { inputs, units } = self.shape;
        general_mat_mul(
            1.0,
            &matrix(&self.values, inputs),
            &matrix(weights, units),
            1.0,
            &mut matrix_mut(outputs, units),
        );
    }

    /// See [`PixelProducts::backward`](super::PixelProducts::backward).
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
