//! Ctrl-C and termination, as messages on a channel.

use std::io;

use crossbeam_channel::Receiver;

/// A channel that receives a message for each SIGINT and SIGTERM, which from now on end the program no more.
///
/// # Errors
/// When the system refuses to have them caught.
#[cfg(unix)]
pub(super) fn listen() -> io::Result<Receiver<()>> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals = Signals::new([SIGINT, SIGTERM])?;
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

/// A channel on which nothing ever comes: here, signals end the program.
#[cfg(not(unix))]
pub(super) fn listen() -> io::Result<Receiver<()>> {
    Ok(crossbeam_channel::never())
}
