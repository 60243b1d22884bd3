//! How many samples a second all runs together train on.

use std::collections::VecDeque;
use std::time::Duration;

/// It is taken over this long, so that the number can be read.
const WINDOW: Duration = Duration::from_secs(2);

/// Measures it from how far the race had come at several times.
#[derive(Debug, Clone, Default)]
pub struct Throughput {
    events: VecDeque<(Duration, u64)>,
}

impl Throughput {
    /// Notes how many samples all runs have seen by `now`.
    pub fn note(&mut self, now: Duration, samples: u64) {
        if self.events.back().is_some_and(|(_, before)| samples < *before) {
            self.events.clear();
        }
        self.events.push_back((now, samples));
        while self.events.len() > 2 && self.events.get(1).is_some_and(|(then, _)| now.saturating_sub(*then) >= WINDOW) {
            self.events.pop_front();
        }
    }

    /// Forgets the past, after which the race stood still or went on at another speed.
    pub fn reset(&mut self) {
        self.events.clear();
    }

    /// Samples a second, once long enough to tell.
    pub fn samples_per_second(&self) -> Option<f64> {
        let (&(start, before), &(end, after)) = (self.events.front()?, self.events.back()?);
        let seconds = end.saturating_sub(start).as_secs_f64();
        (seconds > 0.1).then(|| (after - before) as f64 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_last_seconds() {
        let mut throughput = Throughput::default();
        let at = |ms| Duration::from_millis(ms);
        throughput.note(at(0), 0);
        assert_eq!(throughput.samples_per_second(), None);
        (1..=100).for_each(|tick| throughput.note(at(tick * 100), tick * 10));
        assert_eq!(throughput.samples_per_second(), Some(100.0));
        (1..=30).for_each(|tick| throughput.note(at(10_000 + tick * 100), 1000 + tick * 20));
        assert_eq!(throughput.samples_per_second(), Some(200.0));
        throughput.note(at(14_000), 0);
        assert_eq!(throughput.samples_per_second(), None);
    }
}
