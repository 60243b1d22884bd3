//! The keys of every view.

use crossterm::event::KeyCode;

use super::{Action, Entry, Press, UP_AND_DOWN, plain};

/// How many of the keys are shown before those of the view.
pub(super) const OWN_KEYS_AFTER: usize = 8;

/// These keys, in the order in which they are shown.
pub(super) static KEYS: &[Entry] = &[
    Entry {
        keys: &[
            (plain('1'), Action::Show('1')),
            (plain('2'), Action::Show('2')),
            (plain('3'), Action::Show('3')),
            (plain('4'), Action::Show('4')),
            (plain('5'), Action::Show('5')),
            (plain('6'), Action::Show('6')),
            (plain('7'), Action::Show('7')),
            (plain('8'), Action::Show('8')),
            (plain('9'), Action::Show('9')),
        ],
        shown: "1-9",
        short: "view",
        help: "the race goes on meanwhile",
        rank: 0,
    },
    Entry {
        keys: &[(plain(' '), Action::TogglePause)],
        shown: "space",
        short: "pause",
        help: "pause all runs, or let them go on",
        rank: 0,
    },
    Entry {
        keys: &[(plain('.'), Action::Step)],
        shown: ".",
        short: "step",
        help: "while paused: train up to the selected run's next step",
        rank: 4,
    },
    Entry {
        keys: UP_AND_DOWN,
        shown: "↑↓",
        short: "run",
        help: "select a run (also k and j, the mouse and its wheel); its curve or path is drawn on top",
        rank: 2,
    },
    Entry {
        keys: &[(Press::Plain(KeyCode::Left), Action::LrDown), (Press::Plain(KeyCode::Right), Action::LrUp)],
        shown: "←→",
        short: "lr",
        help: "learning rate of the selected run down or up: … 0.001 0.002 0.005 0.01 …",
        rank: 3,
    },
    Entry { keys: &[(plain('='), Action::TypeLr)], shown: "=", short: "set lr", help: "type a learning rate", rank: 1 },
    Entry {
        keys: &[(plain('0'), Action::FirstLr)],
        shown: "0",
        short: "first lr",
        help: "back to the learning rate, or the schedule, it began with",
        rank: 10,
    },
    Entry {
        keys: &[(plain('a'), Action::ToggleAll)],
        shown: "a",
        short: "all",
        help: "changes of learning rate go to all runs, or to the selected one again",
        rank: 5,
    },
    Entry {
        keys: &[(plain('r'), Action::Restart)],
        shown: "r",
        short: "restart",
        help: "restart from the same weights: a run that diverged or failed by itself, else the race (asks first)",
        rank: 1,
    },
    Entry {
        keys: &[(plain('e'), Action::Extend)],
        shown: "e",
        short: "+5 epochs",
        help: "train for five more epochs",
        rank: 6,
    },
    Entry {
        keys: &[(plain('w'), Action::Write)],
        shown: "w",
        short: "write",
        help: "write what was measured as CSV files; the folder is shown, and asked for where none can be made",
        rank: 3,
    },
    Entry {
        keys: &[(plain('p'), Action::Picture)],
        shown: "p",
        short: "picture",
        help: "save the screen as it is as a picture (SVG); the file is shown",
        rank: 9,
    },
    Entry {
        keys: &[(plain('?'), Action::Help), (Press::Plain(KeyCode::F(1)), Action::Help)],
        shown: "?",
        short: "help",
        help: "this page",
        rank: 0,
    },
    Entry {
        keys: &[(plain('q'), Action::Quit), (Press::Ctrl('c'), Action::Quit)],
        shown: "q",
        short: "quit",
        help: "leave (also ctrl-c); asks when something would be lost",
        rank: 0,
    },
    Entry {
        keys: &[(Press::Ctrl('z'), Action::Suspend)],
        shown: "ctrl-z",
        short: "suspend",
        help: "back to the shell; `fg` returns here",
        rank: u8::MAX,
    },
    Entry {
        keys: &[(Press::Ctrl('l'), Action::Redraw)],
        shown: "ctrl-l",
        short: "redraw",
        help: "draw the screen anew, where something else has written into it",
        rank: u8::MAX,
    },
    Entry {
        keys: &[(Press::Plain(KeyCode::Esc), Action::Close)],
        shown: "esc",
        short: "close",
        help: "close what is open",
        rank: u8::MAX,
    },
];
