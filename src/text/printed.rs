//! What is printed: as it is or, where the locale has no UTF-8 or a person wants it so, in ASCII.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use super::ascii::transliterate;

/// Whether only ASCII is printed: as the locale, one for the whole program.
static ONLY_ASCII: AtomicBool = AtomicBool::new(false);

/// Has only ASCII printed from now on.
pub fn print_only_ascii() {
    ONLY_ASCII.store(true, Ordering::Relaxed);
}

/// Whether only ASCII is printed.
pub fn is_only_ascii() -> bool {
    ONLY_ASCII.load(Ordering::Relaxed)
}

/// Whether these environment variables name a locale whose characters are in UTF-8.
pub fn is_utf8_locale(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// `text` as it is printed.
pub fn printed(text: &str) -> Cow<'_, str> {
    if is_only_ascii() && !text.is_ascii() { transliterate(text).into() } else { text.into() }
}

/// What a bar of progress consists of: what is done, and what is to come.
pub fn bar_characters() -> &'static str {
    if is_only_ascii() { "#-" } else { "█░" }
}

/// Prints a line on stderr. A failure cannot be reported: stderr is where it would be.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{}", printed(line));
}

/// Writes text for people: see [`printed`]. Numbers and JSON for programs do not go through it.
#[derive(Debug)]
pub struct Printed<W>(
    /// What it is written to.
    pub W,
);

impl<W: Write> Write for Printed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(printed(text).as_bytes()).map(|()| bytes.len()),
            Err(_) => self.0.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
