//! The keys that only the dynamics have.

use super::{Action, Entry, plain};

/// These keys, in the order in which they are shown.
pub(super) static KEYS: &[Entry] = &[Entry {
    keys: &[(plain('{'), Action::PreviousLayer), (plain('}'), Action::NextLayer)],
    shown: "{ }",
    short: "layer",
    help: "effective learning rates of the whole network, or of one layer",
    rank: 2,
}];
