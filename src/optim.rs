//! The optimizers: from a gradient to the next step through weight space.
//!
//! An optimizer knows no network. It sees variables, kernels and biases with their shapes, and their gradients, and
//! keeps some numbers of each. A step of it goes this way:
//!
//! - [`Spec`] is the text that names an optimizer and its settings, parsed and printed; [`definition`] describes one:
//!   formula, settings with defaults and ranges, dialects, paper; each is a file of `optimizers`, a line of its list;
//! - [`rule`] says what an optimizer is to whoever drives it. Most treat every parameter by itself: they are one
//!   formula for one element, an [`UpdateRule`](elementwise::UpdateRule), which serves `f32` networks and `f64` test
//!   functions alike, through [`kernel`], the loop over many elements;
//! - [`transforms`] go around any rule, clipping before it, weight decay after it, as the settings ask for it that any
//!   optimizer may be given, [`common`]: all together are a [`Chain`](chain::Chain);
//! - [`Driver`](driver::Driver) owns what a chain [keeps](kept), and drives it: piece by piece while the gradient is in
//!   the cache, or with whole gradients where a rule or a transform needs them;
//! - [`Stepper`] drives one over a network's parameters, measures the update, and leaves out what need not be done;
//! - [`schedule`] says how a learning rate changes over a race.

mod averages;
mod batch;
pub mod chain;
mod collected;
pub mod common;
pub mod definition;
mod dot;
pub mod driver;
pub mod elementwise;
pub mod kept;
pub mod kernel;
mod label;
mod labels;
mod lazy;
mod optimizers;
pub mod rule;
pub mod schedule;
pub mod setting;
pub mod simd_float;
pub mod spec;
mod stepper;
pub mod transforms;

pub use batch::BatchSize;
pub use definition::Definition;
pub use label::Label;
pub use labels::{SameLabel, labels};
pub use optimizers::{all, find, matching};
pub use setting::Dialect;
pub use spec::{Spec, SpecError};
pub use stepper::{StepMeasures, Stepper, StepperState};
