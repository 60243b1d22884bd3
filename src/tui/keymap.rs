//! One table of the keys: what they do, what the key bar says and what the help says.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Pause the race, or let it go on.
    TogglePause,
    /// One step of every run.
    Step,
    /// Select the run above.
    SelectPrevious,
    /// Select the run below.
    SelectNext,
    /// The learning rate, one rung down.
    LrDown,
    /// The learning rate, one rung up.
    LrUp,
    /// Type a learning rate.
    TypeLr,
    /// Back to the learning rate the run began with.
    FirstLr,
    /// Changes of learning rate go to all runs, or to the selected one.
    ToggleAll,
    /// Logarithmic or linear axis of loss.
    ToggleLog,
    /// The next smoothing.
    NextSmoothing,
    /// The next horizontal axis.
    NextXAxis,
    /// Hide the selected run, or show it.
    ToggleHidden,
    /// The last part of the charts, or all.
    ToggleZoom,
    /// Begin the race again.
    Restart,
    /// Five more epochs.
    Extend,
    /// Write what was measured.
    Write,
    /// The result, or the table.
    ToggleResult,
    /// The help.
    Help,
    /// Leave.
    Quit,
    /// Give the shell back until `fg`.
    Suspend,
    /// Close what is open.
    Close,
}

/// A key that can be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Press {
    Plain(KeyCode),
    Ctrl(char),
}

/// Keys that belong together, and what is said of them.
#[derive(Debug)]
pub struct Entry {
    keys: &'static [(Press, Action)],
    /// The keys, as the key bar shows them.
    pub shown: &'static str,
    /// What they do, in a word or two, for the key bar.
    pub short: &'static str,
    /// What they do, for the help.
    pub help: &'static str,
    /// Where room is short, the key bar keeps what has the lowest rank.
    pub rank: u8,
}

impl Entry {
    /// Whether one of its keys asks for `action`.
    pub fn asks_for(&self, action: Action) -> bool {
        self.keys.iter().any(|(_, own)| *own == action)
    }
}

const fn plain(key: char) -> Press {
    Press::Plain(KeyCode::Char(key))
}

/// All keys of the race screen, in the order in which they are shown.
pub static KEYS: &[Entry] = &[
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
        help: "while paused: every run does one step",
        rank: 4,
    },
    Entry {
        keys: &[
            (Press::Plain(KeyCode::Up), Action::SelectPrevious),
            (plain('k'), Action::SelectPrevious),
            (Press::Plain(KeyCode::Down), Action::SelectNext),
            (plain('j'), Action::SelectNext),
        ],
        shown: "↑↓",
        short: "run",
        help: "select a run (also k and j, the mouse and its wheel); its curve lies on top",
        rank: 1,
    },
    Entry {
        keys: &[(Press::Plain(KeyCode::Left), Action::LrDown), (Press::Plain(KeyCode::Right), Action::LrUp)],
        shown: "←→",
        short: "lr",
        help: "learning rate of the selected run down or up: … 0.001 0.002 0.005 0.01 …",
        rank: 1,
    },
    Entry {
        keys: &[(plain('='), Action::TypeLr)],
        shown: "=",
        short: "type lr",
        help: "type a learning rate",
        rank: 9,
    },
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
        keys: &[(plain('l'), Action::ToggleLog)],
        shown: "l",
        short: "log",
        help: "axis of loss: logarithmic or linear",
        rank: 4,
    },
    Entry {
        keys: &[(plain('s'), Action::NextSmoothing)],
        shown: "s",
        short: "smooth",
        help: "smoothing of the training curves: 0, .9, .98, .995 (moving average over steps)",
        rank: 4,
    },
    Entry {
        keys: &[(plain('x'), Action::NextXAxis)],
        shown: "x",
        short: "axis",
        help: "horizontal axis: samples, epochs or compute time",
        rank: 4,
    },
    Entry {
        keys: &[(plain('v'), Action::ToggleHidden)],
        shown: "v",
        short: "hide",
        help: "hide the selected run's curves, or show them",
        rank: 6,
    },
    Entry {
        keys: &[(plain('z'), Action::ToggleZoom)],
        shown: "z",
        short: "zoom",
        help: "show the last fifth of the charts, or all",
        rank: 6,
    },
    Entry {
        keys: &[(plain('r'), Action::Restart)],
        shown: "r",
        short: "restart",
        help: "begin again from the same weights (asks first)",
        rank: 7,
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
        help: "write what was measured as CSV files; the folder is shown",
        rank: 2,
    },
    Entry {
        keys: &[(Press::Plain(KeyCode::Tab), Action::ToggleResult)],
        shown: "tab",
        short: "result",
        help: "once the race has ended: the result, or the table again",
        rank: 8,
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
        keys: &[(Press::Plain(KeyCode::Esc), Action::Close)],
        shown: "esc",
        short: "close",
        help: "close what is open",
        rank: u8::MAX,
    },
];

/// Whether a key event is a press (some terminals report the release, too).
pub fn is_press(key: KeyEvent) -> bool {
    key.kind != KeyEventKind::Release
}

/// Whether it is ctrl-c.
pub fn is_interrupt(key: KeyEvent) -> bool {
    key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL)
}

/// What a key asks for on the race screen.
pub fn action(key: KeyEvent) -> Option<Action> {
    let press = match key.code {
        KeyCode::Char(letter) if key.modifiers.contains(KeyModifiers::CONTROL) => Press::Ctrl(letter),
        _ if key.modifiers.contains(KeyModifiers::ALT) => return None,
        code => Press::Plain(code),
    };
    KEYS.iter().flat_map(|entry| entry.keys).find(|(own, _)| *own == press).map(|(_, action)| *action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice() {
        let presses: Vec<Press> = KEYS.iter().flat_map(|entry| entry.keys).map(|(press, _)| *press).collect();
        for (index, press) in presses.iter().enumerate() {
            assert!(!presses[..index].contains(press), "{press:?} is bound twice");
        }
    }

    #[test]
    fn control_and_alt_make_another_key() {
        let key = |code, modifiers| action(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Action::Quit));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::NONE), None);
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(key(KeyCode::Char('?'), KeyModifiers::SHIFT), Some(Action::Help));
    }
}
