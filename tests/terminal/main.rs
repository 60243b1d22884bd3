//! The real program: on the command line and in a pseudo-terminal.
#![cfg(unix)]

#[path = "../common/aloud.rs"]
mod aloud;
#[path = "../common/mod.rs"]
mod common;
#[path = "../race_support/mod.rs"]
mod race_support;

mod cli;
mod cli_train;
mod faults;
mod hostile;
mod hostile_names;
mod large;
mod pictures;
mod replay;
mod results;
mod screen;
mod screen_cost;
mod soak;
mod views;
