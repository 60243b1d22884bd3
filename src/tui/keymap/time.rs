//! The keys of time: how fast the race goes, and which moment of it is shown.

use crossterm::event::KeyCode;

use super::{Action, Entry, Press, plain};

/// These keys, in the order in which they are shown.
pub static KEYS: &[Entry] = &[
    Entry {
        keys: &[(plain('+'), Action::Faster), (plain('-'), Action::Slower)],
        shown: "+ -",
        short: "speed",
        help: "twice as fast, up to full speed, or half as fast, down to a step of the selected run a second",
        rank: 1,
    },
    Entry {
        keys: &[(plain(','), Action::StepBack)],
        shown: ",",
        short: "back",
        help: "look back: one step of the selected run; . goes forward, a click on a chart shows that moment",
        rank: 3,
    },
    Entry {
        keys: &[
            (Press::Plain(KeyCode::PageUp), Action::PageBack),
            (Press::Plain(KeyCode::PageDown), Action::PageForward),
        ],
        shown: "PgUp PgDn",
        short: "by 5 %",
        help: "look a twentieth of the race back, or forward; the race goes on meanwhile",
        rank: 7,
    },
    Entry {
        keys: &[(Press::Plain(KeyCode::Home), Action::ShowStart), (Press::Plain(KeyCode::End), Action::ShowNewest)],
        shown: "Home End",
        short: "start, live",
        help: "the start of the race, or the newest moment again; back, space plays the past and holds it",
        rank: 8,
    },
    Entry {
        keys: &[(plain('m'), Action::ToggleMark)],
        shown: "m",
        short: "mark",
        help: "mark this moment: the table shows the differences to it (again: take the mark away)",
        rank: 7,
    },
    Entry {
        keys: &[(plain('z'), Action::NextZoom)],
        shown: "z",
        short: "zoom",
        help: "zoom in time, around the playhead: all, 1/5, 1/25, ... 50 steps, all",
        rank: 6,
    },
];
