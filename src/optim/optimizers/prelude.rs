//! What an optimizer's file needs.

pub use crate::gradient::{Variable, VariableKind};
pub use crate::optim::definition::{Definition, Form, Memory, OptimizerKind};
pub use crate::optim::elementwise::{Elementwise, UpdateRule};
pub use crate::optim::kernel::Scalar;
pub use crate::optim::rule::{Rule, Slot, StepContext, VariableStep, WholeStep};
pub use crate::optim::setting::Dialect::{self, Keras, Optax, Reference, Torch};
pub use crate::optim::setting::{Domain, PerDialect, Setting, SettingValues};
pub use crate::optim::simd_float::SimdFloat;
pub use crate::optim::transforms::Decay;

pub use super::moments::{Moments, add_scaled, correction, trust_ratio};

/// How most of those differ from the other libraries that only Optax has.
pub const OPTAX_ALONE: &str =
    "Neither Keras nor PyTorch has it. Optax has no default learning rate: 0.001 is this program's.";

/// Of a decaying mean of gradients.
pub const MEAN_GRADIENT: Memory = Memory::Weights(|values, age| values.value("beta1").powf(age.into()));

/// Of a sum of gradients that fades by `momentum`.
pub const SUMMED_BY_MOMENTUM: Memory = Memory::Weights(|values, age| values.value("momentum").powf(age.into()));

/// The weights of an update from this step's gradient alone.
pub fn only_the_newest(_: &SettingValues, age: u32) -> f64 {
    if age == 0 { 1.0 } else { 0.0 }
}

/// A setting that may change while an optimizer trains.
pub const fn number(key: &'static str, meaning: &'static str, domain: Domain, default: PerDialect) -> Setting {
    Setting { key, meaning, domain, default, live: true }
}

/// A setting that is true or false, and decides what is kept.
pub const fn flag(key: &'static str, meaning: &'static str, default: PerDialect) -> Setting {
    Setting { key, meaning, domain: Domain::Flag, default, live: false }
}

/// Weight decay that is part of the optimizer's own formula, 0 by default.
pub const fn own_decay(meaning: &'static str, default: PerDialect) -> Setting {
    number("weight_decay", meaning, Domain::NonNegative, default)
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
