//! The thread of a landscape: what it does when, and how long it waits in between.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::loss_evaluator::LossEvaluator;
use super::map::Map;
use super::{Budget, Grid, LandscapeFrame, LandscapeRequest, Life};
use crate::geometry::Plane;
use crate::race::clock::ComputeClock;

/// How many times as long as it computes the thread waits while runs train on the only core: it takes 4 % of its time.
/// Of several cores it takes as large a share in all.
const REST: u32 = 24;

/// The least it waits, also where a core is left that no run computes on: it takes 25 % of its time.
const LEAST_REST: u32 = 3;

/// The receiver of pictures is gone.
struct Dropped;

/// What has the thread stop what it is doing.
enum Interruption {
    Dropped,
    /// It is time for the newest scene.
    Changed,
}

impl From<Dropped> for Interruption {
    fn from(Dropped: Dropped) -> Self {
        Self::Dropped
    }
}

/// The cores of the machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cores {
    pub(super) count: usize,
    /// Whether one is left that no run computes on.
    pub(super) is_one_spare: bool,
}

pub(super) struct LandscapeWorker {
    field: LossEvaluator,
    map: Map,
    /// The last complete grid of the plane, and what is known of the next, which may be larger.
    complete: Option<Arc<Grid>>,
    next: Option<(Grid, Vec<usize>)>,
    rest: u32,
    /// The life of which it has sent a picture: the first is made without a rest, as somebody waits for it.
    sent: Option<Life>,
    /// Until when it waits before it works on.
    rested: Instant,
    effort: Budget,
    /// What the thread works on.
    scene: LandscapeRequest,
    /// What it will work on next. While runs train, snapshots come more often than pictures can be made.
    newest: Option<LandscapeRequest>,
    /// Time spent on the paths of the scene; as much is spent on losses before the next scene has its turn.
    spent_on_paths: Duration,
    /// Time spent on what it is at: paths or losses.
    spent: Duration,
    scenes: Receiver<LandscapeRequest>,
    pictures: Sender<LandscapeFrame>,
}

impl LandscapeWorker {
    /// One that computes beside runs on this many cores, on all of them or not.
    pub(super) fn new(
        field: LossEvaluator,
        cores: Cores,
        scenes: Receiver<LandscapeRequest>,
        pictures: Sender<LandscapeFrame>,
    ) -> Self {
        let of_all = REST / u32::try_from(cores.count).unwrap_or(u32::MAX).max(1);
        Self {
            field,
            map: Map::default(),
            complete: None,
            next: None,
            rest: if cores.is_one_spare { LEAST_REST } else { of_all.max(LEAST_REST) },
            sent: None,
            rested: Instant::now(),
            effort: Budget::Beside,
            scene: LandscapeRequest::empty(),
            newest: None,
            spent_on_paths: Duration::ZERO,
            spent: Duration::ZERO,
            scenes,
            pictures,
        }
    }

    /// Works until the landscape is dropped.
    pub(super) fn run(mut self) {
        loop {
            let Some(scene) = self.newest.take() else {
                match self.scenes.recv() {
                    Ok(scene) => self.take_in(scene),
                    Err(_) => return,
                }
                continue;
            };
            self.scene = scene;
            if let Err(Interruption::Dropped) = self.survey() {
                return;
            }
        }
    }

    /// Makes all pictures of the scene.
    fn survey(&mut self) -> Result<(), Interruption> {
        self.spent = Duration::ZERO;
        self.map.begin(&self.scene);
        while self.work(|own| own.map.fit_next())? {}
        let Some((plane, is_new)) = self.work(|own| own.map.plane())? else {
            return Ok(());
        };
        while self.work(|own| own.map.project_next(&own.scene, &plane))? {}
        if is_new {
            self.complete = None;
        }
        let grid = Grid::around(self.shaping_spots());
        let fits = |shown: &Grid| self.shaping_spots().all(|(x, y)| shown.contains(x, y)) && !shown.dwarfs(&grid);
        if is_new || !self.rectangle().is_some_and(fits) {
            let missing = (0..grid.loss.len()).collect();
            self.next = Some((grid, missing));
        }
        self.send(&plane)?;
        self.sent = Some(self.scene.life);
        self.spent_on_paths = std::mem::take(&mut self.spent);
        while self.refine(&plane)? {
            self.send(&plane)?;
        }
        Ok(())
    }

