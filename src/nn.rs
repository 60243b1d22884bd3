//! The network: Flatten, any number of Dense layers with an activation, Dense with softmax.
//!
//! [`Architecture`] is its shape, [`Parameters`] its weights in one buffer, [`Network`] the passes through it, layer by
//! layer, with the products of one [`Engine`](crate::simd::Engine); a [`GradientSink`] takes the gradient. Pixels are
//! bytes and stay bytes until the first layer multiplies them; Flatten is the fact that an image's rows already
//! follow one another, so it has no parameters and changes no number.

mod accumulator;
mod activation;
mod architecture;
mod exp;
pub mod init;
mod layer;
pub mod loss;
mod matrix;
mod network;
mod parameters;
mod pixels;
mod sink;
pub mod summary;
mod tiles;

pub use activation::Activation;
pub use architecture::{Architecture, ArchitectureError, DenseShape, MOST_PARAMETERS};
pub use network::{MICRO_BATCH, Network};
pub use parameters::{DenseLayout, ParameterLayout, Parameters};
pub use sink::{GradientSink, WholeGradient};
