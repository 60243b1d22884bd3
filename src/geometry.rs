//! How a way through weight space is measured.
//!
//! All measures are over all parameters of a network, weights and biases alike.
//!
//! - `straightness` is net displacement over path length, as ecologists measure the walks of animals (Batschelet 1981,
//!   *Circular Statistics in Biology*); `distance` is the Euclidean distance from the start: [`Path`];
//! - `turn`, the mean angle between consecutive steps, comes from the same field, where it is the *turning angle* of a
//!   walk (Kareiva & Shigesada 1983, *Analyzing insect movement as a correlated random walk*); that it is taken over
//!   all parameters of a network is ours: [`Turn`];
//! - `roughness`, how unevenly a loss falls, is ours: [`Roughness`].
//!
//! What is drawn rather than measured: [`UpdateRing`] keeps a run's last steps and lays them on the [`Plane`] that best
//! shows them; where they are too many for that, [`Sketcher`] compresses them and [`SketchedPath`] lays them on a
//! plane; [`Cloud`] does so for whole weights.
//!
//! The cosine between consecutive updates is taken where the updates are made, by
//! [`Stepper`](crate::optim::Stepper).

mod cloud;
mod eigen;
mod path;
mod plane;
mod sketch;
mod trail;
mod vectors;
mod zigzag;

pub use cloud::Cloud;
pub use path::Path;
pub use plane::{Plane, Spot};
pub use sketch::{SKETCH, Sketch, Sketcher};
pub use trail::{SketchedPath, Trail, UpdateRing};
pub use vectors::{Products, distance};
pub use zigzag::{Roughness, Turn, angle};
