//! The race: several runs, each one model with one optimizer, trained side by side.

pub mod history;
pub mod metrics;
pub mod protocol;
pub mod settings;
