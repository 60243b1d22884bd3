//! Training gives way to the screen: with more runs than cores a key would wait for its turn otherwise.

use std::{io, thread};

/// How far training stands back (`nice`, 0 to 19): every other program that wants a core goes first.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Does `work` so that all threads which it starts give way to the caller's. Where the system knows no priorities of
/// single threads, they do not.
///
/// # Errors
/// When the system refuses a thread.
///
/// # Panics
/// When `work` does.
pub fn giving_way<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    let work = || {
        // A thread hands its niceness on to those that it starts. Without it things go on as well, only less smoothly.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::setpriority_process(None, NICENESS);
        work()
    };
    thread::scope(|scope| {
        let thread = super::thread_named("start").spawn_scoped(scope, work)?;
        Ok(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}
