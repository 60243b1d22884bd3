//! The whole screen, fed with made-up events and drawn on a terminal made of memory.

mod fuzz;
mod keys;
mod pictures;
mod series;
mod speed;
mod support;
