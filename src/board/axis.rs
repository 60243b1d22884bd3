//! Axes: limits that hold still, and round numbers to label them with.

use serde::Serialize;

/// An axis: what it shows, and how.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Axis {
    /// The value at its beginning.
    pub low: f64,
    /// The value at its end.
    pub high: f64,
    /// Whether it is logarithmic.
    pub log: bool,
}

/// Steps between labels are one of these times a power of ten.
const STEPS: [f64; 3] = [1.0, 2.0, 5.0];

/// Ends of a growing axis are one of these times a power of ten: close enough that most of the chart is used, far
/// enough apart that the picture holds still between two of them.
const ENDS: [f64; 10] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];

/// Values on a logarithmic axis begin and end at one of these times a power of ten.
const LOG_ENDS: [f64; 7] = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0];

/// The least a logarithmic axis shows: 0 has no logarithm.
const LEAST_LOG: f64 = 1e-12;

impl Axis {
    /// An axis that shows all from `low` to `high`, ending at round numbers.
    pub fn around(low: f64, high: f64, log: bool) -> Self {
        if log {
            let low = low.max(LEAST_LOG);
            let high = high.max(low * 1.5);
            return Self { low: round_down(low, &LOG_ENDS), high: round_up(high, &LOG_ENDS), log };
        }
        let extent = (high - low).max(high.abs() * 1e-3).max(1e-6);
        let step = round_up(extent / 10.0, &STEPS);
        let round = |value: f64, direction: fn(f64) -> f64| direction(value / step) * step;
        Self { low: round(low, |x| (x + 1e-9).floor()), high: round(low + extent, |x| (x - 1e-9).ceil()), log }
    }

    /// Where a value is, from 0 at the beginning to 1 at the end; it may lie outside.
    pub fn share(&self, value: f64) -> f64 {
        if self.log {
            (value.max(LEAST_LOG / 10.0) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// Round values to label, at most `most` of them.
    pub fn ticks(&self, most: usize) -> Vec<f64> {
        let most = most.max(1);
        if self.log {
            let ladders: [&[f64]; 4] = [&[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0], &STEPS, &[1.0, 3.0], &[1.0]];
            let all = ladders.map(|ladder| self.rungs(ladder));
            return all.into_iter().find(|ticks| ticks.len() <= most).unwrap_or_default();
        }
        let mut step = round_up((self.high - self.low) / most as f64, &STEPS);
        loop {
            let first = (self.low / step - 1e-9).ceil();
            let last = (self.high / step + 1e-9).floor();
            let count = (last - first + 1.0).max(0.0) as usize;
            if count <= most {
                return (0..count).map(|index| (first + index as f64) * step).collect();
            }
            step = round_up(step * 1.5, &STEPS);
        }
    }

    fn rungs(&self, ladder: &[f64]) -> Vec<f64> {
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        let rungs = decades.flat_map(|decade| ladder.iter().map(move |rung| rung * 10_f64.powi(decade)));
        let slack = 1e-9;
        rungs.filter(|rung| (self.low * (1.0 - slack)..=self.high * (1.0 + slack)).contains(rung)).collect()
    }
}

/// The end of an axis that grows with a race: `value`, rounded up.
pub fn growing_end(value: f64) -> f64 {
    round_up(value, &ENDS)
}

/// The smallest of `ladder` times a power of ten that is not below `value`.
fn round_up(value: f64, ladder: &[f64]) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let decade = 10_f64.powf(value.log10().floor());
    let slack = 1.0 - 1e-9;
    ladder.iter().map(|rung| rung * decade).find(|end| *end >= value * slack).unwrap_or(10.0 * decade)
}

/// The largest of `ladder` times a power of ten that is not above `value`.
fn round_down(value: f64, ladder: &[f64]) -> f64 {
    let decade = 10_f64.powf(value.log10().floor());
    let slack = 1.0 + 1e-9;
    ladder.iter().map(|rung| rung * decade).rfind(|end| *end <= value * slack).unwrap_or(decade)
}

/// `ticks` as text, with as many decimals as tell them apart.
pub fn tick_texts(ticks: &[f64]) -> Vec<String> {
    tick_texts_within(ticks, usize::MAX)
}

/// The same; where one would take more than `room` characters, all as multiples of powers of ten.
pub fn tick_texts_within(ticks: &[f64], room: usize) -> Vec<String> {
    let decimals = (0..6).find(|decimals| {
        ticks.iter().all(|tick| {
            let scaled = tick * 10_f64.powi(*decimals);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1.0)
        })
    });
    let plain = |tick: &f64| format!("{tick:.*}", decimals.unwrap_or(6) as usize);
    let size = |tick: &f64| tick.abs() >= 1e5 || (*tick != 0.0 && tick.abs() < 1e-3);
    let plain: Vec<String> = ticks.iter().map(plain).collect();
    if ticks.iter().any(size) || plain.iter().any(|text| text.len() > room) {
        return ticks.iter().map(|tick| short(*tick)).collect();
    }
    plain
}

fn short(tick: f64) -> String {
    let scientific = format!("{tick:e}");
    if scientific.len() <= 6 { scientific } else { format!("{tick:.1e}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits_and_labels_are_round() {
        let axis = Axis::around(0.27, 1.13, false);
        assert_eq!((axis.low, (axis.high * 100.0).round()), (0.2, 120.0));
        assert_eq!(tick_texts(&axis.ticks(6)), ["0.2", "0.4", "0.6", "0.8", "1.0", "1.2"]);
        let axis = Axis::around(0.27, 2.31, true);
        assert_eq!(tick_texts(&axis.ticks(6)), ["0.2", "0.5", "1.0", "2.0"]);
        assert_eq!(tick_texts(&Axis::around(1e5, 9e6, true).ticks(4)), ["1e5", "1e6", "1e7"]);
        assert_eq!(tick_texts_within(&[0.001, 0.002, 0.005, 0.01], 5), ["0.001", "0.002", "0.005", "0.010"]);
        assert_eq!(
            tick_texts_within(&[0.001, 0.002, 0.005, 0.01], 4),
            ["1e-3", "2e-3", "5e-3", "1e-2"],
            "in a narrow chart"
        );
        assert_eq!([0.0, 1.1, 130.0, 950.0].map(growing_end), [1.0, 1.2, 150.0, 1000.0]);
    }

    proptest! {
        #[test]
        fn every_axis_holds_its_values_and_a_few_ticks(
            low in -1e6_f64..1e6, extent in prop_oneof![Just(0.0), 1e-9_f64..1e9], log: bool, most in 1_usize..20,
        ) {
            let low = if log { low.abs() } else { low };
            let axis = Axis::around(low, low + extent, log);
            prop_assert!(axis.low < axis.high);
            for value in [low, low + extent] {
                let share = axis.share(value.max(if log { LEAST_LOG } else { value }));
                prop_assert!((-1e-3..=1.001).contains(&share), "{value} stands at {share} of {axis:?}");
            }
            let ticks = axis.ticks(most);
            prop_assert!(ticks.len() <= most);
            prop_assert!(ticks.iter().all(|tick| (-1e-3..=1.001).contains(&axis.share(*tick))));
        }
    }
}
