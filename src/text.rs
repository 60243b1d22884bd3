//! Text that every part of the program writes: numbers, sizes, wrapped lines, suggestions.

pub mod ascii;
pub mod printed;
mod untrusted;

use std::any::Any;
use std::fmt;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub use untrusted::{Untrusted, write_json};

/// A whole number with a comma between thousands: `48,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time as it is waited for: `12 s`, `3 min 20 s`, `1 h 05 min`, `4 days`.
pub fn waiting_time(seconds: f64) -> String {
    let whole = seconds.max(0.0).ceil() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        3600..172_800 => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
        _ => format!("{} days", grouped(whole / 86_400)),
    }
}

/// The shortest text that reads back as `value`: `0.001`, `1e-7`.
pub fn shortest(value: f64) -> String {
    let plain = value.to_string();
    let scientific = format!("{value:e}");
    if scientific.len() + 1 < plain.len() { scientific } else { plain }
}

/// A number of bytes in the decimal unit that suits it, with three digits: `98.1 MB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(
    /// The number.
    pub u64,
);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
        let mut value = self.0 as f64 / 1e3;
        let mut unit = UNITS[0];
        for next in &UNITS[1..] {
            // What would be rounded to 1,000 of a unit is 1 of the next.
            if value >= 999.5 {
                value /= 1e3;
                unit = next;
            }
        }
        let decimals = if value >= 99.95 { 0 } else { 1 };
        write!(f, "{value:.decimals$} {unit}")
    }
}

/// `text` in lines of at most so many columns of a terminal, broken between words where that is possible. Control
/// characters become blanks.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let (mut used, room) = (0, room.max(1));
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    for word in clean.split_whitespace() {
        if used > 0 && used + 1 + columns(word) <= room {
            lines.last_mut().into_iter().for_each(|line| line.push(' '));
            used += 1;
        } else if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        let mut rest = word;
        while !rest.is_empty() {
            let mut fits = good_break(rest, room - used);
            if fits == 0 && used > 0 {
                lines.push(String::new());
                used = 0;
                continue;
            }
            // A letter wider than the line has to stand somewhere.
            fits = fits.max(rest.chars().next().map_or(0, char::len_utf8));
            let (part, left) = rest.split_at(fits);
            lines.last_mut().into_iter().for_each(|line| line.push_str(part));
            used = if left.is_empty() { used + columns(part) } else { room };
            rest = left;
        }
    }
    lines
}

/// How many bytes of a word fit in so many columns: all of them, or up to the last comma or slash.
fn good_break(word: &str, room: usize) -> usize {
    let fitting = prefix(word, room);
    if fitting == word {
        return word.len();
    }
    fitting.rfind([',', '/']).map_or(fitting.len(), |index| index + 1)
}

/// Bytes of as many of the `letters` as fit in so many columns.
fn fitting(letters: impl Iterator<Item = char>, room: usize) -> usize {
    let columns = letters.scan(0, |used, letter| {
        *used += letter.width().unwrap_or(0);
        (*used <= room).then_some(letter.len_utf8())
    });
    columns.sum()
}

/// The longest beginning of `text` that fits in so many columns.
fn prefix(text: &str, room: usize) -> &str {
    &text[..fitting(text.chars(), room)]
}

/// The longest end of `text` that fits in so many columns.
fn suffix(text: &str, room: usize) -> &str {
    &text[text.len() - fitting(text.chars().rev(), room)..]
}

/// What follows the first blank of `text`, if that is at least half of it.
fn whole_words(text: &str) -> &str {
    let rest = text.split_once(' ').map(|(_, rest)| rest);
    rest.filter(|rest| 2 * columns(rest) >= columns(text)).unwrap_or(text)
}

/// `text`, cut with an ellipsis where it takes more than so many columns of a terminal.
pub fn cut(text: &str, room: usize) -> String {
    shortened(text, room, |left| [prefix(text, left), ""])
}

/// The same, cut at its beginning.
pub fn cut_front(text: &str, room: usize) -> String {
    shortened(text, room, |left| ["", suffix(text, left)])
}

/// `text` with `…` between what is kept of its beginning and of its end.
fn shortened<'a>(text: &'a str, room: usize, kept: impl Fn(usize) -> [&'a str; 2]) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let Some(left) = room.checked_sub(1) else { return String::new() };
    let [first, last] = kept(left);
    format!("{}…{}", first.trim_end(), last.trim_start())
}

