//! What depends on the operating system: another one means this module, and the terminal below the screen.
//!
//! Linux is what is tried. Other Unixes have all of this but a thread's niceness, large pages, free memory and the name
//! of the processor: there, each function says what it does instead.

mod abort;
mod line;
mod lock;
mod memory;
mod priority;
mod signals;

use std::ffi::OsStr;
use std::fs::FileType;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::thread::{self, Builder};
use std::time::Duration;

use jiff::tz::TimeZone;
use memmap2::MmapMut;
use rayon::{ThreadPool, ThreadPoolBuilder};
use rustix::fs::{Mode, OFlags};

pub use abort::before_abort;
pub use line::{drop_typed, give_line_back, take_line};
pub use lock::{FolderLock, LockError};
pub use memory::{free_addresses, free_memory, keep_addresses};
pub use priority::giving_way;
pub use signals::{CaughtSignals, SignalEvent, end_soon, has_shell, stop_until_woken, survive_file_limits};

#[cfg(not(unix))]
compile_error!("optirace runs on Unix: on Linux, where it is tried, and likely on macOS and the BSDs");

/// The system refuses another thread.
#[derive(Debug, thiserror::Error)]
#[error("no thread could be started {purpose}: {cause}; allow more processes (ulimit -u) or memory (ulimit -v)")]
pub struct NoThread {
    /// What it was for.
    pub purpose: &'static str,
    /// What the system says.
    pub cause: io::Error,
}

/// Bytes of a thread's stack: enough for any of this program's, whatever `RUST_MIN_STACK` says.
pub const STACK_BYTES: usize = 2 << 20;

/// What starts a thread of this name. The standard library's own is forbidden in this program.
#[allow(clippy::disallowed_methods)]
pub fn thread_named(name: impl Into<String>) -> Builder {
    Builder::new().name(name.into()).stack_size(STACK_BYTES)
}

/// Threads that compute together. The pool that rayon makes by itself panics where there is no thread to be had.
///
/// # Errors
/// When the system refuses a thread.
pub fn thread_pool(threads: usize) -> io::Result<ThreadPool> {
    ThreadPoolBuilder::new().num_threads(threads.max(1)).stack_size(STACK_BYTES).build().map_err(io::Error::other)
}

/// Does both at the same time, the first in a thread of its own; `purpose` is what that is for.
///
/// # Errors
/// When the system refuses a thread.
///
/// # Panics
/// When one of them does.
pub fn both<A: Send, B>(
    purpose: &'static str,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B,
) -> Result<(A, B), NoThread> {
    thread::scope(|scope| {
        let thread = thread_named("beside").spawn_scoped(scope, first);
        let thread = thread.map_err(|cause| NoThread { purpose, cause })?;
        let second = second();
        Ok((thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), second))
    })
}

/// Opens a regular file to read it; anything else could keep whoever reads it waiting for ever.
///
/// # Errors
/// When it cannot be opened, or is no regular file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    // Looked at first, as there are devices that do something when they are opened; then opened without waiting, as it
    // may be another one by now.
    let check =
        |found: Metadata| found.is_file().then_some(()).ok_or_else(|| io::Error::other("it is no regular file"));
    check(fs::metadata(path)?)?;
    let file = File::from(rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?);
    check(file.metadata()?)?;
    Ok(file)
}

/// CPU time that the calling thread has taken so far.
pub fn thread_cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    // Neither is negative.
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// Memory of so many bytes on large pages, all 0; `None` where the system has none to offer.
pub fn large_pages(bytes: usize) -> Option<MmapMut> {
    #[cfg(target_os = "linux")]
    {
        let pages = MmapMut::map_anon(bytes).ok()?;
        pages.advise(memmap2::Advice::HugePage).ok()?;
        Some(pages)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = bytes;
        None
    }
}

/// What something that is no regular file is called.
pub fn file_kind(file_type: FileType) -> &'static str {
    if file_type.is_fifo() {
        return "a named pipe";
    }
    if file_type.is_socket() {
        return "a socket";
    }
    if file_type.is_block_device() || file_type.is_char_device() {
        return "a device";
    }
    if file_type.is_dir() { "a folder" } else { "no regular file" }
}

/// Name of the processor, where the system says it.
pub fn processor_name() -> Option<String> {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    model_name(&cpuinfo).map(str::to_owned)
}

/// The first processor's name in the text of Linux's `/proc/cpuinfo`.
fn model_name(cpuinfo: &str) -> Option<&str> {
    let fields = cpuinfo.lines().filter_map(|line| line.split_once(':'));
    let mut names = fields.filter(|(key, _)| key.trim() == "model name").map(|(_, name)| name.trim());
    names.find(|name| !name.is_empty())
}

/// This machine's zone; UTC where `TZ` names a device or the like, which would be read for ever.
pub fn time_zone() -> TimeZone {
    let named = std::env::var_os("TZ").unwrap_or_default().into_encoded_bytes();
    let path = Path::new(OsStr::from_bytes(named.strip_prefix(b":").unwrap_or(&named)));
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => TimeZone::UTC,
        _ => TimeZone::system(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processors_name_is_found_where_there_is_one() {
        let intel = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) CPU @ 2.80GHz\n\nprocessor\t: 1\n";
        assert_eq!(model_name(intel), Some("Intel(R) Xeon(R) CPU @ 2.80GHz"));
        assert_eq!(model_name("processor\t: 0\nBogoMIPS\t: 243.75\n"), None);
        assert_eq!(model_name(""), None);
    }
}
