//! The first layer's products with pixels: of the engine's two ways to multiply them the right one.

mod dense;
mod sparse;
mod unit;

use std::ops::Range;

use self::dense::DensePixels;
use self::sparse::SparsePixels;
use super::architecture::DenseShape;
use crate::gradient::Gradient;
use crate::simd::Engine;

/// Multiplies pixels with the first layer's weights, and pixels with the gradients that come back to it.
pub enum PixelProducts {
    /// As dense matrices: for any processor.
    Dense(DensePixels),
    /// Passing over pixels that are 0: for processors with vectors and fused multiply-add.
    Sparse(SparsePixels),
}

impl PixelProducts {
    /// For a layer of this shape.
    pub fn new(engine: Engine, shape: DenseShape) -> Self {
        if engine.is_vectorised() {
            Self::Sparse(SparsePixels::new(engine, shape))
        } else {
            Self::Dense(DensePixels::new(shape))
        }
    }

    /// Takes in a minibatch, `[samples][inputs]`, and fills `outputs`, `[samples][units]`, with its product with
    /// `weights`, `[inputs][units]`, and the biases.
    pub fn forward(&mut self, pixels: &[u8], weights: &[f32], biases: &[f32], outputs: &mut [f32]) {
        match self {
            Self::Dense(dense) => dense.forward(pixels, weights, biases, outputs),
            Self::Sparse(sparse) => sparse.forward(pixels, weights, biases, outputs),
        }
    }

    /// Hands `take` the gradient of the weights, piece by piece, each with its place among them. `output_gradient`,
    /// `[samples][units]`, belongs to `pixels`, the minibatch of the last forward pass.
    pub fn backward(&mut self, pixels: &[u8], output_gradient: &[f32], take: impl FnMut(Range<usize>, Gradient<'_>)) {
        match self {
            Self::Dense(dense) => dense.backward(output_gradient, take),
            Self::Sparse(sparse) => sparse.backward(pixels, output_gradient, take),
        }
    }
}