/// `text` as far as its clauses fit into so many columns; cut where not even the first does.
pub fn clauses(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let ends = text.match_indices([',', ';', ':', '.']).map(|(index, _)| index);
    let is_end = |index: &usize| text[*index..].chars().nth(1).is_none_or(char::is_whitespace);
    let fits = |index: &usize| columns(&text[..*index]) <= room;
    // The first is the name of what is spoken of.
    match ends.filter(is_end).filter(fits).skip(1).last() {
        Some(end) => text[..end].to_owned(),
        None => cut(text, room),
    }
}

/// All `labels`, each cut with an ellipsis where it takes more than so many columns: at its end or, where that is what
/// tells it from others with the same first word or another one would look the same, at its beginning or in the middle.
pub fn cut_apart(labels: &[&str], room: usize) -> Vec<String> {
    let end = |text: &&str| shortened(text, room, |left| ["", whole_words(suffix(text, left))]);
    let middle = |text: &&str| shortened(text, room, |left| [prefix(text, left / 2), suffix(text, left.div_ceil(2))]);
    let ways: [Vec<String>; 3] = [
        labels.iter().map(|text| cut(text, room)).collect(),
        labels.iter().map(end).collect(),
        labels.iter().map(middle).collect(),
    ];
    let is_alone = |way: &&Vec<String>, index: usize| way.iter().filter(|other| **other == way[index]).count() == 1;
    let of = |index: usize| {
        let differs_at_end = told_apart(labels, index) == labels[index].len();
        let in_order = if differs_at_end { [1, 0, 2] } else { [0, 1, 2] }.map(|way| &ways[way]);
        in_order.into_iter().find(|way| is_alone(way, index)).unwrap_or(&ways[0])[index].clone()
    };
    (0..labels.len()).map(of).collect()
}

/// How many bytes of a label are needed to tell it from all others that have the same first word, in whole words.
fn told_apart(labels: &[&str], index: usize) -> usize {
    let text = labels[index];
    let first_word = |text: &str| text.find(' ').unwrap_or(text.len());
    let common = |other: &&str| text.bytes().zip(other.bytes()).take_while(|(own, other)| own == other).count();
    let others = labels.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
    let alike = others.filter(|other| text[..first_word(text)] == other[..first_word(other)]);
    let whole_word = |end: usize| {
        let is_end = |(at, byte): (usize, u8)| at > end && byte == b' ';
        text.bytes().enumerate().find(|place| is_end(*place)).map_or(text.len(), |(at, _)| at)
    };
    alike.map(|other| whole_word(common(other))).max().unwrap_or(0)
}

