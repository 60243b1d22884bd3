//! What there is to see of a race, without a terminal: the race as it is and how a person looks at it, from which
//! curves, axes, tables and words are made.

pub mod axis;
pub mod axis_range;
pub mod charts;
pub mod column;
pub mod columns;
pub mod curve;
pub mod landscape;
pub mod lesson;
pub mod lr;
pub mod path;
pub mod picture_saver;
pub mod playhead;
pub mod race_info;
pub mod ranking;
pub mod saver;
pub mod series;
pub mod side_by_side;
pub mod speed;
pub mod status;
pub mod throughput;
pub mod value;
pub mod walks;
pub mod zigzag;

use std::sync::Arc;
use std::time::Duration;

use crate::race::history::History;
use crate::race::landscape::{LandscapeFrame, Life};
use crate::race::protocol::RunIndex;
use crate::race::scheduler::Pace;
use crate::race::settings::RunInfo;
use crate::text::cut_apart;
use charts::ChartSettings;
use lr::Ladder;
use path::PresentSpots;
use playhead::Playhead;
use race_info::RaceInfo;
use series::Series;
use status::{Status, Tone};
use throughput::Throughput;

/// Time between two looks at runs that train: slower than frames, so that numbers can be read.
pub const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The next place in a list of so many, or the one before; behind the last comes the first.
fn beside(place: usize, count: usize, back: bool) -> usize {
    let count = count.max(1);
    (place + if back { count - 1 } else { 1 }) % count
}

/// A race as it is, and how a person looks at it. Without a run there is no race.
#[derive(Debug)]
pub struct Board {
    /// What does not change.
    pub info: RaceInfo,
    /// All that was measured.
    pub history: History,
    /// The curves made of it.
    pub series: Series,
    /// How the charts are drawn.
    pub charts: ChartSettings,
    /// The moment that is shown.
    pub playhead: Playhead,
    /// The selected run.
    pub selected: RunIndex,
    /// Whether it was read from files: there is no race that could be asked for anything.
    pub is_recorded: bool,
    /// Whether each run's curves are hidden.
    pub hidden: Vec<bool>,
    /// Whether changes of learning rate go to all runs.
    pub to_all: bool,
    /// Epochs asked for in all, and perhaps not yet confirmed by the race.
    pub asked_epochs: u32,
    /// Learning rates asked for, and not yet confirmed by the race.
    pub asked_lr: Vec<Option<f64>>,
    /// How the race is paced, as a person asked for it last.
    pub pace: Pace,
    /// What each run's learning rate climbs on.
    pub ladders: Vec<Ladder>,
    /// Whether a pause was asked for.
    pub pause_asked: bool,
    /// What was said last.
    pub status: Option<Status>,
    /// What there is to look at in this race, until somebody presses a key.
    pub hint: Option<Status>,
    /// The time since the screen opened.
    pub now: Duration,
    /// How fast the race goes.
    pub throughput: Throughput,
    /// What the landscape's worker saw last, or why there is none.
    landscape: Option<Result<LandscapeFrame, String>>,
    /// Where each run is on that plane by now.
    present: PresentSpots,
}

impl Board {
    /// A board for a race that is about to begin.
    pub fn new(info: RaceInfo, runs: &[RunInfo]) -> Self {
        let charts = ChartSettings::default();
        Self {
            history: History::new(runs, info.epochs),
            info,
            series: Series::new(runs.len(), charts.smoothing()),
            charts,
            playhead: Playhead::default(),
            selected: 0,
            is_recorded: false,
            hidden: vec![false; runs.len()],
            to_all: false,
            asked_epochs: 0,
            asked_lr: vec![None; runs.len()],
            ladders: vec![Ladder::default(); runs.len()],
            pace: Pace::default(),
            pause_asked: false,
            status: None,
            hint: None,
            now: Duration::ZERO,
            throughput: Throughput::default(),
            landscape: None,
            present: PresentSpots::new(runs.len()),
        }
    }

