//! The whole screen, fed with made-up events and drawn on a terminal made of memory.

#![allow(clippy::expect_used)]

mod again;
mod curves;
mod dynamics;
mod fuzz;
mod keys;
mod lesson;
mod live;
mod path;
mod pictures;
mod series;
mod speed;
mod support;
mod surface;
mod time;
mod views;
mod words;
mod zigzag;
