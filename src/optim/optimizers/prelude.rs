//! What an optimizer's file needs.

pub use crate::optim::definition::{Definition, Form, Memory, OptimizerKind};
pub use crate::optim::elementwise::{Elementwise, UpdateRule};
pub use crate::optim::kernel::Scalar;
pub use crate::optim::rule::{Rule, StepContext};
pub use crate::optim::setting::Dialect::{self, Keras, Optax, Reference, Torch};
pub use crate::optim::setting::{Domain, PerDialect, Setting, SettingValues};
pub use crate::optim::simd_float::SimdFloat;

/// A setting that may change while an optimizer trains.
pub const fn number(key: &'static str, meaning: &'static str, domain: Domain, default: PerDialect) -> Setting {
    Setting { key, meaning, domain, default, live: true }
}

/// The memory of gradients that Adam and its relatives share.
pub const fn beta1(default: PerDialect) -> Setting {
    number("beta1", "share of the mean gradient m that is kept each step", Domain::Fraction, default)
}

/// Their memory of squared gradients.
pub const fn beta2(default: PerDialect) -> Setting {
    number("beta2", "share of the mean squared gradient v that is kept each step", Domain::Fraction, default)
}

/// What is added to a divisor.
pub const fn eps(default: PerDialect) -> Setting {
    number("eps", "keeps the divisor from 0", Domain::Positive, default)
}