    /// Takes in the time and what is new in the history; whether what was said has passed or the playhead has moved.
    pub fn tick(&mut self, now: Duration) -> bool {
        let has_moved = self.play(now.saturating_sub(self.now));
        self.now = now;
        self.throughput.note(now, self.history.runs.iter().map(|run| run.samples()).sum());
        self.series.catch_up(&self.history);
        let plane = self.picture().map(|picture| Arc::clone(&picture.plane));
        let has_moved = has_moved | (self.present.project(&self.history, plane.as_ref()) && self.history.is_still());
        self.status.take_if(|status| status.has_passed(now)).is_some() || has_moved
    }

    /// Whether there is a race.
    pub fn has_race(&self) -> bool {
        !self.history.runs.is_empty()
    }

    /// Whether every run stands still though the race has not ended.
    pub fn is_paused(&self) -> bool {
        self.pause_asked && self.history.is_still() && !self.history.has_ended()
    }

    /// Whether no step has been measured yet.
    pub fn is_preparing(&self) -> bool {
        self.history.runs.iter().all(|run| run.steps.is_empty() && !run.state.has_ended())
    }

    /// The learning rate of a run's next step: the one asked for last, though it may not yet be confirmed.
    pub fn lr(&self, run: RunIndex) -> f64 {
        self.asked_lr[run].unwrap_or(self.history.runs[run].lr)
    }

    /// Selects the run below, or the one above.
    pub fn select_next(&mut self, back: bool) {
        self.selected = beside(self.selected, self.history.runs.len(), back);
    }

    /// Selects the run below in a list in this order, or the one above.
    pub fn select_in(&mut self, order: &[RunIndex], back: bool) {
        let place = order.iter().position(|run| *run == self.selected).unwrap_or(0);
        let next = beside(place, order.len(), back);
        self.selected = order.get(next).copied().unwrap_or(self.selected);
    }

    /// A run's label.
    pub fn label(&self, run: RunIndex) -> &str {
        &self.history.runs[run].info.label
    }

    /// All labels, each in so many columns of a terminal, and no two alike where that can be.
    pub fn short_labels(&self, columns: usize) -> Vec<String> {
        let names = self.names();
        cut_apart(&names.iter().map(String::as_str).collect::<Vec<_>>(), columns)
    }

    /// All paths on one plane, as the landscape's worker saw them last; `None` before, and once a run has begun again.
    pub fn picture(&self) -> Option<&LandscapeFrame> {
        let seen = self.landscape.as_ref()?.as_ref().ok();
        seen.filter(|picture| picture.life == Life::of(&self.history))
    }

    /// Why there is no landscape, if so.
    pub fn landscape_trouble(&self) -> Option<&str> {
        self.landscape.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// Takes in what the landscape's worker saw, or why there is none.
    pub fn take_in_landscape(&mut self, seen: Result<LandscapeFrame, String>) {
        self.landscape = Some(seen);
    }

    /// What is said to the person at the screen: what went wrong comes first, then the hint.
    pub fn said(&self) -> Option<&Status> {
        let error = self.status.as_ref().filter(|status| status.tone == Tone::Error);
        error.or(self.hint.as_ref()).or(self.status.as_ref())
    }

    /// All labels as they are shown: one that names a learning rate that is no longer the run's names the present one,
    /// too.
    pub fn names(&self) -> Vec<String> {
        let name = |run: RunIndex| {
            let (info, lr) = (&self.history.runs[run].info, self.lr(run));
            let is_other = info.spec.schedule.is_none() && lr as f32 != info.spec.lr as f32;
            match info.label.split_once("lr=").filter(|_| is_other) {
                Some((before, after)) => {
                    let (rate, rest) = after.split_at(after.find(' ').unwrap_or(after.len()));
                    format!("{before}lr={rate}→{}{rest}", lr::text(lr))
                }
                None => info.label.to_string(),
            }
        };
        (0..self.history.runs.len()).map(name).collect()
    }

    /// Says something that passes.
    pub fn say(&mut self, text: impl Into<String>) {
        self.say_in(Tone::Passing, text);
    }

    /// Says something in this tone.
    pub fn say_in(&mut self, tone: Tone, text: impl Into<String>) {
        self.status = Some(Status::new(text, tone, self.now));
    }
}
