//! What optimizers keep from step to step.

use aligned_vec::{AVec, avec};

use super::chain::Chain;
use super::kernel::Scalar;
use super::rule::Slot;
use crate::gradient::Variable;

/// What one rule or transform keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<T> {
    /// For each variable, its slots.
    pub slots: Vec<Vec<AVec<T>>>,
    /// Numbers for all variables.
    pub numbers: Vec<f64>,
}

/// All that a driver keeps between two steps.
#[derive(Debug, Clone, PartialEq)]
pub struct DriverState<T> {
    /// Steps done.
    pub steps: u64,
    /// What the rule keeps, then what each transform of updates keeps.
    pub kept: Vec<Kept<T>>,
    /// The last update of every parameter.
    pub update: AVec<T>,
}

/// What was saved is not what an optimizer keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the optimizer keeps other numbers than these")]
pub struct StateMismatch;

impl<T: Scalar> DriverState<T> {
    /// Before the first step.
    pub fn new(chain: &Chain<T>, variables: &[Variable]) -> Self {
        let filled = |slots: Vec<Slot<T>>| slots.into_iter().map(|slot| avec![slot.initial; slot.length]).collect();
        let kept = chain.slots(variables).into_iter().enumerate().map(|(owner, slots)| Kept {
            slots: slots.into_iter().map(filled).collect(),
            numbers: if owner == 0 { chain.rule.kept() } else { Vec::new() },
        });
        let parameters = variables.last().map_or(0, |variable| variable.place.end);
        Self { steps: 0, kept: kept.collect(), update: avec![T::zero(); parameters] }
    }

    /// Takes over what was saved. Who keeps nothing may be there or not.
    ///
    /// # Errors
    /// When other numbers were saved than are kept here.
    pub fn restore(&mut self, saved: &Self) -> Result<(), StateMismatch> {
        if saved.update.len() != self.update.len() || !saved.shapes().eq(self.shapes()) {
            return Err(StateMismatch);
        }
        self.steps = saved.steps;
        let kept = self.kept.iter_mut().filter(|kept| kept.is_something());
        kept.zip(saved.something()).for_each(|(here, saved)| here.clone_from(saved));
        self.update.clone_from(&saved.update);
        Ok(())
    }

    fn something(&self) -> impl Iterator<Item = &Kept<T>> {
        self.kept.iter().filter(|kept| kept.is_something())
    }

    /// The lengths of all slots, whatever is in them.
    fn shapes(&self) -> impl Iterator<Item = (usize, Vec<Vec<usize>>)> {
        self.something().map(|kept| {
            let lengths = |slots: &Vec<AVec<T>>| slots.iter().map(|slot| slot.len()).collect();
            (kept.numbers.len(), kept.slots.iter().map(lengths).collect())
        })
    }
}

impl<T> Kept<T> {
    fn is_something(&self) -> bool {
        !self.numbers.is_empty() || self.slots.iter().any(|slots| !slots.is_empty())
    }
}
