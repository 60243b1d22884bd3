//! The keys of the view of two runs side by side.

use crossterm::event::KeyCode;

use super::charts::{LOG, SMOOTH};
use super::{Action, Entry, Press, plain};

/// These keys, in the order in which they are shown.
pub(super) static KEYS: &[Entry] = &[
    Entry {
        keys: &[(Press::Plain(KeyCode::Tab), Action::NextSide), (Press::Plain(KeyCode::BackTab), Action::NextSide)],
        shown: "tab",
        short: "side",
        help: "choose the other side (also a click); its run is the selected one",
        rank: 2,
    },
    Entry {
        keys: &[(plain('['), Action::SelectPrevious), (plain(']'), Action::SelectNext)],
        shown: "[ ]",
        short: "its run",
        help: "another run on the chosen side, as ↑ and ↓ do",
        rank: 2,
    },
    Entry {
        keys: &[(plain('<'), Action::FewerSteps), (plain('>'), Action::MoreSteps)],
        shown: "< >",
        short: "steps",
        help: "look at fewer or more of the last steps: 20 40 100 200 500 1000 2000",
        rank: 1,
    },
    Entry {
        keys: &[(plain('b'), Action::SharePlane)],
        shown: "b",
        short: "both",
        help: "both paths on one plane and scale, or each on its own",
        rank: 2,
    },
    LOG,
    SMOOTH,
];
