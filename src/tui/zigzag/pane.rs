//! One side: a run's last steps, as they were looked at.

use std::ops::Range;

use crate::geometry::{Plane, SketchedPath, Spot};
use crate::race::history::{RunHistory, RunState};
use crate::race::metrics::{WINDOW_STEPS, WindowRecord};
use crate::race::protocol::RunIndex;
use crate::race::stretch::{Stretch, sketches_after};
use crate::tui::series::{Metric, Series};

/// What is seen of a run.
#[derive(Debug, Clone)]
pub struct Pane {
    /// The run.
    pub run: RunIndex,
    /// Steps it has done.
    pub step: usize,
    /// Whether it has diverged.
    pub has_diverged: bool,
    /// The loss of each of the last steps.
    pub losses: Vec<f32>,
    /// The same, smoothed like the curves of the race.
    pub smoothed: Vec<f32>,
    /// What is measured of these steps.
    pub now: Stretch,
    /// The same, a window of steps earlier.
    pub before: Option<Stretch>,
    /// Distance from the initial weights at the end of the last window, and of the one before.
    pub distance: [Option<f32>; 2],
    /// Cosine between the gradients of the probe batch over the last window that has one, and the one before.
    pub gradient_cosine: [Option<f32>; 2],
    /// Where the run was on the plane before and after each of the steps, as far as they were sketched without a gap
    /// up to now.
    pub spots: Vec<Spot>,
}

impl Pane {
    /// A run's last `steps` steps, and their path, which is still to be laid on a plane.
    pub(super) fn new(index: RunIndex, run: &RunHistory, series: &Series, steps: usize) -> (Self, SketchedPath) {
        let end = run.steps.len();
        let stretch = |end: usize| Stretch::of(run, last(steps, end));
        let range = last(steps, end);
        let pane = Self {
            run: index,
            step: end,
            has_diverged: matches!(run.state, RunState::Diverged { .. }),
            losses: run.steps[range.clone()].iter().map(|step| step.loss).collect(),
            smoothed: series.smoothed(index, Metric::Loss, range).to_vec(),
            now: stretch(end),
            before: end.checked_sub(WINDOW_STEPS as usize).filter(|end| *end > 0).map(stretch),
            distance: latest(run, |window| window.distance),
            gradient_cosine: latest(run, |window| window.gradient_cosine),
            spots: Vec::new(),
        };
        (pane, path(run, end.saturating_sub(steps)))
    }

    /// Lays the path on the plane that all share.
    pub(super) fn lay(&mut self, path: &SketchedPath, plane: Option<&Plane>) {
        self.spots = plane.map_or_else(Vec::new, |plane| path.spots(plane));
    }

    /// How many of the last steps were sketched.
    pub fn sketched(&self) -> usize {
        self.spots.len().saturating_sub(1)
    }

    /// The share of the path's spread that the plane shows, 0 to 1; `None` where it has none.
    pub fn shown(&self) -> Option<f64> {
        let sum = |square: fn(&Spot) -> f64| self.spots.iter().map(square).sum::<f64>();
        let on = sum(|spot| spot.x * spot.x + spot.y * spot.y);
        let share = on / (on + sum(|spot| spot.off * spot.off));
        share.is_finite().then_some(share)
    }
}

/// The last `steps` steps up to `end`, or all there are.
fn last(steps: usize, end: usize) -> Range<usize> {
    end.saturating_sub(steps)..end
}

/// The way of a run after its first `from` steps, up to the first step that is not finite. Nothing if its last step was
/// not sketched: what was before is not what is looked at.
fn path(run: &RunHistory, from: usize) -> SketchedPath {
    let is_up_to_date = run.sketches.back().is_some_and(|last| last.step as usize == run.steps.len());
    let sketches = is_up_to_date.then(|| sketches_after(run, from)).into_iter().flatten();
    let finite =
        sketches.map(|sketch| &sketch.update).take_while(|update| update.iter().all(|value| value.is_finite()));
    SketchedPath::new(finite)
}

/// The value of the last window that has one, and of the one before that.
fn latest(run: &RunHistory, value: fn(&WindowRecord) -> f32) -> [Option<f32>; 2] {
    let mut values = run.windows.iter().rev().map(value).filter(|value| value.is_finite());
    [values.next(), values.next()]
}
