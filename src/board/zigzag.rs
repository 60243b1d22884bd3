//! Two runs side by side: which ones, how many of their last steps, and what is seen of them.

pub mod caption;
mod pane;

use std::time::Duration;

use super::{Board, LOOK_EVERY};
use crate::geometry::Plane;
use crate::race::history::{History, RunHistory};
use crate::race::protocol::{Command, RunIndex};
use crate::race::recording::{MOST_SKETCHES, PathRecording, most_updates};

pub use pane::Pane;

/// How many of the last steps can be looked at.
const RUNGS: [usize; 7] = [20, 40, 100, 200, 500, 1000, 2000];

/// The rung to begin with: few enough steps that every single turn is seen.
const FIRST_RUNG: usize = 1;

/// Time between two paths that a run which trains is asked for: to find the plane of one takes it some milliseconds.
const TRAIL_EVERY: Duration = Duration::from_millis(200);

/// The view's state.
#[derive(Debug, Clone)]
pub struct Zigzag {
    /// The run on each side, from left to right: two, or the only one of the race; none before it was looked at.
    sides: Vec<RunIndex>,
    chosen: usize,
    rung: usize,
    /// Whether both sides are seen on one plane and scale, instead of each on its own.
    is_shared: bool,
    /// What each side shows, as of the last look.
    panes: Vec<Pane>,
    plane: Option<Plane>,
    looked: Option<(Duration, Looked)>,
    requests: Vec<Requested>,
}

/// What a look depends on.
#[derive(Debug, Clone, PartialEq)]
struct Looked {
    what: What,
    /// Steps of each side; of them, those that were sketched; and those of its trail.
    steps: Vec<[usize; 3]>,
}

/// The part of it that a person decides.
#[derive(Debug, Clone, PartialEq)]
struct What {
    generation: u32,
    sides: Vec<RunIndex>,
    rung: usize,
    is_shared: bool,
    smoothing: f64,
    at: Option<u64>,
}

/// What a run was asked for.
#[derive(Debug, Clone, Default)]
struct Requested {
    recording: PathRecording,
    trail: Option<RequestedTrail>,
}

/// A path that was asked for: when, after how many steps of the run, of how many.
#[derive(Debug, Clone, PartialEq)]
struct RequestedTrail {
    at: Duration,
    done: usize,
    steps: usize,
}

impl Zigzag {
    /// No runs yet, of so many.
    pub fn new(runs: usize) -> Self {
        Self {
            sides: Vec::new(),
            chosen: 0,
            rung: FIRST_RUNG,
            is_shared: false,
            panes: Vec::new(),
            plane: None,
            looked: None,
            requests: vec![Requested::default(); runs],
        }
    }

    /// Puts a run on the left side, and on the right the one that differs most from it, unless both sides are taken
    /// already; a run that is on a side has that side chosen.
    pub fn open(&mut self, run: RunIndex, history: &History) {
        if self.sides.is_empty() {
            self.sides = first_sides(run, history);
        }
        self.choose(run);
    }

    /// The run on each side, from left to right.
    pub fn sides(&self) -> &[RunIndex] {
        &self.sides
    }

    /// The run on the chosen side.
    pub fn chosen_run(&self) -> Option<RunIndex> {
        self.sides.get(self.chosen).copied()
    }

    /// What is seen on each side.
    pub fn panes(&self) -> &[Pane] {
        &self.panes
    }

    /// How many of the last steps are looked at.
    pub fn steps(&self) -> usize {
        RUNGS[self.rung]
    }

    /// Whether both sides are seen on one plane and scale, instead of each on its own.
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Puts both sides on one plane and scale, or each on its own again.
    pub fn toggle_shared(&mut self) {
        self.is_shared = !self.is_shared;
        self.plane = None;
    }

    /// Chooses the other side.
    pub fn next_side(&mut self) {
        self.chosen = (self.chosen + 1) % self.sides.len().max(1);
    }

    /// Chooses the side of a run, if it is on one.
    pub fn choose(&mut self, run: RunIndex) {
        self.chosen = self.sides.iter().position(|side| *side == run).unwrap_or(self.chosen);
    }

