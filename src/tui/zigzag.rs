//! Two runs side by side: which ones, how many of their last steps, and what is seen of them.

mod pane;

use std::time::Duration;

use crate::geometry::{Plane, SketchedPath};
use crate::race::history::{History, RunHistory};
use crate::race::protocol::RunIndex;
use crate::race::watch::MOST_SKETCHES;
use crate::tui::series::Series;

pub use pane::Pane;

/// How many of the last steps can be looked at.
const RUNGS: [usize; 7] = [20, 50, 100, 200, 500, 1000, 2000];

/// The rung to begin with.
const FIRST_RUNG: usize = 3;

/// Time between two looks at runs that train: slower than frames, so that numbers can be read.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The view's state.
#[derive(Debug, Clone)]
pub struct Zigzag {
    /// The run on each side, from left to right: two, or the only one of the race.
    sides: Vec<RunIndex>,
    chosen: usize,
    rung: usize,
    /// What each side shows, as of the last look.
    panes: Vec<Pane>,
    plane: Option<Plane>,
    looked: Option<(Duration, Looked)>,
}

/// What a look depends on.
#[derive(Debug, Clone, PartialEq)]
struct Looked {
    what: What,
    /// Steps of each side, and of them, those that were sketched.
    steps: Vec<(usize, usize)>,
}

/// The part of it that a person decides.
#[derive(Debug, Clone, PartialEq)]
struct What {
    generation: u32,
    sides: Vec<RunIndex>,
    rung: usize,
    smoothing: f64,
}

impl Zigzag {
    /// The first SGD on the left, the first Adam on the right; where there is no such run, the first that is left.
    pub fn new(history: &History) -> Self {
        let named = |name: &str| history.runs.iter().position(|run| run.info.spec.optimizer.name == name);
        let other_than = |taken: Option<RunIndex>| (0..history.runs.len()).find(|run| Some(*run) != taken);
        let right = named("adam");
        let left = named("sgd").or_else(|| other_than(right));
        let sides = left.into_iter().chain(right.or_else(|| other_than(left)));
        Self { sides: sides.collect(), chosen: 0, rung: FIRST_RUNG, panes: Vec::new(), plane: None, looked: None }
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

    /// Whether the steps of a run have to be sketched: while it is shown, and shortly before the planned end of the
    /// race, so that there is something to see afterwards.
    pub fn wants_sketches(&self, run: RunIndex, history: &History, planned_epochs: u32, is_shown: bool) -> bool {
        let RunHistory { info, steps, .. } = &history.runs[run];
        let epoch_steps = info.planned_steps / u64::from(planned_epochs.max(1));
        let left = (epoch_steps * u64::from(history.epochs)).saturating_sub(steps.len() as u64);
        self.sides.contains(&run) && (is_shown || left <= MOST_SKETCHES as u64)
    }

    /// Looks at the runs as they stand, if they have changed and it is time to; whether there is something new to see.
    /// A race that stands still is looked at at once: then every step was asked for by a person.
    pub fn look(&mut self, now: Duration, history: &History, series: &Series) -> bool {
        let looking = self.looking(history, series);
        if let Some((before, looked)) = &self.looked {
            let is_early = now < *before + LOOK_EVERY && !history.is_still();
            if *looked == looking || (looked.what == looking.what && is_early) {
                return false;
            }
        }
        let steps = self.steps();
        let newest = self.sides.iter().map(|&run| Pane::new(run, &history.runs[run], series, steps));
        let (mut panes, paths): (Vec<Pane>, Vec<SketchedPath>) = newest.unzip();
        self.plane = best_plane(&panes, &paths, self.plane.as_ref());
        for (pane, path) in panes.iter_mut().zip(&paths) {
            pane.lay(path, self.plane.as_ref());
        }
        self.panes = panes;
        self.looked = Some((now, looking));
        true
    }

    fn looking(&self, history: &History, series: &Series) -> Looked {
        let what = What {
            generation: history.generation,
            sides: self.sides.clone(),
            rung: self.rung,
            smoothing: series.smoothing(),
        };
        let steps = self.sides.iter().map(|&run| &history.runs[run]);
        let steps = steps.map(|run| (run.steps.len(), run.sketches.back().map_or(0, |last| last.step as usize)));
        Looked { what, steps: steps.collect() }
    }
}

/// The plane that best shows all paths that shape the picture.
fn best_plane(panes: &[Pane], paths: &[SketchedPath], previous: Option<&Plane>) -> Option<Plane> {
    let shaping = shaping(panes);
    let paths: Vec<&SketchedPath> = panes.iter().zip(paths).filter(|(pane, _)| shaping(pane)).map(|(_, p)| p).collect();
    if paths.is_empty() { None } else { SketchedPath::plane(paths, previous) }
}

/// Whether a pane has a say in what they share, the plane and all scales: one that diverged has none, as it would be all
/// that is seen, unless there are no others.
pub fn shaping(panes: &[Pane]) -> impl Fn(&Pane) -> bool + use<> {
    let all_diverged = panes.iter().all(|pane| pane.has_diverged);
    move |pane| all_diverged || !pane.has_diverged
}
