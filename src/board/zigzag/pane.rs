//! One side: a run's last steps, as they were looked at.

use std::ops::Range;

use crate::board::playhead::RunView;
use crate::board::series::{Metric, Series};
use crate::geometry::{Plane, SketchedPath, Spot, Trail};
use crate::race::history::{RunHistory, RunState};
use crate::race::measure::{WINDOW_STEPS, WindowRecord};
use crate::race::protocol::RunIndex;
use crate::race::range_stats::{RangeStats, sketches_after};
use crate::race::recording::RecordedTrail;

/// What is seen of a run.
#[derive(Debug, Clone)]
pub struct Pane {
    /// The run that is shown.
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
    pub now: RangeStats,
    /// The same, a window of steps earlier.
    pub before: Option<RangeStats>,
    /// Distance from the initial weights at the end of the last window, and of the one before.
    pub distance: [Option<f32>; 2],
    /// Cosine between the gradients of the probe batch over the last window that has one, and the one before.
    pub gradient_cosine: [Option<f32>; 2],
    /// Whether the path is made of all numbers of these steps.
    pub is_exact: bool,
    /// Where the run was on its plane before and after each of the steps, as far as they were recorded.
    pub spots: Vec<Spot>,
    /// Steps from one of the spots to the next; more than 1 where there are too many steps to draw.
    pub stride: usize,
}

/// The cosine of an angle of 120°: what turns by more than that turns back.
const TURNS_BACK: f64 = -0.5;

impl Pane {
    /// A run's last `steps` steps; their path is still to be laid on a plane.
    pub(super) fn new(index: RunIndex, seen: RunView<'_>, run: &RunHistory, series: &Series, steps: usize) -> Self {
        let end = seen.steps.len();
        let stretch = |end: usize| RangeStats::of(run, last(steps, end));
        let range = last(steps, end);
        Self {
            run: index,
            step: end,
            has_diverged: matches!(seen.state(), RunState::Diverged { .. }),
            losses: run.steps[range.clone()].iter().map(|step| step.loss).collect(),
            smoothed: series.smoothed(index, Metric::Loss, range).to_vec(),
            now: stretch(end),
            before: end.checked_sub(WINDOW_STEPS as usize).filter(|end| *end > 0).map(stretch),
            distance: latest(seen.windows, |window| window.distance),
            gradient_cosine: latest(seen.windows, |window| window.gradient_cosine),
            is_exact: false,
            spots: Vec::new(),
            stride: 1,
        }
    }

    /// Takes the path of all numbers of the last `steps` steps, on its own plane. While the race goes on, or a person
    /// walks through its past, it may be that of a moment ago.
    pub(super) fn lay_exact(&mut self, run: &RunHistory, steps: usize, is_still: bool) {
        let is_past = self.step < run.steps.len() && !matches!(run.state, RunState::Failed { .. });
        let fits = |recorded: &&RecordedTrail| {
            let behind = self.step.abs_diff(recorded.step as usize);
            let may_be_behind = if is_past { behind <= steps } else { !(is_still || run.state.has_ended()) };
            (behind == 0 || may_be_behind) && recorded.trail.spots.len() <= steps + 1
        };
        let recorded = run.trail.as_ref().filter(fits);
        self.is_exact = true;
        self.spots = recorded.map_or_else(Vec::new, |recorded| recorded.trail.spots.clone());
        let straightness = recorded.map(|recorded| recorded.straightness).filter(|value| value.is_finite());
        self.now.straightness = self.now.straightness.or(straightness);
    }

    /// Lays a sketched path on a plane that it shares, or on its own.
    pub(super) fn lay_sketched(&mut self, path: Option<&SketchedPath>, shared: Option<&Plane>) {
        let trail = path.map(|path| shared.map_or_else(|| path.trail(), |plane| path.on(plane)));
        self.spots = trail.map_or_else(Vec::new, |Trail { spots }| spots);
        self.stride = path.map_or(1, SketchedPath::stride);
    }

    /// How many stretches of the path are drawn.
    pub fn drawn(&self) -> usize {
        self.spots.len().saturating_sub(1)
    }

    /// Where the drawn path turns by more than 120°: indices of [`Pane::spots`].
    pub fn turns_back(&self) -> impl Iterator<Item = usize> {
        let turns = |spots: &[Spot]| {
            let [ax, ay] = [spots[1].x - spots[0].x, spots[1].y - spots[0].y];
            let [bx, by] = [spots[2].x - spots[1].x, spots[2].y - spots[1].y];
            ax * bx + ay * by < TURNS_BACK * ax.hypot(ay) * bx.hypot(by)
        };
        self.spots.windows(3).zip(1..).filter(move |(spots, _)| turns(spots)).map(|(_, index)| index)
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

/// The path of the last `steps` steps of a run that has done `done`, up to the first step that is not finite, from
/// their sketches. `None` if not all of these were sketched: what was before is not what is looked at.
pub(super) fn sketched_path(run: &RunHistory, done: usize, steps: usize) -> Option<SketchedPath> {
    run.sketches.back().filter(|last| last.step as usize >= done)?;
    let is_past = done < run.steps.len();
    let first = done.saturating_sub(steps);
    if is_past && run.sketches.front().is_none_or(|sketch| sketch.step as usize > first + 1) {
        return None;
    }
    let sketches = sketches_after(run, first).take_while(|sketch| sketch.step as usize <= done);
    let sketches = sketches.map(|sketch| &*sketch.update);
    let finite: Vec<&[f32]> = sketches.take_while(|update| update.iter().all(|value| value.is_finite())).collect();
    (!finite.is_empty()).then(|| SketchedPath::new(finite.into_iter()))
}

/// The value of the last window that has one, and of the one before that.
fn latest(windows: &[WindowRecord], value: fn(&WindowRecord) -> f32) -> [Option<f32>; 2] {
    let mut values = windows.iter().rev().map(value).filter(|value| value.is_finite());
    [values.next(), values.next()]
}
