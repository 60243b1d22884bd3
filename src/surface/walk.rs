//! One optimizer on its way over a surface.

use super::definition::{Point, Surface};
use super::noise::{Noise, NoiseSource};
use crate::optim::driver::Driver;
use crate::optim::schedule::Rate;
use crate::optim::{Label, Spec};

/// Where a walk stood after a step, and what the surface is like there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Steps taken to get here; 0 is the start.
    pub step: u32,
    /// The place.
    pub at: Point,
    /// The function's value.
    pub value: f64,
    /// Its exact gradient, without the noise that the optimizer may have seen.
    pub gradient: Point,
    /// Learning rate of the step that led here; at the start, that of the first.
    pub lr: f64,
}

impl Step {
    fn is_finite(&self) -> bool {
        [self.at.x, self.at.y, self.value, self.gradient.x, self.gradient.y].into_iter().all(f64::is_finite)
    }
}

/// Why a walk goes no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All its steps are done.
    Finished,
    /// Its last step led out of the surface's range.
    LeftRange,
    /// A number of its last step is not finite.
    Diverged,
}

/// Steps over which [`Walk::turn`] is taken.
const TURN_WINDOW: usize = 50;

/// An optimizer on a surface, with every step it has taken.
pub struct Walk {
    label: Label,
    spec: Spec,
    surface: &'static Surface,
    planned: u32,
    driver: Driver<f64>,
    position: [f64; 2],
    noise: Option<NoiseSource>,
    rate: Rate,
    steps: Vec<Step>,
}

impl Walk {
    /// A walk on `surface` from `start`, of so many steps, before its first.
    pub(super) fn new(
        surface: &'static Surface,
        start: Point,
        steps: u32,
        noise: Option<Noise>,
        label: Label,
        spec: &Spec,
    ) -> Self {
        let mut walk = Self {
            label,
            spec: spec.clone(),
            surface,
            planned: steps,
            driver: spec.driver_f64(2),
            position: [start.x, start.y],
            noise: noise.map(NoiseSource::new),
            rate: spec.rate(steps.into()),
            steps: Vec::new(),
        };
        walk.note(0);
        walk
    }

    /// Its name, unlike that of every other walk of the plan.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Its optimizer.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Learning rate of the next step.
    pub fn lr(&self) -> f64 {
        self.rate.at(self.last().step.into())
    }

    /// Changes the learning rate from the next step on; a schedule's rest is scaled with it.
    pub fn set_lr(&mut self, lr: f64) {
        self.rate.set(self.last().step.into(), lr);
        if let [start] = &mut self.steps[..] {
            start.lr = lr;
        }
    }

    /// Every step so far, the start included.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Where it is now.
    pub fn last(&self) -> &Step {
        &self.steps[self.steps.len() - 1]
    }

    /// Why it goes no further, if it does not.
    pub fn end(&self) -> Option<End> {
        let last = self.last();
        match () {
            () if !last.is_finite() => Some(End::Diverged),
            () if !self.surface.contains(last.at) => Some(End::LeftRange),
            () if last.step >= self.planned => Some(End::Finished),
            () => None,
        }
    }

    /// Takes a step, unless the walk has ended.
    pub fn step(&mut self) {
        if self.end().is_some() {
            return;
        }
        let (step, lr) = (self.last().step, self.lr());
        let noise = self.noise.as_mut().map_or(Point::new(0.0, 0.0), NoiseSource::draw);
        let Self { surface, driver, position, .. } = self;
        driver.step(lr, position, |at| {
            let gradient = (surface.gradient)(Point::new(at[0], at[1]));
            vec![gradient.x + noise.x, gradient.y + noise.y]
        });
        self.note(step + 1);
    }

    /// Takes all steps that are left.
    pub fn finish(&mut self) {
        while self.end().is_none() {
            self.step();
        }
    }

    /// How sharply it turned: the mean angle between one step and the next, in degrees, over its last 50 steps. 0 is
    /// straight on, 180 is back. `None` until there are two steps that lead anywhere. (Ours; the angle whose cosine
    /// the race calls `update_cosine`.)
    pub fn turn(&self) -> Option<f64> {
        let recent = &self.steps[self.steps.len().saturating_sub(TURN_WINDOW + 1)..];
        let moves = recent.windows(2).map(|pair| (pair[1].at.x - pair[0].at.x, pair[1].at.y - pair[0].at.y));
        let moves: Vec<(f64, f64)> = moves.collect();
        let angle = |pair: &[(f64, f64)]| {
            let [(ax, ay), (bx, by)] = [pair[0], pair[1]];
            let is_turn = ax.hypot(ay) * bx.hypot(by) > 0.0;
            is_turn.then(|| (ax * by - ay * bx).atan2(ax * bx + ay * by).abs().to_degrees())
        };
        let angles: Vec<f64> = moves.windows(2).filter_map(angle).filter(|angle| angle.is_finite()).collect();
        (!angles.is_empty()).then(|| angles.iter().sum::<f64>() / angles.len() as f64)
    }

    /// Notes where a step has led, and the learning rate it was taken with; for the start, that of the first step.
    fn note(&mut self, step: u32) {
        let at = Point::new(self.position[0], self.position[1]);
        let (value, gradient) = ((self.surface.value)(at), (self.surface.gradient)(at));
        let lr = self.rate.at(step.saturating_sub(1).into());
        self.steps.push(Step { step, at, value, gradient, lr });
    }
}
