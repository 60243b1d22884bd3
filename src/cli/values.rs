//! The values of options: text that is checked, and answered with what would be right.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use crate::optim::{self, Definition, Spec, SpecError};
use crate::surface::{self, MOST_STEPS, Point, Surface};
use crate::text::grouped;

/// The most epochs of a race.
const MOST_EPOCHS: u32 = 1_000_000;

/// Units of each hidden layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hidden(pub(super) Vec<usize>);

impl FromStr for Hidden {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self(Vec::new()));
        }
        let units: Option<Vec<usize>> =
            text.split(',').map(|part| part.parse().ok().filter(|&units| units > 0)).collect();
        units.map(Self).ok_or_else(|| {
            "it must be whole numbers from 1 with commas between them, such as 100 or 128,64, or `none`".to_owned()
        })
    }
}

/// As it is written on the command line.
impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let units: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&units.join(","))
    }
}

pub(super) fn epochs(text: &str) -> Result<u32, String> {
    let epochs = text.parse().ok().filter(|epochs| (1..=MOST_EPOCHS).contains(epochs));
    epochs.ok_or_else(|| format!("it must be a whole number from 1 to {}", grouped(MOST_EPOCHS.into())))
}

pub(super) fn count(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "it must be a whole number from 1".to_owned())
}

pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("it must be a whole number from 0 to {}", grouped(u64::MAX)))
}

pub(super) fn split_seed(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("it must be a whole number from 0 to {}", grouped(u32::MAX.into())))
}

pub(super) fn fraction(text: &str) -> Result<f64, String> {
    let fraction = text.parse().ok().filter(|fraction| *fraction > 0.0 && *fraction < 1.0);
    fraction.ok_or_else(|| "it must be a number above 0 and below 1".to_owned())
}

/// Optimizers to race: one, or all whose names are like a pattern.
#[derive(Debug, Clone)]
pub(super) struct Specs(pub(super) Vec<Spec>);

impl FromStr for Specs {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Spec::parse_pattern(text).map(Self)
    }
}

/// Optimizers to explain.
#[derive(Debug, Clone)]
pub(super) struct Explained(pub(super) Vec<&'static Definition>);

/// The optimizers whose names are like this, `*` standing for anything.
pub(super) fn explained(name: &str) -> Result<Explained, String> {
    let matching = optim::matching(name);
    if !matching.is_empty() {
        return Ok(Explained(matching));
    }
    // What is answered to an unknown one is what is answered in a spec.
    match Spec::parse_pattern(name) {
        Err(error) => Err(error.to_string()),
        Ok(_) => {
            let (alone, _) = name.split_once(':').unwrap_or((name, ""));
            Err(format!("give the name alone, without settings: {alone}"))
        }
    }
}

/// The surface of this name.
pub(super) fn surface(name: &str) -> Result<&'static Surface, String> {
    surface::named(name).map_err(|error| error.to_string())
}

/// A place on a surface.
pub(super) fn point(text: &str) -> Result<Point, String> {
    let numbers = text.split_once(',').and_then(|(x, y)| Some(Point::new(x.parse().ok()?, y.parse().ok()?)));
    let point = numbers.filter(|point| point.x.is_finite() && point.y.is_finite());
    point.ok_or_else(|| "it must be two numbers with a comma between them, such as -7,2".to_owned())
}

pub(super) fn surface_steps(text: &str) -> Result<u32, String> {
    let steps = text.parse().ok().filter(|steps| (1..=MOST_STEPS).contains(steps));
    steps.ok_or_else(|| format!("it must be a whole number from 1 to {}", grouped(MOST_STEPS.into())))
}

/// How much noise there is on a gradient.
pub(super) fn deviation(text: &str) -> Result<f64, String> {
    let deviation = text.parse().ok().filter(|deviation: &f64| deviation.is_finite() && *deviation >= 0.0);
    deviation.ok_or_else(|| "it must be a finite number from 0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_layers_are_numbers_with_commas_or_none() {
        let units = |text: &str| text.parse::<Hidden>().ok().map(|hidden| hidden.0);
        assert_eq!(units("100"), Some(vec![100]));
        assert_eq!(units("128,64"), Some(vec![128, 64]));
        assert_eq!(units("none"), Some(vec![]));
        for wrong in ["", "0", "128,", ",", "128, 64", "-1", "1.5", "many", "none,1"] {
            assert_eq!(units(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_fraction_is_strictly_between_0_and_1() {
        assert_eq!(fraction("0.2"), Ok(0.2));
        for wrong in ["0", "1", "-0.1", "NaN", "inf", "20%", ""] {
            assert!(fraction(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_deviation_is_finite_and_not_negative() {
        assert_eq!(deviation("0"), Ok(0.0));
        assert_eq!(deviation("2.5e-1"), Ok(0.25));
        for wrong in ["-1", "NaN", "inf", "", "0,5"] {
            assert!(deviation(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_point_is_two_finite_numbers() {
        assert_eq!(point("-7,2"), Ok(Point::new(-7.0, 2.0)));
        assert_eq!(point("1e-3,-.5"), Ok(Point::new(0.001, -0.5)));
        for wrong in ["", "1", "1,", ",1", "1;2", "1, 2", "1,2,3", "NaN,0", "0,inf", "x,y"] {
            assert!(point(wrong).is_err(), "{wrong:?}");
        }
    }
}
