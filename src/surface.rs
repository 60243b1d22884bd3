//! Test functions of two variables, and the optimizers on them.
//!
//! A network's loss has tens of thousands of parameters and cannot be looked at; a function of two can. The optimizers
//! are the network's own, in double precision: a [`Walk`] hands a [`Driver`](crate::optim::driver::Driver) two
//! parameters and their exact gradient, step by step, and keeps every step.
//!
//! - [`Surface`] describes a function: value, gradient, range, minima;
//! - [`Plan`] says which optimizers walk on it, from where and for how long;
//! - [`Walk`] is one optimizer on its way.

mod definition;
mod functions;
mod noise;
mod plan;
mod walk;

pub use definition::{Minimum, Point, Range, Surface};
pub use functions::{all, find};
pub use noise::Noise;
pub use plan::{DEFAULT, MOST_STEPS, Plan, SurfaceError, named};
pub use walk::{End, Step, Walk};