/// Columns that `text` takes in a terminal.
pub fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text`, with blanks behind it up to this many columns.
pub fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Whether a text begins with a character that has no column of its own, such as an accent without its letter.
pub fn begins_without_column(text: &str) -> bool {
    text.chars().next().is_some_and(|letter| letter.width() == Some(0))
}

/// Characters that are not seen or change how others are seen, beside control characters: those of Unicode's
/// `Default_Ignorable_Code_Point` and `Bidi_Control`, and what separates lines.
const HIDDEN: [(char, char); 18] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fff8}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character is a control character, or is not seen, or changes how others are seen.
pub fn is_hidden(letter: char) -> bool {
    letter.is_control() || HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

/// Whether `word` may be a slip of `known`.
pub fn is_like(word: &str, known: &str) -> bool {
    strsim::damerau_levenshtein(word, known) <= 1 + known.len() / 4
}

/// The known word that `word` is most likely a slip of, if any is near enough.
pub fn most_like(word: &str, known: &[&'static str]) -> Option<&'static str> {
    let word = word.to_lowercase();
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, candidate), *candidate))
        .filter(|(_, candidate)| is_like(&word, candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What follows an unknown word in an error: `; did you mean …?`, or nothing.
pub fn did_you_mean(suggestion: &Option<&'static str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// Has a type stored, in JSON, as the text that it is printed and parsed as.
macro_rules! stored_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|error| {
                    serde::de::Error::custom(format!("in `{}`: {error}", $crate::text::Untrusted::from(&text)))
                })
            }
        }
    };
}
pub(crate) use stored_as_text;

/// The message of a panic, as [`std::panic::catch_unwind`] hands it over.
pub fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_end_in_an_ellipsis() {
        assert_eq!([cut("Momentum", 8), cut("Momentum", 5), cut("", 0)], ["Momentum", "Mome…", ""]);
        assert_eq!([cut("Momentum", 1), cut("Momentum", 0)], ["…", ""]);
    }

    #[test]
    fn letters_that_take_two_columns_are_counted_twice() {
        assert_eq!([columns("확률적경사"), columns("SGD"), columns("é")], [10, 3, 1]);
        assert_eq!(cut("확률적경사하강", 8), "확률적…", "half a letter is left free");
        assert_eq!(padded("확률", 6), "확률  ");
        assert_eq!(wrap("확률적 경사 하강", 6), ["확률적", "경사", "하강"]);
        assert_eq!(wrap("확률적경사", 5), ["확률", "적경", "사"]);
        assert_eq!(wrap("확률", 1), ["확", "률"], "a letter wider than the line");
    }

    #[test]
    fn labels_that_differ_at_their_end_keep_it() {
        let rates = ["SGD lr=0.5", "SGD lr=10", "SGD lr=1000"];
        assert_eq!(cut_apart(&rates, 8), ["…lr=0.5", "…lr=10", "…lr=1000"]);
        assert_eq!(cut_apart(&["Momentum", "Adam lr=0.001"], 8), ["Momentum", "Adam lr…"]);
        assert_eq!(cut_apart(&["SGD lr=0.5", "SGD lr=1", "SGD lr=0.001"], 9), ["…lr=0.5", "SGD lr=1", "…lr=0.001"]);
        assert_eq!(cut_apart(&["Adam", "Adam lr=0.01 batch=20"], 13), ["Adam", "Adam lr=0.01…"]);
        let both = ["Momentum lr=0.001", "Momentum lr=0.01", "Nadam lr=0.001", "Nadam lr=0.01"];
        assert_eq!(cut_apart(&both, 9), ["Mome….001", "Mome…0.01", "Nada….001", "Nada…0.01"]);
    }

    #[test]
    fn what_is_too_long_ends_with_a_clause() {
        let text = "Adam: Momentum and RMSprop in one: a smoothed gradient, divided by its size";
        assert_eq!(clauses(text, 60), "Adam: Momentum and RMSprop in one: a smoothed gradient");
        assert_eq!(clauses(text, 34), "Adam: Momentum and RMSprop in one");
        assert_eq!(clauses(text, 20), "Adam: Momentum and…");
        assert_eq!(clauses(text, 99), text);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!((padded("漢字", 6), padded("e\u{301}", 3)), ("漢字  ".to_owned(), "e\u{301}  ".to_owned()));
        assert!(begins_without_column("\u{301}e") && !begins_without_column("e\u{301}") && !begins_without_column(""));
    }

    #[test]
    fn a_time_has_the_units_that_suit_it() {
        let times = [0.2, 59.0, 59.5, 200.0, 3600.0, 90_000.0, 400_000.0, f64::NAN, 1e30].map(waiting_time);
        let expected = ["1 s", "59 s", "1 min 00 s", "3 min 20 s", "1 h 00 min", "25 h 00 min", "4 days", "0 s"];
        assert_eq!(times[..8], expected);
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1000, 48_000, 1_234_567].map(grouped), ["0", "999", "1,000", "48,000", "1,234,567"]);
    }

    #[test]
    fn bytes_have_the_unit_that_suits_them() {
        let texts = [0, 999, 98_040_000, 999_499, 999_500, 999_499_999, 999_500_000, 12_345_000_000_000, u64::MAX];
        let texts = texts.map(|bytes| Bytes(bytes).to_string());
        let expected = ["0.0 kB", "1.0 kB", "98.0 MB", "999 kB", "1.0 MB", "999 MB", "1.0 GB", "12.3 TB", "18447 PB"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn long_sentences_are_broken_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a/very/long/path fails", 6), ["a/", "very/", "long/", "path", "fails"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("tab\there\n", 20), ["tab here"]);
    }

    #[test]
    fn a_panic_says_what_it_said() {
        let message = |work: fn()| std::panic::catch_unwind(work).map_err(|panic| panic_message(&*panic).to_owned());
        assert_eq!(message(|| std::panic::resume_unwind(Box::new("a word"))), Err("a word".to_owned()));
        assert_eq!(message(|| std::panic::resume_unwind(Box::new(format!("{}", 1)))), Err("1".to_owned()));
        assert_eq!(message(|| std::panic::resume_unwind(Box::new(1))), Err("no reason given".to_owned()));
    }
}
