//! A stretch of a run's way, of any length: what a [`WindowRecord`](super::measure::WindowRecord) holds of 50 steps,
//! measured anew of those that are looked at.

use std::ops::Range;

use super::history::RunHistory;
use super::measure::StepRecord;
use super::recording::StepSketch;
use crate::geometry::{Roughness, Turn, angle};

/// Classes of angles between consecutive updates, from 0° to 180°.
pub const ANGLES: usize = 12;

/// Some consecutive steps of a run, measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RangeStats {
    /// How many steps.
    pub steps: usize,
    /// Mean angle between consecutive updates, in degrees; `NaN` where no step has one. Exact.
    pub turn: f64,
    /// Mean cosine between consecutive updates; `NaN` where no step has one. Exact.
    pub update_cosine: f64,
    /// Standard deviation of the loss differences from step to step, in nats: see [`Roughness`]. Exact.
    pub roughness: f64,
    /// ‖θ(end) − θ(start)‖ ÷ Σ‖Δθ‖, at most 1. The path length is exact; the distance comes from sketches of the steps
    /// and has a relative standard deviation of up to 1.6 % (see [`Sketcher`](crate::geometry::Sketcher)). `None` where
    /// not every step was sketched, or none moved.
    pub straightness: Option<f64>,
    /// How many updates lie at which angle to the one before, in [`ANGLES`] classes of 15°.
    pub angles: [u32; ANGLES],
}

impl RangeStats {
    /// The steps of `run` in this range of [`RunHistory::steps`], as far as there are any.
    pub fn of(run: &RunHistory, range: Range<usize>) -> Self {
        let range = range.start.min(run.steps.len())..range.end.min(run.steps.len());
        let steps = &run.steps[range.clone()];
        let (mut turn, mut roughness) = (Turn::default(), Roughness::default());
        // As in a window, the first difference is that from the step before.
        let before = range.start.checked_sub(1).map(|index| &run.steps[index]);
        before.into_iter().for_each(|step| roughness.step(step.loss.into()));
        let mut angles = [0; ANGLES];
        let (mut cosines, mut count) = (0.0, 0_u32);
        for step in steps {
            roughness.step(step.loss.into());
            let cosine = f64::from(step.update_cosine);
            turn.step(cosine);
            if !cosine.is_nan() {
                let class = (angle(cosine) / 180.0 * ANGLES as f64) as usize;
                angles[class.min(ANGLES - 1)] += 1;
                cosines += cosine;
                count += 1;
            }
        }
        Self {
            steps: steps.len(),
            turn: turn.end_window(),
            update_cosine: cosines / f64::from(count),
            roughness: roughness.end_window(),
            straightness: straightness(run, steps),
            angles,
        }
    }
}

/// The sketches of a run's steps after the first `from`, as far as there are any.
pub fn sketches_after(run: &RunHistory, from: usize) -> impl ExactSizeIterator<Item = &StepSketch> {
    let first = run.sketches.front().map_or(0, |sketch| sketch.step as usize);
    let skipped = (from + 1).saturating_sub(first).min(run.sketches.len());
    run.sketches.range(skipped..)
}

fn straightness(run: &RunHistory, steps: &[StepRecord]) -> Option<f64> {
    let (first, last) = (steps.first()?.step, steps.last()?.step);
    let sketches = sketches_after(run, first as usize - 1).take_while(|sketch| sketch.step <= last);
    let (mut sum, mut count) = (Vec::new(), 0);
    for sketch in sketches {
        sum.resize(sketch.update.len(), 0.0);
        sum.iter_mut().zip(&*sketch.update).for_each(|(sum, &value)| *sum += f64::from(value));
        count += 1;
    }
    let came = sum.iter().map(|value: &f64| value * value).sum::<f64>().sqrt();
    let walked: f64 = steps.iter().map(|step| f64::from(step.update_norm)).sum();
    let straightness = came / walked;
    (count == steps.len() && straightness.is_finite()).then_some(straightness.min(1.0))
}
