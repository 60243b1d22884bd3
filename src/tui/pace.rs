//! How many samples a second all runs together train on.

use std::collections::VecDeque;
use std::time::Duration;

/// The pace is taken over this long, so that the number can be read.
const WINDOW: Duration = Duration::from_secs(2);

/// Measures a pace from how far the race had come at several times.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    marks: VecDeque<(Duration, u64)>,
}

impl Pace {
    /// Notes how many samples all runs have seen by `now`.
    pub fn note(&mut self, now: Duration, samples: u64) {
        if self.marks.back().is_some_and(|(_, before)| samples < *before) {
            self.marks.clear();
        }
        self.marks.push_back((now, samples));
        while self.marks.len() > 2 && self.marks.get(1).is_some_and(|(then, _)| now.saturating_sub(*then) >= WINDOW) {
            self.marks.pop_front();
        }
    }

    /// Forgets the past, after which the race went at no pace or at another one.
    pub fn reset(&mut self) {
        self.marks.clear();
    }

    /// Samples a second, once long enough to tell.
    pub fn samples_per_second(&self) -> Option<f64> {
        let (&(start, before), &(end, after)) = (self.marks.front()?, self.marks.back()?);
        let seconds = end.saturating_sub(start).as_secs_f64();
        (seconds > 0.1).then(|| (after - before) as f64 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_last_seconds() {
        let mut pace = Pace::default();
        let at = |ms| Duration::from_millis(ms);
        pace.note(at(0), 0);
        assert_eq!(pace.samples_per_second(), None);
        (1..=100).for_each(|tick| pace.note(at(tick * 100), tick * 10));
        assert_eq!(pace.samples_per_second(), Some(100.0));
        (1..=30).for_each(|tick| pace.note(at(10_000 + tick * 100), 1000 + tick * 20));
        assert_eq!(pace.samples_per_second(), Some(200.0));
        pace.note(at(14_000), 0);
        assert_eq!(pace.samples_per_second(), None);
    }
}
