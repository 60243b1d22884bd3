//! The final table of a race.

use std::fmt;

use crate::board::ranking::{GOAL, guessing_text, is_guessing, ranking, state_text};
use crate::race::history::{History, RunHistory};
use crate::text::{columns, grouped, padded};

/// A table of how all runs did, the highest final validation accuracy first; shown through [`fmt::Display`].
pub(super) struct Results<'a> {
    pub(super) history: &'a History,
    /// The loss of whoever guesses.
    pub(super) guessing_loss: f64,
}

impl fmt::Display for Results<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { history, guessing_loss } = self;
        let width = label_width(history);
        let goal = format!("{:.0} % val acc", GOAL * 100.0);
        writeln!(f, "{:width$}  epochs  val acc  best val loss  test acc  compute s  {goal:<17}  state", "run")?;
        for run in ranking(&history.runs).into_iter().map(|run| &history.runs[run]) {
            let last = run.epochs.last();
            let is_guessing = !run.state.has_died() && is_guessing(&run.steps, &run.windows, *guessing_loss);
            let state = if is_guessing { guessing_text(&run.state) } else { state_text(&run.state) };
            writeln!(
                f,
                "{}  {:>6}  {:>7}  {:>13}  {:>8}  {:>9.2}  {:17}  {}",
                padded(&run.info.label, width),
                last.map_or(0, |epoch| epoch.epoch),
                four_digits(last.map(|epoch| epoch.val.accuracy)),
                four_digits(run.best_val().map(|epoch| epoch.val.loss)),
                four_digits(run.test.map(|test| test.accuracy)),
                run.compute_s(),
                goal_text(run),
                state
            )?;
        }
        for run in history.runs.iter().filter(|run| run.info.spec.gradients_per_step() > 1) {
            let (label, steps, gradients) =
                (&run.info.label, grouped(run.steps.len() as u64), grouped(run.gradients()));
            writeln!(f, "{label} took {gradients} gradients in {steps} steps: two a step, of which others take one.")?;
        }
        Ok(())
    }
}

/// When a run reached the goal.
fn goal_text(run: &RunHistory) -> String {
    run.reached(GOAL)
        .map_or_else(|| "not reached".to_owned(), |epoch| format!("epoch {}, {:.2} s", epoch.epoch, epoch.compute_s))
}

fn four_digits(value: Option<f32>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
}

/// Columns of the longest label.
pub(super) fn label_width(history: &History) -> usize {
    let longest = history.runs.iter().map(|run| columns(&run.info.label)).max();
    longest.unwrap_or(0).max("run".len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::race::history::RunState;
    use crate::race::measure::{EpochRecord, Score, StepRecord};
    use crate::race::settings::RunInfo;

    fn run_of(history: &mut History, index: usize, accuracies: &[f32]) {
        let run = &mut history.runs[index];
        for (epoch, &accuracy) in (0_u32..).zip(accuracies) {
            let val = Score { loss: 1.0 - accuracy, accuracy };
            let (step, samples, compute_s) = (epoch * 10, u64::from(epoch) * 320, f64::from(epoch) * 1.5);
            run.epochs.push(EpochRecord { epoch, step, samples, compute_s, wall_s: 0.0, lr: 0.1, train: None, val });
            let loss = f32::NAN;
            run.steps.push(StepRecord {
                samples,
                compute_s,
                step,
                epoch,
                lr: 0.1,
                loss,
                accuracy,
                grad_norm: loss,
                update_norm: loss,
                update_cosine: loss,
            });
        }
    }

    #[test]
    fn the_best_come_first_and_the_dead_last() {
        let labels = ["SGD", "Adam lr=0.01", "wild", "Momentum", "late"];
        let spec: crate::optim::Spec = "sgd".parse().expect("sgd is known");
        let infos = labels.map(|label| RunInfo {
            label: label.parse().expect("a label"),
            spec: spec.clone(),
            batch_size: 32,
            planned_steps: 20,
        });
        let mut history = History::new(&infos, 2);
        run_of(&mut history, 0, &[0.1, 0.7, 0.8]);
        run_of(&mut history, 1, &[0.1, 0.84, 0.86]);
        run_of(&mut history, 2, &[0.1, 0.9]);
        run_of(&mut history, 3, &[0.1, 0.85, 0.84]);
        for run in &mut history.runs {
            run.state = RunState::Finished;
            run.test = Some(Score { loss: 0.5, accuracy: 0.81 });
        }
        (history.runs[2].state, history.runs[2].test) = (RunState::Diverged { step: 13, why: None }, None);
        (history.runs[4].state, history.runs[4].test) = (RunState::Stopped, None);
        insta::assert_snapshot!(Results { history: &history, guessing_loss: f64::NAN });
    }

    #[test]
    fn gradients_are_counted_where_a_step_takes_two() {
        let infos = ["sgd", "sgd:sam=0.05"].map(|spec| RunInfo {
            label: spec.split(':').next_back().and_then(|label| label.parse().ok()).expect("a label"),
            spec: spec.parse().expect("valid"),
            batch_size: 32,
            planned_steps: 20,
        });
        let mut history = History::new(&infos, 2);
        (0..2).for_each(|run| run_of(&mut history, run, &[0.1, 0.7, 0.8]));
        let text = Results { history: &history, guessing_loss: f64::NAN }.to_string();
        let told: Vec<&str> = text.lines().skip(3).collect();
        assert_eq!(told, ["sam=0.05 took 6 gradients in 3 steps: two a step, of which others take one."]);
    }
}
