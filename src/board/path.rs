//! Where runs are on the plane of all paths: their snapshots, as the landscape's worker has them, and the weights they
//! have by now, which are put on the plane here, so that markers move with the race however long a map takes.

use std::sync::Arc;

use super::Board;
use super::landscape::PresentSpot;
use crate::race::landscape::{LandscapeFrame, PathSpot};
use crate::race::protocol::RunIndex;

impl Board {
    /// Puts the present weights that are new, or whose plane is, on the plane that is shown; whether there were any.
    pub(super) fn project_present(&mut self) -> bool {
        let plane = self.picture().map(|picture| Arc::clone(&picture.plane));
        let mut has_moved = false;
        for (run, spot) in self.history.runs.iter().zip(&mut self.present) {
            let known = plane.as_ref().zip(run.present.as_ref()).zip(run.snapshots.first());
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

    /// Whether a run has trained since its weights were last asked for, so that its marker may not be where it is.
    pub fn is_present_outdated(&self, run: RunIndex) -> bool {
        let run = &self.history.runs[run];
        !run.state.has_died() && run.present.as_ref().map_or(0, |present| present.step as usize) < run.steps.len()
    }

    /// The path of a run up to the moment that is shown: its snapshots, and at the newest moment its present weights.
    pub fn seen_path(&self, picture: &LandscapeFrame, run: RunIndex) -> Vec<PathSpot> {
        let path = picture.paths.get(run).map_or(&[][..], Vec::as_slice);
        let seen = self.seen(run);
        let done = if seen.is_latest() { u32::MAX } else { seen.steps.len() as u32 };
        let mut path = path[..path.partition_point(|spot| spot.step <= done)].to_vec();
        let present = self.present.get(run).and_then(Option::as_ref).map(|present| present.at);
        path.extend(present.filter(|at| seen.is_latest() && path.last().is_none_or(|last| last.step < at.step)));
        path
    }
}
