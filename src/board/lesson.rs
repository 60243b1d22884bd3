//! The lesson, measured from a race that goes on.

use std::time::Duration;

use super::beside;
use crate::lesson::{Finding, SENTENCES, Trial};
use crate::race::history::History;

/// Least time from one measuring to the next.
const MEASURE_EVERY: Duration = Duration::from_secs(1);

/// Steps of all runs that make it this much longer: every measure reads all of them.
const STEPS_A_SECOND: usize = 200_000;

/// What the race says of the lesson so far.
#[derive(Debug)]
pub struct LiveLesson {
    /// What was found of each sentence.
    pub findings: Vec<Finding>,
    /// The sentence whose claims are shown.
    pub chosen: usize,
    /// When it was measured last, how many steps there were, and up to which moment; `None` before.
    measured: Option<(Duration, usize, Option<u64>)>,
}

impl Default for LiveLesson {
    fn default() -> Self {
        Self { findings: Finding::all(), chosen: 0, measured: None }
    }
}

impl LiveLesson {
    /// Measures it anew if that is due, of what had happened when `at` samples were seen; whether it was.
    pub fn measure(&mut self, history: &History, at: Option<u64>, now: Duration) -> bool {
        let steps = history.runs.iter().map(|run| run.steps.len() + run.epochs.len()).sum();
        let is_due = self.measured.is_none_or(|(last, measured, before)| {
            let pause = MEASURE_EVERY + MEASURE_EVERY * u32::try_from(steps / STEPS_A_SECOND).unwrap_or(u32::MAX);
            before != at || (at.is_none() && steps != measured && now.saturating_sub(last) >= pause)
        });
        if is_due {
            self.measured = Some((now, steps, at));
            self.findings = Finding::all();
            let past = at.map(|at| history.until(at));
            let trial = Trial { races: &[past.as_ref().unwrap_or(history)], lab: None };
            self.findings.iter_mut().for_each(|finding| finding.measure(&trial));
        }
        is_due
    }

    /// Shows the claims of the next sentence, or of the one before.
    pub fn turn(&mut self, back: bool) {
        self.chosen = beside(self.chosen, SENTENCES.len(), back);
    }
}
