//! What is measured of a run.

mod effective_lr;

pub use effective_lr::{EffectiveLr, EffectiveLrMeter, MOST_SAMPLED};
