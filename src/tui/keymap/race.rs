//! The keys that only the race view has.

use crossterm::event::KeyCode;

use super::{Action, Entry, Press};

/// These keys, in the order in which they are shown.
pub(super) static KEYS: &[Entry] = &[Entry {
    keys: &[(Press::Plain(KeyCode::Tab), Action::ToggleResult)],
    shown: "tab",
    short: "result",
    help: "once the race has ended: the result, or the table again",
    rank: 8,
}];
