//! The seam between the network and the two ways to multiply the first layer, the widest: chosen once per network.

use std::ops::Range;

use super::DenseShape;
use super::dense::DenseInput;
use super::sparse::SparseInput;
use crate::gradient::Gradient;
use crate::simd::Engine;

/// How the first layer is multiplied with pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// As dense matrices: for any processor.
    General,
    /// Passing over pixels that are 0: for processors with vectors and fused multiply-add.
    SparseInput,
}

impl Kernel {
    /// The faster one on this processor.
    pub fn best() -> Self {
        if Engine::in_use().is_vectorised() { Self::SparseInput } else { Self::General }
    }
}

/// The first layer's products with the pixels. Pixels are bytes; the network sees pixel ÷ 255.
pub enum InputLayer {
    /// See [`Kernel::General`].
    General(DenseInput),
    /// See [`Kernel::SparseInput`].
    Sparse(SparseInput),
}

impl InputLayer {
    /// For a layer of this shape.
    pub fn new(kernel: Kernel, shape: DenseShape) -> Self {
        match kernel {
            Kernel::General => Self::General(DenseInput::new(shape)),
            Kernel::SparseInput => Self::Sparse(SparseInput::new(shape.inputs, shape.units)),
        }
    }

    /// Takes in a minibatch, `[samples][inputs]`, and fills `outputs`, `[samples][units]`, with its product with
    /// `weights`, `[inputs][units]`, and the biases.
    pub fn forward(&mut self, pixels: &[u8], weights: &[f32], biases: &[f32], outputs: &mut [f32]) {
        match self {
            Self::General(dense) => dense.forward(pixels, weights, biases, outputs),
            Self::Sparse(sparse) => sparse.forward(pixels, weights, biases, outputs),
        }
    }

    /// Hands `take` the gradient of the weights, piece by piece, each with its place among them. `output_gradient`, `[samples][units]`, belongs to
    /// `pixels`, the minibatch of the last forward pass.
    pub fn backward(&mut self, pixels: &[u8], output_gradient: &[f32], take: impl FnMut(Range<usize>, Gradient<'_>)) {
        match self {
            Self::General(dense) => dense.backward(output_gradient, take),
            Self::Sparse(sparse) => sparse.backward(pixels, output_gradient, take),
        }
    }
}
