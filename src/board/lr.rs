//! Learning rates as a person changes them: along a ladder, or typed.

use crate::optim::setting::Domain;
use crate::text::shortest;

/// The rungs of a decade.
const RUNGS: [f64; 3] = [1.0, 2.0, 5.0];

/// Decades that the ladder spans; beyond, a rate can still be typed.
const DECADES: std::ops::RangeInclusive<i32> = -8..=3;

/// How close two rates are that count as one: single precision tells them no better.
const SAME: f64 = 1e-6;

/// The 1-2-5 ladder of learning rates, with one rung more: the last rate that was left and is none of its own, so that
/// there is a way back to it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ladder {
    extra: Option<f64>,
}

impl Ladder {
    /// The next rung above `lr`, or below it; `None` at the ladder's end.
    pub fn climb(&mut self, lr: f64, up: bool) -> Option<f64> {
        if lr > 0.0 && !rungs().any(|rung| (rung - lr).abs() <= SAME * lr) {
            self.extra = Some(lr);
        }
        let all = rungs().chain(self.extra);
        match up {
            true => all.filter(|rung| *rung > lr * (1.0 + SAME)).min_by(f64::total_cmp),
            false => all.filter(|rung| *rung < lr * (1.0 - SAME)).max_by(f64::total_cmp),
        }
    }
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
            lr = Ladder::default().climb(lr, true).expect("the ladder goes on");
            seen.push(text(lr));
        }
        assert_eq!(seen, ["0.002", "0.005", "0.01", "0.02", "0.05"]);
        let [above, below] = [true, false].map(|up| move |lr| Ladder::default().climb(lr, up));
        assert_eq!(below(0.001).map(text), Some("5e-4".to_owned()));
        assert_eq!(above(0.003), Some(0.005));
        assert_eq!(below(0.003), Some(0.002));
        assert_eq!(above(f64::from(0.002_f32)), Some(0.005));
        assert_eq!((above(5000.0), below(1e-8)), (None, None));
        assert_eq!(above(1e-30), Some(1e-8));
    }

    #[test]
    fn a_rate_between_two_rungs_can_be_climbed_back_to() {
        let mut ladder = Ladder::default();
        let mut lr = 0.003;
        let mut way = |up| {
            lr = ladder.climb(lr, up).expect("the ladder goes on");
            lr
        };
        assert_eq!([true, false].map(&mut way), [0.005, 0.003]);
        assert_eq!([true, true, false, false, false].map(&mut way), [0.005, 0.01, 0.005, 0.003, 0.002]);
        assert_eq!([true, false].map(&mut way), [0.003, 0.002]);
        assert_eq!(ladder.climb(0.004, true), Some(0.005));
        assert_eq!(ladder.climb(0.005, false), Some(0.004), "the last such rate");
        assert_eq!(ladder.climb(0.004, false), Some(0.002));
        assert_eq!(ladder.climb(f64::INFINITY, true), None);
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
