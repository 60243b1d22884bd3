//! The learning rate of every step: as planned, and as a person changed it.

use super::curve::LrCurve;

/// The learning rate of every step of a run. A rate that a person sets takes the place of the scheduled one at that
/// step and scales all that follows: its factor is the new rate ÷ the scheduled one.
#[derive(Debug, Clone)]
pub struct Rate {
    curve: LrCurve,
    change: Option<Change>,
}

/// A rate that a person set.
#[derive(Debug, Clone, Copy)]
struct Change {
    lr: f64,
    /// What the schedule would have had.
    instead_of: f64,
}

impl Rate {
    /// As planned.
    pub fn new(curve: LrCurve) -> Self {
        Self { curve, change: None }
    }

    /// The rate of a step, counted from 0.
    pub fn at(&self, step: u64) -> f64 {
        let planned = self.planned(step);
        // Exactly the new rate wherever the schedule is what it was when it was set.
        self.change.map_or(planned, |change| change.lr * (planned / change.instead_of))
    }

    /// What the schedule alone says of a step, counted from 0.
    pub fn planned(&self, step: u64) -> f64 {
        self.curve.rate(step)
    }

    /// Sets the rate of a step, counted from 0, and scales all that follows.
    pub fn set(&mut self, step: u64, lr: f64) {
        self.change = Some(Change { lr, instead_of: self.scaled_from(step) });
    }

    /// The factor by which the schedule was multiplied when a person last changed it; 1 before.
    pub fn scale(&self) -> f64 {
        self.change.map_or(1.0, |change| change.lr / change.instead_of)
    }

    /// The rate to set at a step, counted from 0, so that the schedule is what was planned again.
    pub fn reset_to(&self, step: u64) -> f64 {
        self.scaled_from(step)
    }

    /// What a new rate is compared with. A rate of 0, as in the first step of a warm-up or after the end of a cosine,
    /// can be scaled to nothing else: there the spec's `lr` stands in for it.
    fn scaled_from(&self, step: u64) -> f64 {
        let planned = self.planned(step);
        if planned > 0.0 { planned } else { self.curve.lr }
    }
}
