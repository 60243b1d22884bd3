//! Tables of the keys: what they do, what the key bar says and what the help says.

pub mod charts;
mod common;
pub mod time;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::race::protocol::RunIndex;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
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
    /// This learning rate, which was typed.
    SetLr(f64),
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
    /// Hide all runs but the selected one, or show all.
    ToggleOnly,
    /// A smaller part of the race in the charts, or all.
    NextZoom,
    /// One step of the selected run back.
    StepBack,
    /// A twentieth of the race back.
    PageBack,
    /// A twentieth of the race forward.
    PageForward,
    /// The start of the race.
    ShowStart,
    /// The newest moment of the race.
    ShowNewest,
    /// Mark the moment that is shown.
    ToggleMark,
    /// Effective learning rates of the layer before, or of the whole network.
    PreviousLayer,
    /// Effective learning rates of the next layer, or of the whole network.
    NextLayer,
    /// The claims of this sentence of the lesson.
    SelectSentence(usize),
    /// The other of two sides.
    NextSide,
    /// Fewer of the last steps.
    FewerSteps,
    /// More of the last steps.
    MoreSteps,
    /// Fewer steps a second.
    Slower,
    /// More steps a second.
    Faster,
    /// Move the start by so many notches to the right and up.
    MoveStart(i8, i8),
    /// The next surface.
    NextSurface,
    /// Both paths on one plane and scale, or each on its own.
    SharePlane,
    /// Select this run.
    Select(RunIndex),
    /// The view with this key.
    Show(char),
    /// Begin the race again.
    Restart,
    /// Begin the surface again, with the learning rates as they are now.
    RestartAsNow,
    /// Five more epochs.
    Extend,
    /// Write what was measured.
    Write,
    /// Save the screen as a picture.
    Picture,
    /// The result, or the table.
    ToggleResult,
    /// The help.
    Help,
    /// Leave.
    Quit,
    /// Give the shell back until `fg`.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Close what is open.
    Close,
}

impl Action {
    /// Whether it asks for another learning rate.
    pub fn changes_lr(self) -> bool {
        matches!(self, Self::LrDown | Self::LrUp | Self::TypeLr | Self::SetLr(_) | Self::FirstLr)
    }

    /// Whether it asks something of the race, unless a moment of the past is shown.
    pub fn asks_race(self, is_back: bool) -> bool {
        let moves_in_time = matches!(self, Self::TogglePause | Self::Step);
        let is_asked =
            matches!(self, Self::ToggleAll | Self::Restart | Self::Extend | Self::Write | Self::Faster | Self::Slower);
        self.changes_lr() || is_asked || moves_in_time && !is_back
    }

    /// Whether it means nothing where no race is.
    fn needs_race(self) -> bool {
        matches!(self, Self::ToggleAll | Self::Show(_) | Self::Extend | Self::Write)
    }
}

/// A key that can be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// By itself.
    Plain(KeyCode),
    /// With shift.
    Shift(KeyCode),
    /// With control.
    Ctrl(char),
}

/// Keys that belong together, and what is said of them.
#[derive(Debug)]
pub struct Entry {
    /// What each of them asks for.
    pub keys: &'static [(Press, Action)],
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

/// A letter by itself.
pub const fn plain(key: char) -> Press {
    Press::Plain(KeyCode::Char(key))
}

/// The keys that go up and down a list.
pub const UP_AND_DOWN: &[(Press, Action)] = &[
    (Press::Plain(KeyCode::Up), Action::SelectPrevious),
    (plain('k'), Action::SelectPrevious),
    (Press::Plain(KeyCode::Down), Action::SelectNext),
    (plain('j'), Action::SelectNext),
];

/// A key as the help explains it.
#[derive(Debug, Clone)]
pub struct KeyText {
    /// The key, as it is shown.
    pub shown: String,
    /// What it does.
    pub help: String,
}

/// The keys of a view, in the order in which they are shown: those that every view has, less those that mean something
/// else here, and its own.
pub fn keys(own: &[&'static [Entry]], instead: &'static [Entry], has_race: bool) -> Vec<&'static Entry> {
    let (first, last) = common::KEYS.split_at(common::OWN_KEYS_AFTER);
    let here = |entry: &'static Entry| {
        let same = |other: &&Entry| other.keys[0].0 == entry.keys[0].0;
        instead.iter().find(same).unwrap_or(entry)
    };
    let all = first.iter().map(here).chain(own.iter().copied().flatten()).chain(last.iter().map(here));
    all.filter(|entry| has_race || !entry.keys.iter().any(|(_, action)| action.needs_race())).collect()
}

/// Whether a key event is a press (some terminals report the release, too).
pub fn is_press(key: KeyEvent) -> bool {
    key.kind != KeyEventKind::Release
}

/// Whether it is ctrl-c.
pub fn is_interrupt(key: KeyEvent) -> bool {
    key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL)
}

/// The letters of the keys on which a Korean keyboard has these: two-set Hangul, which is what comes while it is
/// switched to Korean.
#[rustfmt::skip]
const HANGUL: [(char, char); 33] = [
    ('ㅂ', 'q'), ('ㅈ', 'w'), ('ㄷ', 'e'), ('ㄱ', 'r'), ('ㅅ', 't'), ('ㅛ', 'y'), ('ㅕ', 'u'), ('ㅑ', 'i'), ('ㅐ', 'o'),
    ('ㅔ', 'p'), ('ㅁ', 'a'), ('ㄴ', 's'), ('ㅇ', 'd'), ('ㄹ', 'f'), ('ㅎ', 'g'), ('ㅗ', 'h'), ('ㅓ', 'j'), ('ㅏ', 'k'),
    ('ㅣ', 'l'), ('ㅋ', 'z'), ('ㅌ', 'x'), ('ㅊ', 'c'), ('ㅍ', 'v'), ('ㅠ', 'b'), ('ㅜ', 'n'), ('ㅡ', 'm'),
    ('ㅃ', 'Q'), ('ㅉ', 'W'), ('ㄸ', 'E'), ('ㄲ', 'R'), ('ㅆ', 'T'), ('ㅒ', 'O'), ('ㅖ', 'P'),
];

/// The same key on a Latin keyboard.
pub fn latin(key: KeyEvent) -> KeyEvent {
    let code = match key.code {
        KeyCode::Char(letter) => {
            let known = HANGUL.iter().find(|(jamo, _)| *jamo == letter);
            KeyCode::Char(known.map_or(letter, |(_, latin)| *latin))
        }
        other => other,
    };
    KeyEvent { code, ..key }
}

/// What a key asks for, of those that there are.
pub fn action(entries: &[&Entry], key: KeyEvent) -> Option<Action> {
    let bound = |press| entries.iter().flat_map(|entry| entry.keys).find(|(own, _)| *own == press).map(|(_, a)| *a);
    match key.code {
        KeyCode::Char(letter) if key.modifiers.contains(KeyModifiers::CONTROL) => bound(Press::Ctrl(letter)),
        _ if key.modifiers.contains(KeyModifiers::ALT) => None,
        code if key.modifiers.contains(KeyModifiers::SHIFT) => {
            bound(Press::Shift(code)).or_else(|| bound(Press::Plain(code)))
        }
        code => bound(Press::Plain(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_alt_make_another_key() {
        let keys = keys(&[], &[], true);
        let key = |code, modifiers| action(&keys, KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Action::Quit));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::NONE), None);
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(key(KeyCode::Char('?'), KeyModifiers::SHIFT), Some(Action::Help));
    }
}
