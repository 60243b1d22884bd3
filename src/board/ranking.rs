//! The states of runs, and which did best.

use super::Board;
use crate::race::history::{RunHistory, RunState};
use crate::race::measure::WINDOW_STEPS;
use crate::race::protocol::RunIndex;

/// The validation accuracy whose cost is compared.
pub const GOAL: f32 = 0.85;

/// The validation accuracy after a run's last epoch, if it is a number.
pub fn final_accuracy(run: &RunHistory) -> Option<f32> {
    run.epochs.last().map(|epoch| epoch.val.accuracy).filter(|accuracy| accuracy.is_finite())
}

/// The runs from best to worst by final validation accuracy, those that died last; the order of the race decides
/// between equals.
pub fn ranking(runs: &[RunHistory]) -> Vec<RunIndex> {
    let mut order: Vec<RunIndex> = (0..runs.len()).collect();
    let accuracy = |run: RunIndex| final_accuracy(&runs[run]).unwrap_or(-1.0);
    let has_died = |run: RunIndex| runs[run].state.has_died();
    order.sort_by(|&a, &b| has_died(a).cmp(&has_died(b)).then(accuracy(b).total_cmp(&accuracy(a))));
    order
}

/// The state of a run, in words.
pub fn state_text(state: &RunState) -> String {
    match state {
        RunState::Diverged { step } => format!("diverged at step {step}"),
        RunState::Failed { message } => format!("failed: {message}"),
        _ => state.name().to_owned(),
    }
}

/// Windows whose mean loss says whether a run guesses, and how many windows there are before it is asked: at first
/// every run does.
const GUESSING: [usize; 2] = [4, 8];

/// What a loss may be below that of guessing by chance, in nats.
const BY_CHANCE: f64 = 0.01;

/// A run whose loss is no better than that of guessing.
pub const IS_GUESSING: &str = "guessing";

impl Board {
    /// Whether a run does no better than guessing at the moment that is shown: from its 8th window on, if the mean loss
    /// of the last 4 is at least the entropy of the classes' shares, less 0.01.
    pub fn is_guessing(&self, run: RunIndex) -> bool {
        let [windows, first] = GUESSING;
        let seen = self.seen(run);
        if seen.windows.len() < first || seen.state().has_died() {
            return false;
        }
        let end = seen.windows.last().map_or(0, |window| window.step as usize);
        let steps = end.checked_sub(windows * WINDOW_STEPS as usize).and_then(|start| seen.steps.get(start..end));
        let sum: f64 = steps.unwrap_or_default().iter().map(|step| f64::from(step.loss)).sum();
        steps.is_some_and(|steps| sum / steps.len() as f64 >= self.info.guessing_loss - BY_CHANCE)
    }

    /// The state of a run at the moment that is shown, for a column: the longest text first.
    pub fn state_texts(&self, run: RunIndex) -> Vec<String> {
        let state = self.seen(run).state();
        match state {
            RunState::Preparing => vec!["starting".to_owned()],
            RunState::Diverged { step } => vec![format!("diverged at {step}"), state.name().to_owned()],
            RunState::Running if self.is_guessing(run) => vec![IS_GUESSING.to_owned()],
            _ if self.is_guessing(run) => vec![format!("{}, {IS_GUESSING}", state.name()), IS_GUESSING.to_owned()],
            _ => vec![state.name().to_owned()],
        }
    }
}
