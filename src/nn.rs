//! The network: Flatten, any number of Dense layers with an activation, Dense with softmax.
//!
//! [`Architecture`] is its shape, [`Parameters`] its weights in one buffer, [`Network`] the passes through it. Pixels
//! are bytes and stay bytes until the first layer multiplies them; Flatten is the fact that an image's rows already
//! stand one after the other, so it has no parameters and changes no number.

mod activation;
mod architecture;
mod dense;
mod exp;
pub mod init;
mod kernel;
pub mod loss;
mod network;
mod parameters;
mod product;
mod sink;
mod sparse;
pub mod summary;
mod tiles;

pub use activation::Activation;
pub use architecture::{Architecture, ArchitectureError, DenseShape, MOST_PARAMETERS};
pub use kernel::Kernel;
pub use network::{Network, PIECE};
pub use parameters::{DenseLayout, Layout, Parameters};
pub use sink::GradientSink;
