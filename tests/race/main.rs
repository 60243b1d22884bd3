//! Races, run in this process.

#[path = "../race_support/mod.rs"]
mod race_support;

mod divergence;
mod lesson;
mod recorded;
mod rules;
