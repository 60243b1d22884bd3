//! Signals that reach the screen.

use std::io;

use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::signal_name;

use super::input::SignalEvent;

/// Signals that end the program, once it has saved the results, and those around a stop.
const CAUGHT: [i32; 6] = [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT];

/// Catches signals until it is dropped.
pub struct CaughtSignals(Signals);

impl CaughtSignals {
    /// Begins to catch signals.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> io::Result<Self> {
        Signals::new(CAUGHT).map(Self)
    }

    /// The next signal that was caught.
    pub fn next(&mut self) -> Option<SignalEvent> {
        self.0.pending().next().map(|signal| match signal {
            SIGTSTP => SignalEvent::Suspend,
            SIGCONT => SignalEvent::Woken,
            _ => SignalEvent::End(signal_name(signal).unwrap_or("a signal")),
        })
    }
}

/// Whether there is a shell that could wake the program again: where it leads its session, there is none.
///
/// # Errors
/// When the system refuses to tell.
pub fn has_shell() -> io::Result<bool> {
    Ok(getsid(None)? != getpid())
}

/// Stops the program, and those it was started together with, as ctrl-z does; returns when it was woken.
///
/// # Errors
/// When the system refuses.
pub fn stop_until_woken() -> io::Result<()> {
    Ok(kill_current_process_group(Signal::STOP)?)
}
