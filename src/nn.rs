//! The network: Flatten, any number of Dense layers with an activation, Dense with softmax.

mod activation;
mod architecture;
pub mod summary;

pub use activation::Activation;
pub use architecture::{Architecture, ArchitectureError, DenseShape};
