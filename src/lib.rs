//! Races optimizers: every run trains the same network, from the same initial weights, over the same samples in
//! the same order, with its own optimizer.
//!
//! # The map
//!
//! Modules know only those further down:
//!
//! - [`cli`]: the command line, validated into settings
//! - [`tui`]: the race on the screen; [`headless`]: the race without one; [`record`]: the files of a race
//! - [`board`]: what there is to see of a race, without a terminal
//! - [`lesson`]: what is taught of optimizers, measured
//! - [`race`]: the runs, their threads and their pace; what is measured, said and kept
//! - [`surface`]: test functions of two variables, and the optimizers on them
//! - [`optim`]: the optimizers and their specs; [`nn`]: the network and its gradient; [`data`]: the samples, their
//!   split and their order; [`geometry`]: how a way through weight space is measured
//! - [`gradient`]: what passes from the network to an optimizer; [`simd`]: which vector instructions the processor has;
//!   `system`: what depends on the operating system; `text`: numbers, sizes, lines and names from outside as they are
//!   written; `failpoint`: panics that tests ask for
//!
//! # The way of a sample
//!
//! [`data::Dataset`] holds its pixels as bytes. [`data::Split`] says whether it is trained on, [`data::Order`] when.
//! [`race::worker::Worker`] gathers it into a minibatch; [`nn::Network`] turns that into a loss and a gradient, piece
//! by piece; [`optim::Stepper`] turns each piece into an update while it is in the cache, and measures it. What came of
//! it, a [`race::measure::StepRecord`], travels through a channel into [`race::history::History`], from which the
//! screen draws and the files are written.

#![warn(clippy::disallowed_methods)]

pub mod board;
pub mod cli;
pub mod data;
mod failpoint;
pub mod geometry;
pub mod gradient;
pub mod headless;
pub mod lesson;
pub mod nn;
pub mod optim;
pub mod race;
pub mod record;
pub mod simd;
pub mod surface;
mod system;
mod text;
pub mod tui;
