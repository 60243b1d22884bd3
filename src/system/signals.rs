//! Signals, caught instead of ending the program.

use std::io;
use std::sync::Arc;

use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::signal_name;

/// What a signal asks of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalEvent {
    /// To end; the signal has this name.
    End(&'static str),
    /// To give the shell back.
    Suspend,
    /// To go on after it was stopped.
    Woken,
}

/// Catches signals until it is dropped.
pub struct CaughtSignals(Signals);

impl CaughtSignals {
    /// Those that end a program on the screen, and those around a stop.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn of_screen() -> io::Result<Self> {
        Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT]).map(Self)
    }

    /// Those that end a program without a screen. Under `nohup`, SIGHUP is left alone.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn that_end() -> io::Result<Self> {
        let signals = Signals::new([SIGINT, SIGTERM])?;
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        if ignored_signals(&status).is_some_and(|mask| mask & (1 << (SIGHUP - 1)) == 0) {
            signals.add_signal(SIGHUP)?;
        }
        Ok(Self(signals))
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

/// The signals that the program was started to ignore, a bit each, from the text of Linux's `/proc/self/status`.
fn ignored_signals(status: &str) -> Option<u64> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// Has a file that becomes longer than the system allows (`ulimit -f`) an error of whoever writes it: untouched, the
/// signal that comes with it ends the program.
///
/// # Errors
/// When the system refuses.
pub fn survive_file_limits() -> io::Result<()> {
    signal_hook::flag::register(SIGXFSZ, Arc::default()).map(drop)
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
