//! What an optimizer's file needs.

pub use crate::optim::definition::{Definition, Form, Kind, Memory};
pub use crate::optim::elementwise::{Elementwise, UpdateRule};
pub use crate::optim::kernel::Scalar;
pub use crate::optim::rule::{Rule, StepContext};
pub use crate::optim::setting::Dialect::{self, Keras, Optax, Reference, Torch};
pub use crate::optim::setting::{Domain, PerDialect, Setting, SettingValues};
pub use crate::optim::simd_float::SimdFloat;
