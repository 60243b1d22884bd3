//! The colour of the terminal's background, asked of the terminal itself. Its answer comes among the keys, so that it
//! is read with them and no key is lost.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// How long the screen waits for the answer before it opens. Most terminals need a few milliseconds; a slow connection
/// may take longer, and then the answer is swallowed when it comes.
pub const DEADLINE: Duration = Duration::from_millis(150);

/// The question: xterm's `OSC 11`. It ends with a BEL, since some terminals end their answer as the question ends, and
/// get it wrong with anything else.
pub const QUESTION: &[u8] = b"\x1b]11;?\x07";

/// Terminals that would print the question, or never answer it.
const MUTE: [&str; 4] = ["", "dumb", "linux", "Eterm"];

/// Whether a terminal of this `TERM` can be asked.
pub fn can_be_asked(term: &str) -> bool {
    !MUTE.contains(&term) && term != "screen" && !term.starts_with("screen.")
}

/// Red, green and blue, 0 to 1.
pub type BackgroundColor = [f64; 3];

/// Characters of an answer, at most: `]11;rgb:ffff/ffff/ffff` and its end.
const LONGEST: usize = 40;

/// An answer is sent in one go: after such a pause what comes is typed.
const PAUSE: Duration = Duration::from_millis(100);

/// What something that comes from the terminal is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Heard {
    /// Nothing that answers the question.
    Key,
    /// A part of the answer.
    Part,
    /// The end of the answer; `None` where it says no colour.
    Answer(Option<BackgroundColor>),
}

/// Hears the answer, which crossterm takes for keys: alt-], digits and letters, up to alt-\ or ctrl-g.
#[derive(Debug, Default)]
pub struct AnswerListener {
    /// When its last character came, and what came before.
    so_far: Option<(Instant, String)>,
}

impl AnswerListener {
    /// What something is that came at this time.
    pub fn hear(&mut self, event: &Event, now: Instant) -> Heard {
        let Event::Key(KeyEvent { code: KeyCode::Char(letter), modifiers, .. }) = event else { return Heard::Key };
        let alt = modifiers.contains(KeyModifiers::ALT);
        let Some((last, mut text)) = self.so_far.take() else {
            if !(alt && *letter == ']') {
                return Heard::Key;
            }
            self.so_far = Some((now, String::new()));
            return Heard::Part;
        };
        if now.duration_since(last) > PAUSE || text.len() >= LONGEST {
            return Heard::Key;
        }
        if (alt && *letter == '\\') || (modifiers.contains(KeyModifiers::CONTROL) && *letter == 'g') {
            return Heard::Answer(color(&text));
        }
        if !(letter.is_ascii_alphanumeric() || ";:/?".contains(*letter)) {
            return Heard::Key;
        }
        text.push(*letter);
        self.so_far = Some((now, text));
        Heard::Part
    }
}

/// The colour in `11;rgb:1e1e/1e1e/1e1e`: three numbers of one to four hexadecimal digits; behind them may be how much
/// it hides what is behind the window.
fn color(answer: &str) -> Option<BackgroundColor> {
    let (form, numbers) = answer.strip_prefix("11;")?.split_once(':')?;
    let share = |digits: &str| {
        let most = 16_u32.checked_pow(digits.len() as u32).filter(|_| (1..=4).contains(&digits.len()))? - 1;
        Some(f64::from(u32::from_str_radix(digits, 16).ok()?) / f64::from(most))
    };
    let mut shares = numbers.split('/').map(share);
    let color = [shares.next()??, shares.next()??, shares.next()??];
    matches!(form, "rgb" | "rgba").then_some(color)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(letter), modifiers))
    }

    /// What is heard of keys that come a millisecond after one another.
    fn heard(keys: &[Event], pause_before: Option<usize>) -> Vec<Heard> {
        let mut listener = AnswerListener::default();
        let mut now = Instant::now();
        let hear = |(index, event): (usize, &Event)| {
            now += if pause_before == Some(index) { PAUSE * 2 } else { Duration::from_millis(1) };
            listener.hear(event, now)
        };
        keys.iter().enumerate().map(hear).collect()
    }

    /// What is left of them for the screen.
    fn left(keys: &[Event], pause_before: Option<usize>) -> usize {
        heard(keys, pause_before).into_iter().filter(|heard| *heard == Heard::Key).count()
    }

    fn answer(end: Event) -> Vec<Event> {
        let body = "11;rgb:ffff/80/0".chars().map(|letter| key(letter, KeyModifiers::NONE));
        std::iter::once(key(']', KeyModifiers::ALT)).chain(body).chain([end]).collect()
    }

    #[test]
    fn an_answer_is_a_colour_and_no_key() {
        for end in [key('\\', KeyModifiers::ALT), key('g', KeyModifiers::CONTROL)] {
            let mut keys = answer(end);
            keys.insert(0, key('2', KeyModifiers::NONE));
            keys.push(key('q', KeyModifiers::NONE));
            assert_eq!(left(&keys, None), 2, "what comes before and after is a key");
            let color = heard(&keys, None)[keys.len() - 2];
            assert_eq!(color, Heard::Answer(Some([1.0, 128.0 / 255.0, 0.0])));
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
