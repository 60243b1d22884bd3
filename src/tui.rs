//! The race on the screen.
//!
//! Data flows one way: what happens (keys, the race, time) goes into [`app::App`] as [`app::Input`], which answers with
//! [`app::Effect`]s; [`view`] draws the state as it is then. Only the loop around them knows threads and a terminal.

pub mod app;
pub mod dialog;
pub mod facts;
pub mod keymap;
pub mod lr;
mod pace;
pub mod series;
pub mod status;
pub mod theme;
pub mod view;
