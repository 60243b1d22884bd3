//! The state of a training now and then, from which any of its steps can be done again.

use crate::nn::ParameterLayout;
use crate::optim::schedule::Rate;
use crate::optim::{Spec, StepperState};
use crate::race::measure::WINDOW_STEPS;

/// The most that are kept all over the race.
const MOST: usize = 12;

/// Steps between the newest ones, however long the race: to do the last steps again takes no longer.
const NEWEST_EVERY: u32 = 4 * WINDOW_STEPS as u32;

/// Those of the newest ones that are kept in any case.
const NEWEST: usize = 2;

/// Bytes that those of a run may take.
const BYTES: usize = 64 << 20;

/// Bytes that all checkpoints of a run take at most, given what it trains.
pub fn checkpoint_bytes(spec: &Spec, parameters: &ParameterLayout) -> usize {
    let numbers = checkpoint_numbers(spec, parameters);
    numbers * size_of::<f32>() * most_checkpoints(numbers)
}

/// Numbers in a checkpoint: the parameters, their last update, and what the optimizer keeps of them.
fn checkpoint_numbers(spec: &Spec, parameters: &ParameterLayout) -> usize {
    2 * parameters.parameters + spec.chain_f32().numbers(&parameters.variables())
}

/// The most checkpoints that a run keeps of which each takes so many numbers: 14, or as many as fit into 64 MiB, but
/// the two newest in any case.
fn most_checkpoints(numbers: usize) -> usize {
    (BYTES / (numbers.max(1) * size_of::<f32>())).clamp(NEWEST, MOST + NEWEST)
}

/// All that a training needs to go on from one of its steps.
pub(super) struct Checkpoint {
    /// Steps done.
    pub(super) step: u32,
    /// Number of the epoch that goes on.
    pub(super) epoch: u32,
    /// Samples of this epoch that were seen.
    pub(super) seen: usize,
    /// Weights and biases.
    pub(super) parameters: Box<[f32]>,
    /// What the optimizer keeps.
    pub(super) stepper: StepperState,
}

/// The checkpoints of a run: evenly spaced all over what it has trained, and the newest.
pub(super) struct Checkpoints {
    kept: Vec<Checkpoint>,
    most: usize,
    spacing: u32,
    /// The learning rates, each from this step on, counted from 0.
    rates: Vec<(u32, Rate)>,
}

impl Checkpoints {
    /// None yet, of a run that begins at this rate.
    pub(super) fn new(spec: &Spec, parameters: &ParameterLayout, rate: Rate) -> Self {
        let most = most_checkpoints(checkpoint_numbers(spec, parameters));
        Self { kept: Vec::new(), most, spacing: WINDOW_STEPS as u32, rates: vec![(0, rate)] }
    }

    /// Whether one is to be kept after so many steps.
    pub(super) fn is_due(&self, step: u32) -> bool {
        step.is_multiple_of(self.spacing.min(NEWEST_EVERY))
    }

    /// Keeps the newest, and drops those that are closer together than there is room for.
    pub(super) fn keep(&mut self, checkpoint: Checkpoint) {
        self.kept.push(checkpoint);
        while self.spaced().count() > self.most.saturating_sub(NEWEST) && self.kept.len() > NEWEST {
            self.spacing = self.spacing.saturating_mul(2);
            self.thin();
            if self.spacing == u32::MAX {
                break;
            }
        }
        self.thin();
    }

    fn spaced(&self) -> impl Iterator<Item = &Checkpoint> {
        self.kept.iter().filter(|kept| kept.step.is_multiple_of(self.spacing))
    }

    fn thin(&mut self) {
        let newest = self.kept.iter().rev().nth(NEWEST - 1).map_or(0, |kept| kept.step);
        let spacing = self.spacing;
        self.kept.retain(|kept| kept.step >= newest || kept.step.is_multiple_of(spacing));
    }

    /// The latest one of a step up to this.
    pub(super) fn latest(&self, step: u32) -> Option<&Checkpoint> {
        self.kept.iter().rev().find(|kept| kept.step <= step)
    }

    /// Notes that the learning rate is another one from this step on, counted from 0.
    pub(super) fn note_rate(&mut self, step: u32, rate: Rate) {
        self.rates.push((step, rate));
    }

    /// The learning rate of a step, counted from 0.
    pub(super) fn lr(&self, step: u32) -> f64 {
        let rate = self.rates.iter().rev().find(|(from, _)| *from <= step);
        rate.map_or(f64::NAN, |(_, rate)| rate.at(step.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient::Variable;
    use crate::optim::Stepper;

    #[test]
    fn checkpoints_are_spread_over_the_race_and_near_its_end() {
        let spec: Spec = "sgd".parse().unwrap();
        let stepper = Stepper::new(&spec, vec![Variable::bias(0, 1)]);
        let parameters = ParameterLayout::new(std::iter::empty());
        let mut checkpoints = Checkpoints::new(&spec, &parameters, spec.rate(10_000));
        let mut most = 0;
        for step in 1..=7_450 {
            if checkpoints.is_due(step) {
                let stepper = stepper.save();
                checkpoints.keep(Checkpoint { step, epoch: 1, seen: 0, parameters: Box::from([0.0]), stepper });
            }
            most = most.max(checkpoints.kept.len());
        }
        let steps: Vec<u32> = checkpoints.kept.iter().map(|kept| kept.step).collect();
        assert_eq!(steps, [800, 1600, 2400, 3200, 4000, 4800, 5600, 6400, 7200, 7400]);
        assert!(most <= MOST + NEWEST, "{most}");
        assert_eq!(checkpoints.latest(799).map(|kept| kept.step), None);
        assert_eq!(checkpoints.latest(7399).map(|kept| kept.step), Some(7200));
    }
}
