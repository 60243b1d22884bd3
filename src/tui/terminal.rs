//! The terminal: what comes from it, the signals, and a guard that takes it over and gives it back.

mod guard;
mod input;

pub use guard::{TerminalGuard, is_there};
pub use input::TerminalIo;
