//! Ctrl-C and termination, as messages on a channel.

use std::io;

use crossbeam_channel::Receiver;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// A channel that receives a message for each SIGINT and SIGTERM, and SIGHUP, which from now on end the program no
/// more. Under `nohup`, SIGHUP is left alone.
///
/// # Errors
/// When the system refuses to have them caught.
pub fn ending_signals() -> io::Result<Receiver<()>> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if ignored_signals(&status).is_some_and(|mask| mask & (1 << (SIGHUP - 1)) == 0) {
        signals.add_signal(SIGHUP)?;
    }
    let (sender, receiver) = crossbeam_channel::unbounded();
    let listen = move || {
        for _ in signals.forever() {
            if sender.send(()).is_err() {
                break;
            }
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listen)?;
    Ok(receiver)
}

/// The signals that the program was started to ignore, a bit each, from the text of Linux's `/proc/self/status`.
fn ignored_signals(status: &str) -> Option<u64> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}
