//! Standard output, which may be closed by whoever read from it, or be no terminal.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anyhow::{Context, bail};

use crate::text::printed::Printed;

/// Standard output, buffered.
pub(super) type Out = BufWriter<StdoutLock<'static>>;

/// Prints what `write` writes for people. That the reader has seen enough and closed the pipe is no error.
pub(super) fn print(write: impl FnOnce(&mut Printed<&mut Out>) -> io::Result<()>) -> anyhow::Result<()> {
    emit(|out| write(&mut Printed(out)))
}

/// As [`print()`], for programs: every character as it is.
pub(super) fn emit(write: impl FnOnce(&mut Out) -> io::Result<()>) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader either: it must not be tried again on drop.
            let _ = out.into_parts();
            Ok(())
        }
        result => result.context("cannot write to standard output"),
    }
}

/// Refuses to go on where there is no terminal that can be drawn on and read from; `instead` says what needs none.
pub(super) fn need_terminal(instead: &str) -> anyhow::Result<()> {
    if std::env::var_os("TERM").is_some_and(|name| name == "dumb") {
        bail!("this terminal cannot draw a screen (TERM=dumb); {instead}");
    }
    for (is_terminal, what) in [(io::stdout().is_terminal(), "output"), (io::stdin().is_terminal(), "input")] {
        if !is_terminal {
            bail!("standard {what} is no terminal, so there is no screen to draw on; {instead}");
        }
    }
    Ok(())
}
