//! The line between the keyboard and the program: what it does with keys before the program reads them.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios};
use rustix::termios::{tcflush, tcgetattr, tcsetattr};

/// How the line was set up before it was taken over.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

fn before() -> MutexGuard<'static, Option<Termios>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has the line pass on every key at once, and make signals of ctrl-c and ctrl-z: what reads keys cannot swallow them
/// then, as it does behind half an escape sequence. Both come in one step, as a key that is typed in between would be
/// swallowed; keys that were typed before are kept. It may be called again where others have set up the line meanwhile.
///
/// # Errors
/// When the terminal cannot be set up.
pub fn take_line() -> io::Result<()> {
    let terminal = io::stdin();
    let mut line = tcgetattr(&terminal)?;
    before().get_or_insert_with(|| line.clone());
    line.make_raw();
    line.local_modes |= LocalModes::ISIG | LocalModes::NOFLSH;
    // Ctrl-\ stays a key.
    line.special_codes[SpecialCodeIndex::VQUIT] = 0;
    Ok(tcsetattr(&terminal, OptionalActions::Now, &line)?)
}

/// Sets up the line as it was. Nothing can be done about a terminal that is gone.
pub fn give_line_back() {
    if let Some(line) = before().take() {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &line);
    }
}

/// Drops what was typed and not read yet, as the line itself does with what stands before ctrl-z: a shell would take it
/// for a command.
pub fn drop_typed() {
    let _ = tcflush(io::stdin(), QueueSelector::IFlush);
}
