//! Values of tables: numbers that know how they are written.

use std::fmt;

use serde::{Serialize, Serializer};

use super::lr;
use crate::text::grouped;

/// What is shown for a number that is not there.
pub const NONE: &str = "-";

/// What is shown in a cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue {
    /// Nothing was measured.
    Missing,
    /// A number.
    Number(f64, Notation),
    /// Words.
    Text(String),
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// A loss.
    Loss,
    /// A loss, and the epoch it belongs to.
    LossOf(u32),
    /// A share of 1.
    Share,
    /// A number of any size in at most 7 characters.
    Compact,
    /// The difference of two losses or shares, with its sign.
    Difference,
    /// With so many decimals.
    Decimals(usize),
    /// A place on a surface.
    Place,
    /// A time in seconds.
    Seconds,
    /// Samples a second.
    Rate,
    /// A whole number.
    Count,
    /// A whole number with commas between thousands.
    Grouped,
    /// Hundredths.
    Percent,
    /// An angle.
    Degrees,
    /// A learning rate in six characters; one that the run has not taken over yet has a `>` before it.
    Lr {
        /// Whether it has not.
        asked: bool,
    },
    /// A learning rate in as few characters as tell it exactly, or nearly.
    ExactLr,
}

impl CellValue {
    /// A number, if there is one.
    pub fn of(number: Option<f64>, notation: Notation) -> Self {
        number.map_or(Self::Missing, |number| Self::Number(number, notation))
    }
}

impl Serialize for CellValue {
    /// A number, a text, or null.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_none(),
            Self::Number(number, _) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl fmt::Display for CellValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self::Number(number, notation) = self else {
            return f.write_str(if let Self::Text(text) = self { text } else { NONE });
        };
        if !number.is_finite() {
            return f.write_str(NONE);
        }
        match notation {
            Notation::Loss => f.write_str(&loss(number as f32)),
            Notation::LossOf(epoch) => write!(f, "{} (ep {epoch})", loss(number as f32)),
            Notation::Share => f.write_str(&share(number as f32)),
            Notation::Difference => write!(f, "{number:+.3}"),
            Notation::Compact => f.write_str(&compact(number as f32)),
            Notation::Decimals(decimals) => write!(f, "{number:.decimals$}"),
            Notation::Place if number.abs() < 1000.0 => write!(f, "{number:.3}"),
            Notation::Place => write!(f, "{number:.1e}"),
            Notation::Seconds => f.write_str(&duration(number)),
            Notation::Rate => f.write_str(&rate(number)),
            Notation::Count => write!(f, "{number:.0}"),
            Notation::Grouped => f.write_str(&grouped(number.round() as u64)),
            Notation::Percent => write!(f, "{:.0} %", 100.0 * number),
            Notation::Degrees => write!(f, "{number:.0}°"),
            Notation::Lr { asked } => write!(f, "{}{}", if asked { ">" } else { "" }, lr::short(number)),
            Notation::ExactLr => f.write_str(&lr::text(number)),
        }
    }
}

/// A number of any size in at most 7 characters.
pub fn compact(value: f32) -> String {
    let size = value.abs();
    match size {
        _ if !value.is_finite() => NONE.to_owned(),
        0.0 => "0".to_owned(),
        _ if size < 0.001 => format!("{value:.1e}"),
        _ if size < 0.1 => format!("{value:.4}"),
        _ if size < 10.0 => format!("{value:.3}"),
        _ if size < 100.0 => format!("{value:.2}"),
        _ if size < 1000.0 => format!("{value:.1}"),
        _ if size < 100_000.0 => format!("{value:.0}"),
        _ => format!("{value:.0e}"),
    }
}

/// A loss.
pub fn loss(value: f32) -> String {
    let text = if value.is_finite() && value.abs() < 10.0 { format!("{value:.3}") } else { compact(value) };
    if text == "0.000" && value > 0.0 { format!("{value:.0e}") } else { text }
}

/// A share of 1.
pub fn share(value: f32) -> String {
    if value.is_finite() { format!("{value:.3}") } else { NONE.to_owned() }
}

/// A time of any length in at most 6 characters.
pub fn duration(seconds: f64) -> String {
    match seconds {
        _ if !seconds.is_finite() => NONE.to_owned(),
        _ if seconds < 999.5e-6 => format!("{:.0} µs", seconds * 1e6),
        _ if seconds < 9.95e-3 => format!("{:.1} ms", seconds * 1e3),
        _ if seconds < 0.9995 => format!("{:.0} ms", seconds * 1e3),
        _ if seconds < 99.95 => format!("{seconds:.1} s"),
        _ if seconds < 9999.5 => format!("{seconds:.0} s"),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

/// A rate of samples a second, rounded so that it can be read while it changes.
pub fn rate(per_second: f64) -> String {
    let unit = match per_second {
        _ if per_second < 1000.0 => 1.0,
        _ if per_second < 10_000.0 => 100.0,
        _ => 1000.0,
    };
    grouped(((per_second / unit).round() * unit) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_numbers_texts_or_null() {
        let cells =
            [CellValue::Missing, CellValue::Number(0.5, Notation::Loss), CellValue::Text("not reached".to_owned())];
        assert_eq!(serde_json::to_string(&cells).expect("they are data"), r#"[null,0.5,"not reached"]"#);
        assert_eq!(cells.map(|cell| cell.to_string()), ["-", "0.500", "not reached"]);
    }

    #[test]
    fn numbers_are_short() {
        let values = [0.0, 1e-12, 0.00456, 0.0912, 0.5, 2.345_67, 23.4567, 234.567, 23_456.7, 3.1e7, 3.4e38, f32::NAN];
        insta::assert_snapshot!(values.map(|v| format!("{} {}", compact(v), loss(v))).join("\n"));
        let times = [0.0, 9.2e-5, 9.996e-4, 0.00123, 0.0456, 0.9999, 12.34, 345.6, 3456.0, 36_000.0, f64::NAN];
        insta::assert_snapshot!(times.map(duration).join("\n"));
        assert_eq!([12.0, 1234.0, 312_345.0].map(rate), ["12", "1,200", "312,000"]);
    }
}
