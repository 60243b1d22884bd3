//! The states of runs, and which did best.

use super::Board;
use crate::race::history::{RunHistory, RunState};
use crate::race::measure::{StepRecord, WINDOW_STEPS, WindowRecord};
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
        RunState::Diverged { step, why: None } => format!("diverged at step {step}"),
        RunState::Diverged { step, why: Some(why) } => format!("diverged at step {step}: {why}"),
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

/// Whether these steps do no better than whoever guesses and has this loss: see [`Board::is_guessing`].
pub fn is_guessing(steps: &[StepRecord], windows: &[WindowRecord], guessing_loss: f64) -> bool {
    let [last, first] = GUESSING;
    let end = windows.last().map_or(0, |window| window.step as usize);
    let start = end.checked_sub(last * WINDOW_STEPS as usize).filter(|_| windows.len() >= first);
    let steps = start.and_then(|start| steps.get(start..end));
    let sum: f64 = steps.unwrap_or_default().iter().map(|step| f64::from(step.loss)).sum();
    steps.is_some_and(|steps| sum / steps.len() as f64 >= guessing_loss - BY_CHANCE)
}

/// The state of a run that only guesses, in words.
pub fn guessing_text(state: &RunState) -> String {
    if *state == RunState::Running { IS_GUESSING.to_owned() } else { format!("{}, {IS_GUESSING}", state.name()) }
}

impl Board {
    /// Whether a run does no better than guessing at the moment that is shown: from its 8th window on, if the mean loss
    /// of the last 4 is at least the entropy of the classes' shares, less 0.01.
    pub fn is_guessing(&self, run: RunIndex) -> bool {
        let seen = self.seen(run);
        !seen.state().has_died() && is_guessing(seen.steps, seen.windows, self.info.guessing_loss)
    }

    /// The state of a run at the moment that is shown, for a column: the longest text first.
    pub fn state_texts(&self, run: RunIndex) -> Vec<String> {
        let state = self.seen(run).state();
        match state {
            RunState::Preparing => vec!["starting".to_owned()],
            RunState::Diverged { step, .. } => vec![format!("diverged at {step}"), state.name().to_owned()],
            _ if self.is_guessing(run) => vec![guessing_text(state), IS_GUESSING.to_owned()],
            _ => vec![state.name().to_owned()],
        }
    }
}
