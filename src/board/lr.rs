//! Learning rates as a person changes them: along a ladder, or typed.

use crate::optim::setting::Domain;
use crate::text::shortest;

/// The rungs of a decade.
const RUNGS: [f64; 3] = [1.0, 2.0, 5.0];

/// Decades that the ladder spans; beyond, a rate can still be typed.
const DECADES: std::ops::RangeInclusive<i32> = -8..=3;

/// The next rung of the 1-2-5 ladder above `lr`.
pub fn rung_above(lr: f64) -> Option<f64> {
    rungs().find(|rung| *rung > lr * (1.0 + 1e-6))
}

/// The next rung of the 1-2-5 ladder below `lr`.
pub fn rung_below(lr: f64) -> Option<f64> {
    rungs().filter(|rung| *rung < lr * (1.0 - 1e-6)).last()
}

/// Rungs are parsed, not computed, so that 0.002 is the number a person would type.
fn rungs() -> impl Iterator<Item = f64> {
    DECADES.flat_map(|decade| RUNGS.map(|rung| format!("{rung}e{decade}").parse().unwrap_or(rung)))
}

/// The learning rate that `text` says.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse(text: &str) -> Result<f64, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("type a number such as 0.003 or 3e-3".to_owned());
    }
    let number: f64 = text.parse().map_err(|_| format!("`{text}` is no number; type one such as 0.003 or 3e-3"))?;
    let allowed = Domain::Positive.contains(number);
    allowed.then_some(number).ok_or_else(|| format!("type {}", Domain::Positive.describe()))
}

/// A learning rate in as few characters as tell it exactly, or nearly.
pub fn text(lr: f64) -> String {
    let shortest = shortest(lr);
    if shortest.len() <= 8 { shortest } else { format!("{lr:.2e}") }
}

/// A learning rate in six characters at most, where its size allows it: to two digits if it has more.
pub fn short(lr: f64) -> String {
    let exact = text(lr);
    if exact.len() <= 6 {
        return exact;
    }
    format!("{lr:.1e}").parse().map_or(exact, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_goes_1_2_5() {
        let mut lr = 0.001;
        let mut seen = Vec::new();
        for _ in 0..5 {
            lr = rung_above(lr).expect("the ladder goes on");
            seen.push(text(lr));
        }
        assert_eq!(seen, ["0.002", "0.005", "0.01", "0.02", "0.05"]);
        assert_eq!(rung_below(0.001).map(text), Some("5e-4".to_owned()));
        assert_eq!(rung_above(0.003), Some(0.005));
        assert_eq!(rung_below(0.003), Some(0.002));
        assert_eq!(rung_above(f64::from(0.002_f32)), Some(0.005));
        assert_eq!((rung_above(5000.0), rung_below(1e-8)), (None, None));
        assert_eq!(rung_above(1e-30), Some(1e-8));
    }

    #[test]
    fn a_scheduled_rate_is_rounded_to_fit() {
        let rates = [0.01, 0.0125, 0.012345, 0.0073812, 9.96e-5, 1.2345e-10, 0.0];
        assert_eq!(rates.map(short), ["0.01", "0.0125", "0.012", "0.0074", "1e-4", "1.2e-10", "0"]);
    }

    #[test]
    fn a_typed_rate_is_taken_or_answered() {
        assert_eq!(parse(" 3e-3 "), Ok(0.003));
        insta::assert_snapshot!(
            ["", "fast", "0", "-1", "inf", "NaN", "1e39", "1,5"]
                .map(|text| format!("{text:5} {}", parse(text).expect_err("this is no learning rate")))
                .join("\n")
        );
    }
}
