//! The values of a schedule's settings, read and printed.

use super::length::Length;
use crate::optim::setting::Domain;
use crate::text::shortest;

/// What is written between the items of a list: a comma separates settings.
const SEPARATOR: char = '/';

/// The value of a setting.
#[derive(Debug, Clone, PartialEq)]
pub enum ScheduleValue {
    /// How long something takes.
    Length(Length),
    /// A number; flags are 1 and 0.
    Number(f64),
    /// Where pieces end.
    Lengths(Vec<Length>),
    /// A learning rate for each piece.
    Rates(Vec<f64>),
}

/// The values that a setting may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A length above 0.
    Length,
    /// A length above 0, or what the warm-up leaves of the race.
    LengthOrRest,
    /// A length, 0 included.
    LengthOrNone,
    /// A number, or a flag.
    Number(Domain),
    /// Growing lengths.
    Boundaries,
    /// Learning rates; none where they follow from `lr`.
    Rates,
}

impl Kind {
    /// The value of `text`, if it is one that is allowed.
    pub fn parse(self, text: &str) -> Option<ScheduleValue> {
        match self {
            Self::Length => length(text).filter(|length| !length.is_none()).map(ScheduleValue::Length),
            Self::LengthOrRest => Length::parse(text).filter(|length| !length.is_none()).map(ScheduleValue::Length),
            Self::LengthOrNone => length(text).map(ScheduleValue::Length),
            Self::Number(domain) => domain.parse(text).map(ScheduleValue::Number),
            Self::Boundaries => {
                let lengths: Vec<Length> = text.split(SEPARATOR).map(length).collect::<Option<_>>()?;
                lengths.windows(2).all(|pair| is_before(pair[0], pair[1])).then_some(ScheduleValue::Lengths(lengths))
            }
            Self::Rates if text.is_empty() => Some(ScheduleValue::Rates(Vec::new())),
            Self::Rates => {
                let rates = text.split(SEPARATOR).map(|rate| Domain::Positive.parse(rate));
                rates.collect::<Option<_>>().map(ScheduleValue::Rates)
            }
        }
    }

    /// The text that reads back as `value`.
    pub fn print(self, value: &ScheduleValue) -> String {
        match value {
            ScheduleValue::Length(length) => length.to_string(),
            ScheduleValue::Number(value) => match self {
                Self::Number(Domain::Flag) => (*value != 0.0).to_string(),
                _ => shortest(*value),
            },
            ScheduleValue::Lengths(lengths) => joined(lengths.iter().map(Length::to_string)),
            ScheduleValue::Rates(rates) => joined(rates.iter().map(|rate| shortest(*rate))),
        }
    }

    /// What is allowed, in words, to follow "must be".
    pub fn describe(self) -> &'static str {
        match self {
            Self::Length => "a whole number of steps such as 500, or a share of the race above 0.0 and up to 1.0",
            Self::LengthOrRest => {
                "a whole number of steps such as 500, a share of the race above 0.0 and up to 1.0, or rest"
            }
            Self::LengthOrNone => "a whole number of steps such as 500, or a share of the race from 0.0 to 1.0",
            Self::Number(domain) => domain.describe(),
            Self::Boundaries => {
                "growing lengths with / between them, all in steps (1000/3000) or all shares of the race (0.5/0.75)"
            }
            Self::Rates => "learning rates with / between them, such as 0.1/0.01/0.001",
        }
    }
}

fn length(text: &str) -> Option<Length> {
    Length::parse(text).filter(|length| *length != Length::Rest)
}

/// Whether one length is the shorter in a race of any length.
fn is_before(first: Length, second: Length) -> bool {
    match (first, second) {
        (Length::Steps(first), Length::Steps(second)) => first < second,
        (Length::Share(first), Length::Share(second)) => first < second,
        _ => false,
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(&SEPARATOR.to_string())
}
