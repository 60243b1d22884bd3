//! The keys of the surface.

use crossterm::event::KeyCode;

use super::{Action, Entry, Press, plain};

/// These keys, in the order in which they are shown.
pub(super) static KEYS: &[Entry] = &[
    Entry {
        keys: &[(plain('+'), Action::Faster), (plain('-'), Action::Slower)],
        shown: "+-",
        short: "speed",
        help: "faster or slower: 1 to 1000 steps a second",
        rank: 4,
    },
    Entry {
        keys: &[
            (Press::Shift(KeyCode::Left), Action::MoveStart(-1, 0)),
            (Press::Shift(KeyCode::Right), Action::MoveStart(1, 0)),
            (Press::Shift(KeyCode::Up), Action::MoveStart(0, 1)),
            (Press::Shift(KeyCode::Down), Action::MoveStart(0, -1)),
            (plain('H'), Action::MoveStart(-1, 0)),
            (plain('L'), Action::MoveStart(1, 0)),
            (plain('K'), Action::MoveStart(0, 1)),
            (plain('J'), Action::MoveStart(0, -1)),
        ],
        shown: "shift+arrows",
        short: "start",
        help: "move the start (also H J K L); a click on the surface puts it there",
        rank: 3,
    },
    Entry {
        keys: &[(plain('n'), Action::NextSurface)],
        shown: "n",
        short: "next surface",
        help: "the next surface: ravine, rosenbrock, beale, himmelblau, saddle, wells",
        rank: 1,
    },
];

/// Keys of every view that mean something else here.
pub(super) static INSTEAD: &[Entry] = &[
    Entry {
        keys: &[(plain('.'), Action::Step)],
        shown: ".",
        short: "step",
        help: "every run does one step (and waits for the next)",
        rank: 1,
    },
    Entry {
        keys: &[(plain('r'), Action::Restart)],
        shown: "r",
        short: "restart",
        help: "from the start again, with the learning rates as they are now",
        rank: 2,
    },
];