    /// Puts the next of `runs` runs on the chosen side, or the one before it; whether there is one that is on no side.
    pub fn change_run(&mut self, runs: usize, forward: bool) -> bool {
        let Some(now) = self.chosen_run() else { return false };
        let by = |distance| if forward { now + distance } else { now + runs - distance } % runs;
        let next = (1..runs).map(by).find(|run| !self.sides.contains(run));
        if let Some(run) = next {
            self.sides[self.chosen] = run;
        }
        next.is_some()
    }

    /// Looks at fewer steps; whether there is a lower rung.
    pub fn fewer_steps(&mut self) -> bool {
        let has_lower = self.rung > 0;
        self.rung -= usize::from(has_lower);
        has_lower
    }

    /// Looks at more steps; whether there is a higher rung.
    pub fn more_steps(&mut self) -> bool {
        let has_higher = self.rung + 1 < RUNGS.len();
        self.rung += usize::from(has_higher);
        has_higher
    }

    /// What has to be asked of the race so that there is something to see: recordings and, of the runs that `is_shown`
    /// says are looked at, the path of their last steps.
    pub fn requests(&mut self, board: &Board, is_shown: bool) -> Vec<(RunIndex, Command)> {
        let Board { history, now, .. } = board;
        let shown = if self.sides.is_empty() { first_sides(board.selected, history) } else { self.sides.clone() };
        let is_exact = self.is_exact(board.info.architecture.parameters());
        let mut commands = Vec::new();
        for (run, of_run) in history.runs.iter().enumerate() {
            let is_side = shown.contains(&run);
            let recording = wanted_recording(board, of_run, is_side, is_shown);
            if std::mem::replace(&mut self.requests[run].recording, recording) != recording {
                commands.push((run, Command::RecordPath { recording }));
                self.requests[run].trail = None;
            }
            let request = RequestedTrail { at: *now, done: board.seen(run).steps.len(), steps: self.steps() };
            let is_wanted = is_shown && is_side && is_exact && request.done > 0;
            if is_wanted && request.is_due(self.requests[run].trail.as_ref(), history.is_still()) {
                let at = (request.done < of_run.steps.len()).then_some(request.done as u32);
                commands.push((run, Command::Trail { steps: request.steps, at }));
                self.requests[run].trail = Some(request);
            }
        }
        commands
    }

    /// Whether every number of the steps that are looked at is kept.
    fn is_exact(&self, parameters: usize) -> bool {
        !self.is_shared && self.steps() <= most_updates(parameters)
    }

    /// Looks at the runs as they are, if they have changed and it is time to; whether there is something new to see.
    /// A race that stands still is looked at at once: then every step was asked for by a person.
    pub fn look(&mut self, board: &Board) -> bool {
        let Board { now, history, series, .. } = board;
        let parameters = board.info.architecture.parameters();
        let looking = self.looking(board);
        if let Some((before, looked)) = &self.looked {
            let is_early = *now < *before + LOOK_EVERY && !history.is_still();
            if *looked == looking || (looked.what == looking.what && is_early) {
                return false;
            }
        }
        let steps = self.steps();
        self.panes =
            self.sides.iter().map(|&run| Pane::new(run, board.seen(run), &history.runs[run], series, steps)).collect();
        if self.is_exact(parameters) {
            self.panes.iter_mut().for_each(|pane| pane.lay_exact(&history.runs[pane.run], steps, history.is_still()));
        } else {
            self.lay_sketched(history);
        }
        self.looked = Some((*now, looking));
        true
    }

    /// Lays the sketched paths on planes, one for all or one for each.
    fn lay_sketched(&mut self, history: &History) {
        let steps = self.steps();
        let paths: Vec<_> =
            self.panes.iter().map(|pane| pane::sketched_path(&history.runs[pane.run], pane.step, steps)).collect();
        if self.is_shared {
            let shaping = shaping(&self.panes);
            let of_shaping = self.panes.iter().zip(&paths).filter(|(pane, _)| shaping(pane));
            let of_shaping: Vec<_> = of_shaping.filter_map(|(_, path)| path.as_ref()).collect();
            self.plane = crate::geometry::SketchedPath::plane(of_shaping, self.plane.as_ref());
        }
        for (pane, path) in self.panes.iter_mut().zip(&paths) {
            pane.lay_sketched(path.as_ref(), self.plane.as_ref().filter(|_| self.is_shared));
        }
    }