    /// The grid whose rectangle is shown: the one in the making, as the paths may have outgrown the complete one.
    fn rectangle(&self) -> Option<&Grid> {
        self.next.as_ref().map(|(grid, _)| grid).or(self.complete.as_deref())
    }

    /// Where the paths are that decide the rectangle.
    fn shaping_spots(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let paths = self.map.paths.iter().zip(&self.scene.shaping).filter(|(_, shaping)| **shaping);
        paths.flat_map(|(path, _)| path).map(|at| (at.spot.x, at.spot.y))
    }

    /// Completes the next grid; whether there was one.
    fn refine(&mut self, plane: &Plane) -> Result<bool, Interruption> {
        while self.next.as_ref().is_some_and(|(_, missing)| !missing.is_empty()) {
            self.work(|own| own.losses(plane))?;
            if self.newest.is_some() && self.spent >= self.spent_on_paths {
                return Err(Interruption::Changed);
            }
        }
        let Some((grid, _)) = self.next.take() else { return Ok(false) };
        self.next = grid.refined();
        self.complete = Some(Arc::new(grid));
        Ok(true)
    }

    /// Computes a few of the losses that are missing.
    fn losses(&mut self, plane: &Plane) {
        let Some((grid, missing)) = &mut self.next else { return };
        let count = if self.effort == Budget::Alone { self.field.width() } else { 1 };
        let indices = missing.split_off(missing.len().saturating_sub(count));
        let places: Vec<(f64, f64)> = indices.iter().map(|&index| grid.place(index)).collect();
        for (index, loss) in indices.into_iter().zip(self.field.losses(plane, &places)) {
            grid.loss[index] = loss;
        }
    }

    fn send(&self, plane: &Arc<Plane>) -> Result<(), Dropped> {
        let Some(Grid { x, y, .. }) = self.rectangle() else { return Ok(()) };
        let picture = LandscapeFrame {
            plane: Arc::clone(plane),
            explained: self.map.explained,
            x: *x,
            y: *y,
            life: self.scene.life,
            paths: self.map.paths.clone(),
            grid: self.complete.clone(),
            is_finest: self.complete.is_some() && self.next.is_none(),
        };
        self.pictures.send(picture).map_err(|_| Dropped)
    }

    /// Does a piece of work after the rest that the last one calls for.
    fn work<T>(&mut self, piece: impl FnOnce(&mut Self) -> T) -> Result<T, Interruption> {
        self.wait()?;
        let (begin, mut computing) = (Instant::now(), ComputeClock::new());
        let result = piece(self);
        self.spent += begin.elapsed();
        // What it waits for a core takes nothing from training.
        let computed = Duration::from_secs_f64(computing.lap());
        let hurries = self.effort == Budget::Alone || self.sent != Some(self.scene.life);
        let rest = if hurries { Duration::ZERO } else { self.rest * computed };
        self.rested = Instant::now() + rest;
        Ok(result)
    }

    /// Waits until the thread has rested, and takes in what comes meanwhile.
    fn wait(&mut self) -> Result<(), Interruption> {
        loop {
            match self.scenes.recv_deadline(self.rested) {
                Ok(scene) => self.take_in(scene),
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => return Err(Interruption::Dropped),
            }
            if self.newest.as_ref().is_some_and(|scene| scene.paths.is_empty()) {
                return Err(Interruption::Changed);
            }
        }
    }

    fn take_in(&mut self, scene: LandscapeRequest) {
        self.effort = scene.effort;
        if self.effort == Budget::Alone {
            self.rested = Instant::now();
        }
        self.newest = (!same_paths(&scene, &self.scene)).then_some(scene);
    }
}

/// Whether both scenes hold the same snapshots.
fn same_paths(a: &LandscapeRequest, b: &LandscapeRequest) -> bool {
    let weights = |scene: &LandscapeRequest| -> Vec<Vec<*const f32>> {
        scene.paths.iter().map(|path| path.iter().map(|snapshot| snapshot.weights.as_ptr()).collect()).collect()
    };
    a.shaping == b.shaping && weights(a) == weights(b)
}
