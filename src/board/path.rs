//! Where the weights that runs have by now lie on the plane of all paths. They are put on it here and not by the
//! landscape's worker, so that markers move with the race however long a map takes.

use std::sync::Arc;

use crate::geometry::Plane;
use crate::race::history::{History, RunHistory};
use crate::race::landscape::PathSpot;

/// A run's present weights on a plane.
#[derive(Debug, Clone)]
struct PresentSpot {
    plane: Arc<Plane>,
    at: PathSpot,
}

/// The present weights of all runs on a plane, as far as they are known.
#[derive(Debug, Clone)]
pub struct PresentSpots(Vec<Option<PresentSpot>>);

impl PresentSpots {
    /// Nothing known yet of so many runs.
    pub fn new(runs: usize) -> Self {
        Self(vec![None; runs])
    }

    /// Puts weights that are new, or whose plane is, on this plane; whether there were any. Without a plane, nothing is
    /// known any more.
    pub fn project(&mut self, history: &History, plane: Option<&Arc<Plane>>) -> bool {
        let mut has_moved = false;
        for (run, spot) in history.runs.iter().zip(&mut self.0) {
            let known = plane.zip(run.present.as_ref()).zip(run.snapshots.first());
            let Some(((plane, present), first)) = known else {
                *spot = None;
                continue;
            };
            let is_known = |spot: &PresentSpot| Arc::ptr_eq(&spot.plane, plane) && spot.at.step == present.step;
            if !spot.as_ref().is_some_and(is_known) {
                let at = PathSpot::of(present, &first.weights, plane);
                *spot = Some(PresentSpot { plane: Arc::clone(plane), at });
                has_moved = true;
            }
        }
        has_moved
    }

    /// Where a run is.
    pub fn at(&self, run: usize) -> Option<PathSpot> {
        Some(self.0.get(run)?.as_ref()?.at)
    }
}

/// Whether a run has trained since its weights were last asked for, so that its marker may not be where it is.
pub fn is_outdated(run: &RunHistory) -> bool {
    !run.state.has_died() && run.present.as_ref().map_or(0, |present| present.step as usize) < run.steps.len()
}
