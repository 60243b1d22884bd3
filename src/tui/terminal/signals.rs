//! Signals that reach the screen.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::{SigId, flag, low_level};

use super::input::SignalEvent;

/// Signals that end the program, once it has saved the results.
const ENDING: [i32; 4] = [SIGTERM, SIGHUP, SIGINT, SIGQUIT];

/// Notes signals until it is dropped.
pub struct Signals {
    ending: Arc<AtomicUsize>,
    stopping: Arc<AtomicBool>,
    waking: Arc<AtomicBool>,
    registered: Vec<SigId>,
}

impl Signals {
    /// Begins to note signals.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> io::Result<Self> {
        let mut signals =
            Self { ending: Arc::default(), stopping: Arc::default(), waking: Arc::default(), registered: Vec::new() };
        for signal in ENDING {
            let number = usize::try_from(signal).map_err(io::Error::other)?;
            let id = flag::register_usize(signal, Arc::clone(&signals.ending), number)?;
            signals.registered.push(id);
        }
        for (signal, noted) in [(SIGTSTP, &signals.stopping), (SIGCONT, &signals.waking)] {
            let id = flag::register(signal, Arc::clone(noted))?;
            signals.registered.push(id);
        }
        Ok(signals)
    }

    /// The next signal that was noted.
    pub fn next(&mut self) -> Option<SignalEvent> {
        let ending = self.ending.swap(0, Ordering::Relaxed);
        if ending != 0 {
            return Some(SignalEvent::End(signal_name(ending)));
        }
        if self.stopping.swap(false, Ordering::Relaxed) {
            return Some(SignalEvent::Suspend);
        }
        self.waking.swap(false, Ordering::Relaxed).then_some(SignalEvent::Woken)
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
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.registered.drain(..) {
            low_level::unregister(id);
        }
    }
}

fn signal_name(number: usize) -> &'static str {
    i32::try_from(number).ok().and_then(low_level::signal_name).unwrap_or("a signal")
}
