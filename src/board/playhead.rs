//! The playhead: the moment of the race that the screen shows, as a number of training samples. A run is shown at its
//! last step that ended at or before it.

use std::ops::Range;
use std::time::Duration;

use serde::Serialize;

use super::Board;
use super::series::XAxis;
use crate::race::history::{RunHistory, RunState};
use crate::race::landscape::{LandscapeFrame, PathSpot};
use crate::race::measure::{EffectiveLr, EpochRecord, StepRecord, WindowRecord};
use crate::race::protocol::RunIndex;
use crate::text::grouped;

/// The part of the race that a page up or down moves the playhead by: one in so many.
const PAGES: u64 = 20;

/// How long it takes to play what the charts show from one end to the other.
const PLAY_ALL_IN: Duration = Duration::from_secs(30);

/// What a level of the zoom shows of the one before: one in so many.
const ZOOM_FACTOR: u64 = 5;

/// Steps of the selected run that the closest zoom shows.
const FEWEST_STEPS: u64 = 50;

/// The moment that is shown, and the one that it is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Playhead {
    /// Training samples; the newest moment where `None`.
    at: Option<u64>,
    /// Whether a moment of the past moves on by itself.
    is_playing: bool,
    /// Samples that are not whole yet while it plays.
    fraction: f64,
    /// A marked moment, in samples.
    mark: Option<u64>,
    /// How often the charts are magnified in time.
    zoom: u32,
}

impl Playhead {
    /// Samples at the moment that is shown; `None` where that is the newest.
    pub fn at(&self) -> Option<u64> {
        self.at
    }

    /// The marked moment, in samples.
    pub fn mark(&self) -> Option<u64> {
        self.mark
    }

    /// Whether a moment of the past is shown.
    pub fn is_back(&self) -> bool {
        self.at.is_some()
    }

    /// Whether a moment of the past moves on by itself.
    pub fn is_playing(&self) -> bool {
        self.is_back() && self.is_playing
    }

    /// Whether the charts show a part of the race.
    pub fn is_zoomed(&self) -> bool {
        self.zoom > 0
    }

    fn put(&mut self, at: Option<u64>) {
        *self = Self { at, fraction: 0.0, is_playing: self.is_playing && at.is_some(), ..*self };
    }
}

/// A run at a moment of its past, or as it is.
#[derive(Debug, Clone, Copy)]
pub struct RunView<'a> {
    run: &'a RunHistory,
    /// Its steps up to then.
    pub steps: &'a [StepRecord],
    /// Its windows up to then.
    pub windows: &'a [WindowRecord],
    /// Its evaluations up to then.
    pub epochs: &'a [EpochRecord],
}

impl<'a> RunView<'a> {
    /// A run at its last step that ended when it had seen at most `at` samples; as it is where `None`.
    pub fn new(run: &'a RunHistory, at: Option<u64>) -> Self {
        let steps = at.map_or(run.steps.len(), |at| run.steps.partition_point(|step| step.samples <= at));
        let done = if steps == run.steps.len() { u32::MAX } else { steps as u32 };
        Self {
            run,
            steps: &run.steps[..steps],
            windows: &run.windows[..run.windows.partition_point(|window| window.step <= done)],
            epochs: &run.epochs[..run.epochs.partition_point(|epoch| epoch.step <= done)],
        }
    }

    /// Whether it has taken all of its steps by then.
    pub fn is_latest(&self) -> bool {
        self.steps.len() == self.run.steps.len()
    }

    /// What it did then: a run that has trained on since then was running.
    pub fn state(&self) -> &'a RunState {
        if self.is_latest() { &self.run.state } else { &RunState::Running }
    }

    /// Learning rate of its next step.
    pub fn lr(&self) -> f64 {
        let next = self.run.steps.get(self.steps.len());
        // The shortest number that reads as this `f32` is what a person set.
        next.map_or(self.run.lr, |step| step.lr.to_string().parse().unwrap_or(step.lr.into()))
    }

    /// Training samples seen by then.
    pub fn samples(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.samples)
    }

    /// CPU time spent on training by then, in seconds.
    pub fn compute_s(&self) -> f64 {
        self.steps.last().map_or(0.0, |step| step.compute_s)
    }

    /// Effective learning rates of a layer, or of the whole network where `None`, in its last window.
    pub fn effective_lr(&self, layer: Option<usize>) -> Option<&'a EffectiveLr> {
        let last = self.windows.len().checked_sub(1)?;
        match layer {
            None => Some(&self.windows[last].effective_lr),
            Some(layer) => self.run.layer_effective_lr(layer).nth(last),
        }
    }
}

