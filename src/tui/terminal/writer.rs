//! Writes to the terminal in a thread of its own: while nobody reads what it shows, as over a stalled connection, it is
//! that thread that waits, and the screen goes on to take events and signals.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::{Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::system::{NoThread, thread_named};
use crate::text::printed::printed;

/// What waits to be written.
struct Queue {
    bytes: Vec<u8>,
    /// Whether the thread is writing, or could not.
    is_writing: bool,
    /// Why nothing more can be written.
    failure: Option<io::ErrorKind>,
}

static QUEUE: Mutex<Queue> = Mutex::new(Queue { bytes: Vec::new(), is_writing: false, failure: None });

/// How long is waited for a line to be printed.
const MOMENT: Duration = Duration::from_millis(100);

/// Something was written, or is to be.
static CHANGED: Condvar = Condvar::new();

fn queue() -> MutexGuard<'static, Queue> {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the thread, which ends with the program.
///
/// # Errors
/// When the system refuses a thread.
pub fn start() -> Result<(), NoThread> {
    static STARTED: Once = Once::new();
    let mut started = Ok(());
    STARTED.call_once(|| started = thread_named("terminal").spawn(write_for_ever).map(drop));
    started.map_err(|cause| NoThread { purpose: "to write to the terminal", cause })
}

fn write_for_ever() {
    let mut bytes = Vec::new();
    loop {
        {
            let mut queue = queue();
            queue.is_writing = false;
            CHANGED.notify_all();
            while queue.bytes.is_empty() {
                queue = CHANGED.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            bytes.clear();
            std::mem::swap(&mut bytes, &mut queue.bytes);
            queue.is_writing = true;
        }
        let mut out = io::stdout();
        if let Err(error) = out.write_all(&bytes).and_then(|()| out.flush()) {
            queue().failure = Some(error.kind());
        }
    }
}

impl Queue {
    fn is_idle(&self) -> bool {
        self.bytes.is_empty() && !self.is_writing
    }
}

/// Whether all was written.
pub fn is_idle() -> bool {
    queue().is_idle()
}

/// Waits until all was written, up to `patience`.
pub fn wait(patience: Duration) {
    let is_busy = |queue: &mut Queue| queue.failure.is_none() && !queue.is_idle();
    let _ = CHANGED.wait_timeout_while(queue(), patience, is_busy);
}

/// Writes `bytes` behind all the rest, or after `patience` in spite of it, unless nobody reads them: neither a lock nor
/// memory is needed for that.
pub fn write_last(bytes: &[u8], patience: Duration) {
    let end = Instant::now() + patience;
    while Instant::now() < end && !QUEUE.try_lock().is_ok_and(|queue| queue.is_idle()) {
        thread::sleep(Duration::from_millis(1));
    }
    write_while_read(io::stdout(), bytes);
}

/// Writes to a terminal as long as somebody reads it, and waits for nobody: byte by byte, as each may be one too many.
pub fn write_while_read(out: impl AsFd, bytes: &[u8]) {
    let moment = Timespec { tv_sec: 0, tv_nsec: MOMENT.as_nanos() as i64 };
    let takes = || poll(&mut [PollFd::new(&out, PollFlags::OUT)], Some(&moment)).is_ok_and(|ready| ready > 0);
    let _ = bytes.chunks(1).all(|byte| takes() && rustix::io::write(&out, byte).is_ok());
}

/// Prints a line to the terminal that was given back, without waiting until somebody reads it.
pub fn say(line: &str) {
    let mut out = FrameWriter::default();
    // Where the terminal is gone, nothing can be said.
    let _ = writeln!(out, "{}", printed(line)).and_then(|()| out.flush());
    wait(MOMENT);
}

/// Collects a frame, and hands it to the thread when it is flushed.
#[derive(Debug, Default)]
pub struct FrameWriter(Vec<u8>);

impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut queue = queue();
        if let Some(failure) = queue.failure {
            return Err(failure.into());
        }
        queue.bytes.append(&mut self.0);
        CHANGED.notify_all();
        Ok(())
    }
}
