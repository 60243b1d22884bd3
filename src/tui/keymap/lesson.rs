//! The keys that only the lesson has.

use super::{Action, Entry, plain};

/// These keys, in the order in which they are shown.
pub(super) static KEYS: &[Entry] = &[Entry {
    keys: &[(plain('{'), Action::PreviousSentence), (plain('}'), Action::NextSentence)],
    shown: "{ }",
    short: "sentence",
    help: "how the sentence before, or the next one, is measured",
    rank: 2,
}];
