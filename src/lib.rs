//! Races optimizers: every run trains the same network, from the same initial weights, over the same samples in
//! the same order, with its own optimizer.

pub mod data;
pub mod geometry;
pub mod headless;
pub mod nn;
pub mod optim;
pub mod race;
pub mod record;
pub mod simd;
pub mod tui;

pub mod cli;
