//! All paths of a race on one plane of weight space, with the true loss on it, computed beside the race.
//!
//! A [`Landscape`] has a thread of its own. It is given what there is to see ([`Landscape::look`]) and sends
//! [`LandscapeFrame`]s: at once one with the paths, then one for every finer grid of losses.
//!
//! **The plane** is that of the first two principal components of all runs' snapshots (Li et al. 2018, *Visualizing the
//! loss landscape of neural nets*), with the common start at (0, 0). It stays as it is while it shows at most
//! [`LOST_SHARE`] less of their variance than the best plane would; a new one is turned towards the one before
//! ([`Plane::of_points`]). Its rectangle becomes larger when paths leave it, and smaller when they fill but a small
//! part of it; what is known of the loss stays to be seen until the new one is known.
//!
//! **The loss** at a point is the mean cross-entropy over [`LOSS_SAMPLES`] training samples, the same for all, that the
//! race's seed chooses.
//!
//! **Spare time.** While runs train ([`Budget::Beside`]) everything happens in this one thread, in pieces of a few
//! milliseconds (a new plane takes some tens of them), and after each piece it waits until it has computed for no more
//! than 4 % of the time of all cores together: so much is what it can take from training. Where a core is left that no
//! run computes on, it is 25 % of that core, as it shares caches and power with the others. While nothing trains
//! ([`Budget::Alone`]) all cores compute. It reads what it is given and writes nothing that a run reads, so no number
//! of the race depends on it.

mod grid;
mod loss_evaluator;
mod map;
mod worker;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::history::{History, RunHistory, RunState};
use super::recording::Snapshot;
use super::settings::RaceSetup;
use crate::geometry::{Plane, Spot};
use crate::system::{NoThread, thread_named, thread_pool};
pub use grid::Grid;
pub use loss_evaluator::LOSS_SAMPLES;
use loss_evaluator::LossEvaluator;
pub use map::LOST_SHARE;
use worker::{Cores, LandscapeWorker};

/// How much of the machine a landscape may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Runs train meanwhile.
    Beside,
    /// Nothing trains.
    Alone,
}

/// How often runs had begun again: what is seen of one life says nothing of the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Life {
    /// How often the race had been restarted.
    pub generation: u32,
    /// How often single runs had, since then.
    pub restarts: u32,
}

impl Life {
    /// That of a race as it is.
    pub fn of(history: &History) -> Self {
        Self { generation: history.generation, restarts: history.runs.iter().map(|run| run.restarts).sum() }
    }
}

/// What there is to see.
#[derive(Debug, Clone)]
pub struct LandscapeRequest {
    /// Snapshots of each run, the first weights first.
    pub paths: Vec<Vec<Snapshot>>,
    /// Which runs decide the plane and its rectangle: not those that diverged or are hidden.
    pub shaping: Vec<bool>,
    /// Which lives of the runs these are.
    pub life: Life,
    /// How much of the machine it may take.
    pub effort: Budget,
}

impl LandscapeRequest {
    /// All runs of a race as they are, without a say for those that are `hidden`, unless all are.
    pub fn of(history: &History, hidden: &[bool]) -> Self {
        let effort = if history.is_still() { Budget::Alone } else { Budget::Beside };
        let runs = || history.runs.iter().zip(hidden);
        let lives = |run: &RunHistory| !matches!(run.state, RunState::Diverged { .. });
        let with_a_say: [Vec<bool>; 3] = [
            runs().map(|(run, hidden)| lives(run) && !hidden).collect(),
            runs().map(|(run, _)| lives(run)).collect(),
            runs().map(|_| true).collect(),
        ];
        Self {
            paths: history.runs.iter().map(|run| run.snapshots.clone()).collect(),
            shaping: with_a_say.into_iter().find(|say| say.contains(&true)).unwrap_or_default(),
            life: Life::of(history),
            effort,
        }
    }