    fn looking(&self, board: &Board) -> Looked {
        let Board { history, series, .. } = board;
        let what = What {
            generation: history.generation,
            sides: self.sides.clone(),
            rung: self.rung,
            is_shared: self.is_shared,
            smoothing: series.smoothing(),
            at: board.playhead.at(),
        };
        let steps = self.sides.iter().map(|&run| &history.runs[run]);
        let steps = steps.map(|run| {
            let sketched = run.sketches.back().map_or(0, |last| last.step as usize);
            [run.steps.len(), sketched, run.trail.as_ref().map_or(0, |trail| trail.step as usize)]
        });
        Looked { what, steps: steps.collect() }
    }
}

/// The runs of a race that was not looked at yet, `run` being one of them: beside it is the one whose measured turn
/// differs most from its own. Before any window has ended that is Adam, or SGD beside Adam, or of another optimizer.
fn first_sides(run: RunIndex, history: &History) -> Vec<RunIndex> {
    let turn = |run: &RunHistory| run.windows.last().map(|window| window.turn).filter(|turn| turn.is_finite());
    let others = || (0..history.runs.len()).filter(move |other| *other != run);
    let own = history.runs.get(run).and_then(turn);
    let differs = |other: &RunIndex| Some((turn(&history.runs[*other])? - own?).abs());
    let measured = others().filter_map(|other| Some((other, differs(&other)?)));
    // Of equals the first, so that a race that did nothing yet is seen in its own order.
    let farthest = measured.reduce(|best, next| if next.1 > best.1 { next } else { best });
    let named = |name: &str| others().find(|other| history.runs[*other].info.spec.optimizer.name == name);
    let is_adam = history.runs.get(run).is_some_and(|run| run.info.spec.optimizer.name == "adam");
    let by_name = || if is_adam { named("sgd") } else { named("adam") };
    let optimizer = |run: RunIndex| history.runs.get(run).map(|run| run.info.spec.optimizer.name);
    let unlike = || others().find(|other| optimizer(*other) != optimizer(run));
    let opposite = farthest.map(|(other, _)| other).or_else(by_name).or_else(unlike).or_else(|| others().next());
    std::iter::once(run).chain(opposite).collect()
}

/// What a run should record: all of it while it is shown. Shortly before the planned end of the race, so that many
/// steps can be seen afterwards, sketches of the runs that would be shown. From its checkpoints the last few steps of
/// any run, at any moment, can be done again.
fn wanted_recording(board: &Board, run: &RunHistory, is_side: bool, is_shown: bool) -> PathRecording {
    let epoch_steps = run.info.planned_steps / u64::from(board.info.epochs.max(1));
    let left = (epoch_steps * u64::from(board.history.epochs)).saturating_sub(run.steps.len() as u64);
    match () {
        () if is_side && is_shown => PathRecording::UpdatesAndSketches,
        () if is_side && left <= MOST_SKETCHES as u64 => PathRecording::Sketches,
        () => PathRecording::Checkpoints,
    }
}

impl RequestedTrail {
    /// Whether it has to be asked for, given what was asked for last: at once where another number of steps is looked
    /// at or the race stands still, else now and then.
    fn is_due(&self, last: Option<&Self>, is_still: bool) -> bool {
        let Some(last) = last else { return true };
        let is_new = (last.done, last.steps) != (self.done, self.steps);
        is_new && (is_still || last.steps != self.steps || self.at >= last.at + TRAIL_EVERY)
    }
}

/// Whether a pane has a say in what they share, the plane and all scales: one that diverged has none, as it would be
/// all that is seen, unless there are no others.
pub fn shaping(panes: &[Pane]) -> impl Fn(&Pane) -> bool + use<> {
    let all_diverged = panes.iter().all(|pane| pane.has_diverged);
    move |pane| all_diverged || !pane.has_diverged
}
