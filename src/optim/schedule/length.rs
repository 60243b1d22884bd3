//! Lengths of a schedule's parts: in steps, or as a share of the race.

use std::fmt;

/// How long a part of a schedule is.
///
/// A whole number in digits alone counts steps; any other number is a share of the race's steps: `1` is one step,
/// `1.0` the whole race.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// So many steps.
    Steps(u32),
    /// This share of the race's planned steps.
    Share(f64),
    /// What is left of the race after the warm-up.
    Rest,
}

impl Length {
    /// The length that `text` says, if it says one.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "rest" {
            return Some(Self::Rest);
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(Self::Steps);
        }
        let share: f64 = text.parse().ok()?;
        // No shorter than a step of the longest race there can be.
        (share == 0.0 || (1e-12..=1.0).contains(&share)).then_some(Self::Share(share.abs()))
    }

    /// Whether nothing is that short.
    pub fn is_none(self) -> bool {
        matches!(self, Self::Steps(0)) || self == Self::Share(0.0)
    }

    /// Its steps in a race of `race` steps of which `before` have passed; a share is not rounded, and what is left is
    /// one step at least.
    pub fn steps(self, race: f64, before: f64) -> f64 {
        match self {
            Self::Steps(steps) => f64::from(steps),
            Self::Rest => (race - before).max(1.0),
            Self::Share(share) => {
                // 0.07 of 100 steps are 7, though the product is 7.000000000000001.
                let (steps, whole) = (share * race, (share * race).round());
                if (steps - whole).abs() <= 1e-9 * whole { whole } else { steps }
            }
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Steps(steps) => steps.fmt(f),
            // Always with a point or an exponent, so that it reads back as a share.
            Self::Share(share) => write!(f, "{share:?}"),
            Self::Rest => f.write_str("rest"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_alone_are_steps_and_all_else_a_share() {
        for (text, length) in [
            ("1", Length::Steps(1)),
            ("1.0", Length::Share(1.0)),
            ("1000", Length::Steps(1000)),
            ("0.8", Length::Share(0.8)),
            ("1e-9", Length::Share(1e-9)),
            ("0", Length::Steps(0)),
            ("0.0", Length::Share(0.0)),
            ("rest", Length::Rest),
        ] {
            assert_eq!(Length::parse(text), Some(length));
            assert_eq!(length.to_string(), text);
        }
        for wrong in ["", "-1", "1.5", "-0.5", "1e3", "NaN", "inf", "all", "80%", "99999999999", " 1"] {
            assert_eq!(Length::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_share_of_whole_steps_is_whole() {
        assert_eq!(Length::Share(0.07).steps(100.0, 0.0), 7.0);
        assert_eq!(Length::Share(0.5).steps(21.0, 0.0), 10.5);
        assert_eq!(Length::Rest.steps(100.0, 30.0), 70.0);
        assert_eq!(Length::Rest.steps(100.0, 200.0), 1.0);
    }
}