    /// A scene with nothing in it: the landscape rests.
    pub fn empty() -> Self {
        Self { paths: Vec::new(), shaping: Vec::new(), life: Life::default(), effort: Budget::Beside }
    }
}

/// What is seen.
#[derive(Debug, Clone)]
pub struct LandscapeFrame {
    /// The plane.
    pub plane: Arc<Plane>,
    /// The share of the variance of the snapshots that shape the plane along each of its axes, 0 to 1. The plane's own
    /// numbers are of the snapshots that it was made from, which may be fewer.
    pub explained: [f64; 2],
    /// What is shown of the plane, from left to right.
    pub x: [f64; 2],
    /// What is shown of the plane, from bottom to top.
    pub y: [f64; 2],
    /// The life of its scene.
    pub life: Life,
    /// Where the snapshots of each run lie on it, in the order of the scene's.
    pub paths: Vec<Vec<PathSpot>>,
    /// The loss on the plane, or on the part of it that was shown before; `None` before the first grid of a new plane
    /// is complete.
    pub grid: Option<Arc<Grid>>,
    /// Whether the grid is the finest.
    pub is_finest: bool,
}

/// A snapshot on the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathSpot {
    /// Steps done.
    pub step: u32,
    /// Its place.
    pub spot: Spot,
    /// How far its weights are from the run's first.
    pub distance: f64,
}

impl PathSpot {
    /// Where a snapshot is on a plane, given the first weights of its run.
    pub fn of(snapshot: &Snapshot, first: &[f32], plane: &Plane) -> Self {
        let squares =
            first.iter().zip(&*snapshot.weights).map(|(&from, &to)| (f64::from(to) - f64::from(from)).powi(2));
        Self { step: snapshot.step, spot: plane.project(&snapshot.weights), distance: squares.sum::<f64>().sqrt() }
    }
}

/// A thread that computes pictures.
pub struct Landscape {
    /// `None` only while it is dropped.
    scenes: Option<Sender<LandscapeRequest>>,
    pictures: Receiver<LandscapeFrame>,
    thread: Option<JoinHandle<()>>,
}

impl Landscape {
    /// A landscape of the race of these settings, with nothing to see yet.
    ///
    /// # Errors
    /// When the system refuses another thread.
    pub fn start(setup: &RaceSetup) -> Result<Self, NoThread> {
        let RaceSetup { settings, data, architecture } = setup.clone();
        let (scenes, inbox) = unbounded();
        let (outbox, pictures) = unbounded();
        let seed = settings.seed;
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let is_one_spare = cores > settings.threads.get().min(settings.specs.len());
        let no_thread = |cause| NoThread { purpose: "for the loss around the paths", cause };
        let pool = thread_pool(cores).map_err(no_thread)?;
        let thread = thread_named("landscape").spawn(move || {
            let field = LossEvaluator::new(&architecture, &data, seed, pool);
            LandscapeWorker::new(field, Cores { count: cores, is_one_spare }, inbox, outbox).run();
        });
        let thread = thread.map_err(no_thread)?;
        Ok(Self { scenes: Some(scenes), pictures, thread: Some(thread) })
    }

    /// Shows it what there is to see, in place of what it saw before. Returns at once; call it when snapshots have come
    /// or the race has been paused or resumed.
    pub fn look(&self, scene: LandscapeRequest) {
        if let Some(scenes) = &self.scenes {
            // Should its thread have died, there will be no more pictures.
            let _ = scenes.send(scene);
        }
    }

    /// Where pictures can be received; nobody has to.
    pub fn pictures(&self) -> &Receiver<LandscapeFrame> {
        &self.pictures
    }
}

impl Drop for Landscape {
    /// Stops the thread, which takes as long as a few losses, and waits for it.
    fn drop(&mut self) {
        self.scenes = None;
        if let Some(thread) = self.thread.take() {
            // A panic has been reported already.
            let _ = thread.join();
        }
    }
}
