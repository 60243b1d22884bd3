//! A last act before the program aborts, as the standard library has it do where memory cannot be had. It comes as a
//! signal to a thread that must not go on and, in a signal's handler, may not do much either: it wakes another thread.

use std::io::{self, Read, Write};

use rustix::fs::{OFlags, fcntl_setfl};
use signal_hook::consts::SIGABRT;
use signal_hook::low_level::{exit, pipe};

use super::thread_named;

/// Has `act` done when the program aborts, after which it ends with exit code 1. There may be no memory left and
/// whoever aborts may hold a lock for ever, so that `act` may neither take memory nor wait for a lock.
///
/// # Errors
/// When the system refuses a thread or a pipe.
pub fn before_abort(act: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let (mut woken, wake) = io::pipe()?;
    let (unread, full) = io::pipe()?;
    thread_named("abort").spawn(move || {
        if woken.read_exact(&mut [0]).is_ok() {
            act();
            exit(1);
        }
        drop(unread);
    })?;
    pipe::register(SIGABRT, wake)?;
    // Where the handler returns, the program ends at once: whoever aborts waits at a pipe that is full, which nobody
    // reads. A pipe that is registered does not wait, until it is told to again.
    pipe::register(SIGABRT, full.try_clone()?)?;
    while (&full).write(&[0; 1 << 16]).is_ok() {}
    Ok(fcntl_setfl(&full, OFlags::empty())?)
}
