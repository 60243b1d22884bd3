//! The states of runs, and which did best.

use crate::race::history::{RunHistory, RunState};
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

/// The same for a column: a text with the step of a divergence where there is room for it, and one without.
pub fn state_texts(state: &RunState) -> Vec<String> {
    match state {
        RunState::Preparing => vec!["starting".to_owned()],
        RunState::Diverged { step } => vec![format!("diverged at {step}"), state.name().to_owned()],
        _ => vec![state.name().to_owned()],
    }
}
