//! The lesson, measured from a race that goes on.

use std::time::Duration;

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
    /// When it was measured last, and how many steps there were; `None` before.
    measured: Option<(Duration, usize)>,
}

impl Default for LiveLesson {
    fn default() -> Self {
        Self { findings: Finding::all(), chosen: 0, measured: None }
    }
}

impl LiveLesson {
    /// Measures it anew if that is due; whether it was.
    pub fn measure(&mut self, history: &History, now: Duration) -> bool {
        let steps = history.runs.iter().map(|run| run.steps.len() + run.epochs.len()).sum();
        let is_due = self.measured.is_none_or(|(last, measured)| {
            let pause = MEASURE_EVERY + MEASURE_EVERY * u32::try_from(steps / STEPS_A_SECOND).unwrap_or(u32::MAX);
            steps != measured && now.saturating_sub(last) >= pause
        });
        if is_due {
            self.measured = Some((now, steps));
            self.findings = Finding::all();
            let trial = Trial { races: &[history], lab: None };
            self.findings.iter_mut().for_each(|finding| finding.measure(&trial));
        }
        is_due
    }

    /// Shows the claims of the next sentence, or of the one before.
    pub fn turn(&mut self, back: bool) {
        let step = if back { SENTENCES.len() - 1 } else { 1 };
        self.chosen = (self.chosen + step) % SENTENCES.len();
    }
}
