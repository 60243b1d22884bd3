//! The plane of a scene, and the paths on it.

use std::sync::Arc;

use super::{LandscapeRequest, Life, PathSpot};
use crate::geometry::{Cloud, Plane, Spot};
use crate::race::recording::Snapshot;

/// A plane is kept while it shows at most this share less of the paths' variance than the best one would.
pub const LOST_SHARE: f64 = 0.02;

/// The most snapshots of each run that the plane is made from, and its last; the others are only shown on it. What a
/// plane takes to be made grows with their square, and while runs train somebody waits for it.
const MOST_FITTED: usize = 12;

/// The snapshots that shape the plane, the plane, and the paths on it.
#[derive(Default)]
pub(super) struct Map {
    cloud: Cloud,
    /// Snapshots that the cloud still lacks.
    waiting: Vec<Arc<[f32]>>,
    plane: Option<Arc<Plane>>,
    /// The share of the variance along each axis of the plane, as the snapshots are now.
    pub(super) explained: [f64; 2],
    pub(super) paths: Vec<Vec<PathSpot>>,
    /// The paths of the scene before, where they are still as they were: in the same life, on the same plane.
    before: Vec<Vec<PathSpot>>,
    life: Life,
}

impl Map {
    /// Takes in a new scene; [`Map::fit_next`] has to follow until it has nothing to do.
    pub(super) fn begin(&mut self, scene: &LandscapeRequest) {
        let shaping = scene.paths.iter().zip(&scene.shaping).filter(|(_, shaping)| **shaping);
        let wanted: Vec<Arc<[f32]>> = shaping.flat_map(|(path, _)| fitted(path)).collect();
        self.cloud.keep(&wanted);
        let has = |point: &Arc<[f32]>| self.cloud.points().iter().any(|known| Arc::ptr_eq(known, point));
        self.waiting = wanted.iter().filter(|point| !has(point)).cloned().collect();
        self.waiting.reverse();
        self.before = std::mem::take(&mut self.paths);
        if self.life != scene.life {
            self.before.clear();
            self.life = scene.life;
        }
    }

    /// Does a piece of what the plane needs; whether there was one.
    pub(super) fn fit_next(&mut self) -> bool {
        self.waiting.pop().map(|point| self.cloud.push(point)).is_some()
    }

    /// The plane to show the paths on, and whether it is a new one: the one of before as long as it shows them well.
    /// `None` where there is nothing to show.
    pub(super) fn plane(&mut self) -> Option<(Arc<Plane>, bool)> {
        let best = self.cloud.plane(self.plane.as_deref())?;
        if let Some(plane) = &self.plane {
            let spots: Vec<Spot> = self.cloud.points().iter().map(|point| plane.project(point)).collect();
            let shown = self.cloud.shown(&spots);
            if shown.iter().sum::<f64>() >= best.explained.iter().sum::<f64>() - LOST_SHARE {
                self.explained = shown;
                return Some((Arc::clone(plane), false));
            }
        }
        self.explained = best.explained;
        self.before.clear();
        let plane = Arc::new(best);
        self.plane = Some(Arc::clone(&plane));
        Some((plane, true))
    }

    /// Puts the next path of the scene onto the plane; whether there was one.
    pub(super) fn project_next(&mut self, scene: &LandscapeRequest, plane: &Plane) -> bool {
        let Some(path) = scene.paths.get(self.paths.len()) else { return false };
        let before = self.before.get(self.paths.len()).map_or(&[][..], Vec::as_slice);
        let known = |step: u32| before.binary_search_by_key(&step, |at| at.step).ok().map(|index| before[index]);
        let new = |snapshot: &Snapshot| PathSpot::of(snapshot, &path[0].weights, plane);
        let spots = path.iter().map(|snapshot| known(snapshot.step).unwrap_or_else(|| new(snapshot)));
        self.paths.push(spots.collect());
        true
    }
}

/// The snapshots of a path that shape the plane: evenly spaced, with the first and the last.
fn fitted(path: &[Snapshot]) -> impl Iterator<Item = Arc<[f32]>> + '_ {
    let spacing = path.len().div_ceil(MOST_FITTED).max(1).next_power_of_two();
    let is_fitted = move |index: usize| index.is_multiple_of(spacing) || index + 1 == path.len();
    path.iter()
        .enumerate()
        .filter(move |(index, _)| is_fitted(*index))
        .map(|(_, snapshot)| Arc::clone(&snapshot.weights))
}
