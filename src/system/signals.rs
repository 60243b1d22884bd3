//! Signals, caught instead of ending the program.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::thread_named;
use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGXFSZ};
use signal_hook::flag::{register, register_conditional_shutdown};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;
use signal_hook::low_level::signal_name;

/// Exit code of a program that was interrupted, as shells report it of one that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// The signals that end a program; the last is left alone under `nohup`.
const THAT_END: [i32; 4] = [SIGINT, SIGTERM, SIGQUIT, SIGHUP];

/// What a signal asks of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalEvent {
    /// To end; the signal has this name.
    End(&'static str),
    /// A person has pressed ctrl-c, of which the line makes a signal: see [`take_line`](super::take_line).
    CtrlC,
    /// To give the shell back.
    Suspend,
    /// To go on after it was stopped.
    Woken,
}

/// Catches signals until it is dropped.
pub struct CaughtSignals {
    signals: SignalsInfo<WithOrigin>,
    end_at_interrupt: Arc<AtomicBool>,
    end_at_any: Arc<AtomicBool>,
}

impl CaughtSignals {
    /// Those that end a program on the screen, and those around a stop.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn of_screen() -> io::Result<Self> {
        Self::new(&[SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT])
    }

    /// Those that end a program without a screen. A second Ctrl-C ends it at once, whatever it is doing. Under `nohup`,
    /// SIGHUP is left alone.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn that_end() -> io::Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let is_hangup_ignored = ignored_signals(&status).is_none_or(|mask| mask & (1 << (SIGHUP - 1)) != 0);
        let caught = Self::new(if is_hangup_ignored { &THAT_END[..3] } else { &THAT_END })?;
        // Behind what looks whether it is the second.
        register(SIGINT, Arc::clone(&caught.end_at_interrupt))?;
        Ok(caught)
    }

    fn new(signals: &[i32]) -> io::Result<Self> {
        let (end_at_interrupt, end_at_any) = <(Arc<AtomicBool>, Arc<AtomicBool>)>::default();
        register_conditional_shutdown(SIGINT, INTERRUPTED.into(), Arc::clone(&end_at_interrupt))?;
        for signal in signals.iter().filter(|signal| [SIGTERM, SIGQUIT, SIGHUP].contains(signal)) {
            register_conditional_shutdown(*signal, INTERRUPTED.into(), Arc::clone(&end_at_any))?;
        }
        Ok(Self { signals: SignalsInfo::new(signals)?, end_at_interrupt, end_at_any })
    }

    /// From now on, when the results are written, any signal that would end a program ends it at once.
    pub fn end_at_next(&self) {
        self.end_at_interrupt.store(true, Ordering::Release);
        self.end_at_any.store(true, Ordering::Release);
    }

    /// From now on Ctrl-C ends the program at once, whatever it is doing, also once this is dropped.
    pub fn end_at_next_interrupt(&self) {
        self.end_at_interrupt.store(true, Ordering::Release);
    }

    /// The next signal that was caught.
    pub fn next(&mut self) -> Option<SignalEvent> {
        self.signals.pending().next().map(|origin| match (origin.signal, origin.cause) {
            (SIGTSTP, _) => SignalEvent::Suspend,
            (SIGCONT, _) => SignalEvent::Woken,
            (SIGINT, Cause::Kernel) => SignalEvent::CtrlC,
            (signal, _) => SignalEvent::End(signal_name(signal).unwrap_or("a signal")),
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
    register(SIGXFSZ, Arc::default()).map(drop)
}

/// How long a program that was interrupted has to say so once its results are written: nobody may read what it prints.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Ends the program as interrupted shortly after this, unless it ends by itself.
pub fn end_soon() {
    // Without this thread it ends as soon as it could print its last line.
    let _ = thread_named("end").spawn(|| {
        thread::sleep(LAST_WORDS);
        std::process::exit(INTERRUPTED.into());
    });
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
