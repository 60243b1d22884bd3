//! The optimizers: from a gradient to the next step through weight space.
//!
//! An optimizer knows no network. It sees slices of parameters and gradients and keeps a few numbers per parameter
//! (its *state*). Each is written once, element by element, and serves `f32` networks and `f64` test functions alike.
//!
//! - [`Spec`] is the text that names an optimizer and its settings, parsed and printed;
//! - [`definition`] describes one: formula, settings with defaults and ranges, dialects, paper;
//! - [`schedule`] says how a learning rate changes over a race;
//! - [`element`] turns a formula for one element into an [`Optimizer`] over slices;
//! - [`Stepper`] applies an optimizer to parameters piece by piece and measures the update on the way.

mod batch;
mod clip;
pub mod definition;
mod dot;
pub mod element;
mod labels;
pub mod number;
mod optimizers;
mod outer;
pub mod schedule;
mod shaping;
pub mod spec;
mod stepper;
mod sweep;

pub use batch::BatchSize;
pub use definition::{Definition, Dialect};
pub use element::Optimizer;
pub use labels::{SameLabel, labels};
pub use number::Real;
pub use optimizers::{all, find};
pub use spec::{Spec, SpecError};
pub use stepper::{StepMeasures, Stepper};
