//! The terminal: what comes from it, the signals, and a guard that takes it over and gives it back.

mod background;
mod guard;
mod input;
mod writer;

pub use guard::{TerminalGuard, is_there};
pub use input::TerminalIo;
pub use writer::say;