impl Board {
    /// A run at the moment that is shown.
    pub fn seen(&self, run: RunIndex) -> RunView<'_> {
        RunView::new(&self.history.runs[run], self.playhead.at)
    }

    /// A run at the marked moment, if there is one.
    pub fn marked(&self, run: RunIndex) -> Option<RunView<'_>> {
        Some(RunView::new(&self.history.runs[run], Some(self.playhead.mark?)))
    }

    /// The learning rate of a run's next step at the moment that is shown.
    pub fn seen_lr(&self, run: RunIndex) -> f64 {
        if self.playhead.is_back() { self.seen(run).lr() } else { self.lr(run) }
    }

    /// The path of a run up to the moment that is shown: its snapshots, and at the newest moment its present weights.
    pub fn seen_path(&self, picture: &LandscapeFrame, run: RunIndex) -> Vec<PathSpot> {
        let path = picture.paths.get(run).map_or(&[][..], Vec::as_slice);
        let seen = self.seen(run);
        let done = if seen.is_latest() { u32::MAX } else { seen.steps.len() as u32 };
        let mut path = path[..path.partition_point(|spot| spot.step <= done)].to_vec();
        let is_new = |at: &PathSpot| seen.is_latest() && path.last().is_none_or(|last| last.step < at.step);
        path.extend(self.present.at(run).filter(is_new));
        path
    }

    /// Samples that the run has seen which has come furthest.
    pub fn newest(&self) -> u64 {
        self.history.runs.iter().map(RunHistory::samples).max().unwrap_or(0)
    }

    /// Shows the moment at which so many samples were seen, or the newest.
    pub fn put_playhead(&mut self, at: Option<u64>) {
        self.playhead.put(at.filter(|at| *at < self.newest()));
    }

    /// One step of the selected run back, or forward; whether there was one.
    pub fn step_playhead(&mut self, forward: bool) -> bool {
        let done = self.seen(self.selected).steps.len();
        let steps = &self.history.runs[self.selected].steps;
        let next = if forward { done + 1 } else { done.saturating_sub(1) };
        if next > steps.len() || next == done {
            return false;
        }
        let at = next.checked_sub(1).map_or(0, |last| steps[last].samples);
        self.put_playhead(Some(at));
        true
    }

    /// A twentieth of the race so far back, or forward.
    pub fn page_playhead(&mut self, forward: bool) {
        let newest = self.newest();
        let (at, page) = (self.playhead.at.unwrap_or(newest), (newest / PAGES).max(1));
        self.put_playhead(Some(if forward { at + page } else { at.saturating_sub(page) }));
    }

    /// Shows the moment that lies at this place of the horizontal axis. Where the runs are there at different moments,
    /// the selected one's is meant.
    pub fn point_playhead(&mut self, place: f64) {
        let at = match self.charts.x {
            XAxis::Samples => place,
            XAxis::Epochs => place * self.info.training_samples as f64,
            XAxis::ComputeTime => {
                let scale = self.x_scale();
                let steps = &self.history.runs[self.selected].steps;
                let done = steps.partition_point(|step| scale.step(step) <= place);
                done.checked_sub(1).map_or(0.0, |last| steps[last].samples as f64)
            }
        };
        self.put_playhead(Some(at.max(0.0).round() as u64));
    }

    /// Lets a moment of the past move on by itself, or holds it.
    pub fn toggle_playing(&mut self) {
        self.playhead.is_playing = !self.playhead.is_playing;
        let says = if self.playhead.is_playing { "playing from here" } else { "held" };
        self.say(format!("the past: {says}; End shows the newest moment"));
    }

    /// Moves the playhead on while it plays; whether it has moved. What the charts show takes half a minute.
    pub(super) fn play(&mut self, passed: Duration) -> bool {
        let Some(at) = self.playhead.at.filter(|_| self.playhead.is_playing) else { return false };
        let shown = self.shown_samples();
        let moved = (shown.end - shown.start) as f64 * passed.as_secs_f64() / PLAY_ALL_IN.as_secs_f64();
        let whole = self.playhead.fraction + moved;
        self.put_playhead(Some(at + whole as u64));
        self.playhead.fraction = whole.fract();
        true
    }

    /// Marks the moment that is shown; where one is marked, takes the mark away.
    pub fn toggle_mark(&mut self) {
        self.playhead.mark = match self.playhead.mark {
            Some(_) => None,
            None => Some(self.playhead.at.unwrap_or_else(|| self.newest())),
        };
        self.say(match self.playhead.mark {
            Some(at) => format!("marked: {} samples; Δ says how far the moment shown is from it", grouped(at)),
            None => "the mark is taken away".to_owned(),
        });
    }

    /// Magnifies the charts in time around the playhead: all, 1/5, 1/25, … 50 steps, all.
    pub fn next_zoom(&mut self) {
        let run = &self.history.runs[self.selected];
        let least = FEWEST_STEPS * run.info.batch_size as u64;
        let is_closest = self.playhead.is_zoomed() && self.zoomed_samples(self.playhead.zoom) <= least;
        self.playhead.zoom = if is_closest { 0 } else { self.playhead.zoom + 1 };
        self.say(match self.zoom_name() {
            Some(part) => format!("charts show {part}"),
            None => "charts show all".to_owned(),
        });
    }

    /// How much the charts show, in words; `None` where it is all.
    pub fn zoom_name(&self) -> Option<String> {
        let batch = self.history.runs.get(self.selected)?.info.batch_size.max(1) as u64;
        let shown = self.zoomed_samples(self.playhead.zoom);
        let part = match self.playhead.zoom {
            0 => return None,
            _ if shown <= FEWEST_STEPS * batch => format!("{} steps", shown / batch),
            zoom => format!("1/{}", ZOOM_FACTOR.saturating_pow(zoom)),
        };
        Some(if self.playhead.is_back() { format!("{part} around the playhead") } else { format!("the last {part}") })
    }

    /// How many samples are shown at a level of the zoom.
    fn zoomed_samples(&self, zoom: u32) -> u64 {
        let batch = self.history.runs.get(self.selected).map_or(1, |run| run.info.batch_size as u64);
        (self.newest() / ZOOM_FACTOR.saturating_pow(zoom)).max(FEWEST_STEPS * batch).min(self.newest())
    }

    /// The part of the race that the charts show, in samples: around the playhead, or the last.
    pub fn shown_samples(&self) -> Range<u64> {
        let (newest, shown) = (self.newest(), self.zoomed_samples(self.playhead.zoom));
        let middle = self.playhead.at.unwrap_or(newest);
        let start = middle.saturating_sub(shown / 2).min(newest - shown);
        start..start + shown
    }
}
