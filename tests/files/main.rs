//! What is read and what is written.

#[path = "../data_support/mod.rs"]
mod data_support;

mod data_describe;
mod data_idx;
mod data_samples;
mod parsers_fuzz;
mod record;
