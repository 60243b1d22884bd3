//! What the event loop needs of a terminal beyond drawing.

use crate::system::SignalEvent;
use std::io;
use std::time::Duration;

use crossterm::event::Event;

/// Keys, the mouse and signals; the way to the shell and back.
pub trait TerminalIo {
    /// Waits for the next key or the like, up to `timeout`.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn next_event(&mut self, timeout: Duration) -> io::Result<Option<Event>>;

    /// Whether the terminal has taken what was drawn last. While nobody reads it, it has not.
    fn is_ready(&self) -> bool;

    /// The next signal that came.
    fn next_signal(&mut self) -> Option<SignalEvent>;

    /// Gives the shell back until it wakes the program.
    ///
    /// # Errors
    /// When the terminal cannot be given back or taken over again.
    fn suspend(&mut self) -> io::Result<()>;

    /// Takes the terminal over again after the program was stopped by others.
    ///
    /// # Errors
    /// When it cannot.
    fn wake(&mut self) -> io::Result<()>;
}
