//! The numbers that this program computes: those of NumPy, Keras and PyTorch, and the same on every day.

#[path = "../common/aloud.rs"]
mod aloud;
#[path = "../race_support/mod.rs"]
mod race_support;

mod data_order;
mod data_split;
mod distribution;
mod effective_lr;
mod engines;
mod geometry;
mod gradients;
mod numeric_time;
mod optimizers;
mod rules;
mod schedules;
mod state;
mod surface;
mod training;
mod trajectories;
mod unchanged;
