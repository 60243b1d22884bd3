//! Whether the terminal's background is dark or light, asked of the terminal itself.

use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};

/// How long the screen waits for the answer before it opens. Most terminals need a few milliseconds; a slow connection
/// may take longer, and then the answer comes among the keys: see [`LateAnswer`].
const DEADLINE: Duration = Duration::from_millis(150);

/// What the terminal says of its background; `None` where it says nothing in time. Keys that were typed before are kept
/// for the screen.
pub fn ask() -> Option<ThemeMode> {
    // Whoever reads the answer would read them, too, and drop them: crossterm takes them in first. It sees them only
    // once the terminal no longer waits for a whole line.
    if enable_raw_mode().is_ok() {
        let _ = event::poll(Duration::ZERO);
        disable_raw_mode().ok()?;
    }
    let mut options = QueryOptions::default();
    options.timeout = DEADLINE;
    theme_mode(options).ok()
}

/// Characters of an answer, at most: `]11;rgb:ffff/ffff/ffff` and its end.
const LONGEST: usize = 40;

/// An answer is sent in one go: after such a pause what comes is typed.
const PAUSE: Duration = Duration::from_millis(100);

/// Swallows an answer that comes too late, which crossterm takes for keys: alt-], digits and letters, up to alt-\ or
/// ctrl-g.
#[derive(Debug, Default)]
pub struct LateAnswer {
    /// When its last character came, and how many there were.
    last: Option<(Instant, usize)>,
}

impl LateAnswer {
    /// Whether what came at this time is part of such an answer, and nothing that a person typed.
    pub fn swallows(&mut self, event: &Event, now: Instant) -> bool {
        let Event::Key(KeyEvent { code, modifiers, .. }) = event else { return false };
        let (code, alt) = (*code, modifiers.contains(KeyModifiers::ALT));
        let Some((last, count)) = self.last.take() else {
            let begins = alt && code == KeyCode::Char(']');
            self.last = begins.then_some((now, 1));
            return begins;
        };
        if now.duration_since(last) > PAUSE || count >= LONGEST {
            return false;
        }
        let ends = (alt && code == KeyCode::Char('\\'))
            || (code == KeyCode::Char('g') && modifiers.contains(KeyModifiers::CONTROL));
        let goes_on =
            matches!(code, KeyCode::Char(letter) if letter.is_ascii_alphanumeric() || ";:/?".contains(letter));
        if goes_on && !ends {
            self.last = Some((now, count + 1));
        }
        ends || goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(letter), modifiers))
    }

    /// What is left of keys that come a millisecond after one another.
    fn left(keys: &[Event], pause_before: Option<usize>) -> usize {
        let mut answer = LateAnswer::default();
        let mut now = Instant::now();
        let stays = |(index, event): (usize, &Event)| {
            now += if pause_before == Some(index) { PAUSE * 2 } else { Duration::from_millis(1) };
            !answer.swallows(event, now)
        };
        keys.iter().enumerate().map(stays).filter(|stays| *stays).count()
    }

    fn answer(end: Event) -> Vec<Event> {
        let body = "11;rgb:1e1e/1e1e/1e1e".chars().map(|letter| key(letter, KeyModifiers::NONE));
        std::iter::once(key(']', KeyModifiers::ALT)).chain(body).chain([end]).collect()
    }

    #[test]
    fn a_late_answer_is_no_key() {
        for end in [key('\\', KeyModifiers::ALT), key('g', KeyModifiers::CONTROL)] {
            let mut keys = answer(end);
            assert_eq!(left(&keys, None), 0);
            keys.push(key('q', KeyModifiers::NONE));
            assert_eq!(left(&keys, None), 1, "what follows is a key again");
        }
    }

    #[test]
    fn keys_stay_keys() {
        let typed: Vec<Event> = "]11;q2".chars().map(|letter| key(letter, KeyModifiers::NONE)).collect();
        assert_eq!(left(&typed, None), typed.len());
        let mut cut = answer(key('\\', KeyModifiers::ALT));
        cut.truncate(5);
        cut.push(key('q', KeyModifiers::NONE));
        assert_eq!(left(&cut, Some(5)), 1, "an answer that was cut off swallows nothing typed later");
    }
}
