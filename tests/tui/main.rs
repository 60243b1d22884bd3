//! The whole screen, fed with made-up events and drawn on a terminal made of memory.

#![allow(clippy::expect_used)]

mod fuzz;
mod keys;
mod pictures;
mod series;
mod speed;
mod support;
mod surface;
