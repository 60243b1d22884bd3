//! Text from outside, which a terminal must not obey.

use std::ffi::OsStr;
use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

use super::is_hidden;

/// A name or a text from outside: of a file, out of a manifest, of the environment or the command line. Where it is
/// printed, what a terminal would obey and a person not see is escaped: `\u{1b}`. JSON has it as it is.
///
/// `Path::display` is forbidden in this program, so that a path is printed as one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// The text as it came, which is not to be printed.
    pub fn raw(&self) -> &str {
        &self.0
    }
}

impl PartialEq<&str> for Untrusted {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// What is no UTF-8 is replaced by `�`.
impl<T: AsRef<OsStr> + ?Sized> From<&T> for Untrusted {
    fn from(name: &T) -> Self {
        Self(name.as_ref().to_string_lossy().into_owned())
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escape = |letter: char| match is_hidden(letter) {
            true => letter.escape_unicode().to_string(),
            false => letter.to_string(),
        };
        match self.0.chars().any(is_hidden) {
            true => f.pad(&self.0.chars().map(escape).collect::<String>()),
            false => f.pad(&self.0),
        }
    }
}

/// Writes `value` as JSON, indented where `pretty`, with the characters escaped that [`Untrusted`] escapes: what reads
/// JSON sees no difference, and a terminal obeys nothing.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_json(mut out: impl io::Write, value: &impl Serialize, pretty: bool) -> io::Result<()> {
    let json = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) }?;
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        // Outside its strings, JSON has no such character but the end of a line.
        match letter != '\n' && is_hidden(letter) {
            true => letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escaped += &format!("\\u{unit:04x}")),
            false => escaped.push(letter),
        }
    }
    writeln!(out, "{escaped}")
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}]0;PWN\u{7}\u{9b}31m\r\n\u{202e}b\u{200b}\u{e0041}c";

    #[test]
    fn what_a_terminal_obeys_and_a_person_does_not_see_is_escaped() {
        let shown = r"a\u{1b}]0;PWN\u{7}\u{9b}31m\u{d}\u{a}\u{202e}b\u{200b}\u{e0041}c";
        assert_eq!(Untrusted::from(HOSTILE).to_string(), shown);
        assert_eq!(format!("{:6}|{:>6}|", Untrusted::from("abc"), Untrusted::from("é漢")), "abc   |    é漢|");
        assert_eq!(Untrusted::from(HOSTILE).raw(), HOSTILE);
    }

    #[test]
    fn json_reads_back_the_same_and_has_nothing_hidden() {
        for pretty in [false, true] {
            let mut json = Vec::new();
            write_json(&mut json, &[Untrusted::from(HOSTILE)], pretty).expect("memory takes all");
            let json = String::from_utf8(json).expect("text");
            assert!(!json.chars().any(|letter| letter != '\n' && is_hidden(letter)), "{json:?}");
            assert_eq!(serde_json::from_str::<[String; 1]>(&json).expect("JSON"), [HOSTILE]);
        }
    }
}
