//! The first layer's products with the pixels.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

/// Multiplies pixels with the first layer's weights, and pixels with the gradients that come back to it.
///
/// Pixels are bytes; the network sees pixel ÷ 255.
pub struct DenseInput {
    /// `[samples][inputs]`.
    pixels: Vec<f32>,
    inputs: usize,
    shares: [f32; 256],
}

impl DenseInput {
    /// For images of this many pixels.
    pub fn new(inputs: usize) -> Self {
        let shares = std::array::from_fn(|value| value as f32 / 255.0);
        Self { pixels: Vec::new(), inputs, shares }
    }

    /// Takes in a minibatch, `[samples][inputs]`, and adds its product with `weights`, `[inputs][units]`, to
    /// `outputs`, `[samples][units]`.
    pub fn forward(&mut self, pixels: &[u8], weights: ArrayView2<'_, f32>, outputs: &mut ArrayViewMut2<'_, f32>) {
        self.pixels.clear();
        self.pixels.extend(pixels.iter().map(|&pixel| self.shares[usize::from(pixel)]));
        general_mat_mul(1.0, &self.matrix(), &weights, 1.0, outputs);
    }

    /// Adds to `gradient`, `[inputs][units]`, the minibatch's share, given the gradient of the layer's outputs,
    /// `[samples][units]`.
    pub fn backward(&self, output_gradient: ArrayView2<'_, f32>, gradient: &mut ArrayViewMut2<'_, f32>) {
        general_mat_mul(1.0, &self.matrix().t(), &output_gradient, 1.0, gradient);
    }

    fn matrix(&self) -> ArrayView2<'_, f32> {
        super::network::matrix(&self.pixels, self.inputs)
    }
}
