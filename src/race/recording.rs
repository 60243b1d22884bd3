//! What is recorded of a run only for the screen: sketches of its steps, while they are looked at, and snapshots of its
//! weights now and then. Neither changes a number of the race.

use std::collections::VecDeque;
use std::sync::Arc;

use super::measure::WINDOW_STEPS;
use crate::geometry::{Sketch, Trail};

/// Sketches that are kept of a run: those of its last 2,000 steps, and of the window of steps before, so that what is
/// measured of 2,000 steps can be compared with what it was.
pub const MOST_SKETCHES: usize = 2000 + WINDOW_STEPS as usize;

/// The most snapshots that are kept of a run at the same distance of steps, the first weights included; see
/// [`most_snapshots`].
const MOST_SNAPSHOTS: u32 = 24;

/// Bytes that the snapshots of a run may take.
const SNAPSHOT_BYTES: usize = 32 << 20;

/// The fewest snapshots that are kept of a run, however large its network.
const FEWEST_SNAPSHOTS: u32 = 4;

/// The most updates that are kept of a run with all their numbers: those of 40 steps.
const MOST_UPDATES: usize = 40;

/// Bytes that the updates of a run may take.
const UPDATE_BYTES: usize = 32 << 20;

/// What is recorded of a run beside its steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recording {
    /// Its last steps.
    pub path: PathRecording,
    /// A [`Snapshot`] now and then.
    pub snapshots: bool,
}

/// What is recorded of a run's last steps, so that their path can be drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PathRecording {
    /// Nothing.
    #[default]
    Off,
    /// The state of the training now and then, from which any steps can be done again.
    Checkpoints,
    /// Also a [`StepSketch`] of every step: less than half the work of the next.
    Sketches,
    /// Also the last few updates, all of their numbers: see [`most_updates`].
    UpdatesAndSketches,
}

impl PathRecording {
    /// Whether the last updates are kept.
    pub fn has_updates(self) -> bool {
        self == Self::UpdatesAndSketches
    }

    /// Whether every step is sketched.
    pub fn has_sketches(self) -> bool {
        matches!(self, Self::Sketches | Self::UpdatesAndSketches)
    }
}

/// The path of a run's last steps, as it stood at one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedTrail {
    /// Steps done.
    pub step: u32,
    /// The path of the last of them, exact.
    pub trail: Trail,
    /// How far these led ÷ how long they are together; `NaN` where there are none.
    pub straightness: f64,
}

/// A step's update, compressed: see [`geometry::Sketcher`](crate::geometry::Sketcher).
#[derive(Debug, Clone, PartialEq)]
pub struct StepSketch {
    /// Number of the step within its run, from 1.
    pub step: u32,
    /// The sketch of θ(step) − θ(step − 1).
    pub update: Sketch,
}

/// All weights and biases of a run at one of its steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Steps done; 0 before training.
    pub step: u32,
    /// The parameters, in the order of [`Parameters`](crate::nn::Parameters).
    pub weights: Arc<[f32]>,
}

/// The most snapshots that are kept of a run whose network has this many parameters: 24, or as many as fit into
/// 32 MiB, but at least 4. With the default network of 79,510 parameters they take at most 8 MB a run.
pub fn most_snapshots(parameters: usize) -> u32 {
    let fitting = SNAPSHOT_BYTES / (parameters.max(1) * size_of::<f32>());
    u32::try_from(fitting).unwrap_or(MOST_SNAPSHOTS).clamp(FEWEST_SNAPSHOTS, MOST_SNAPSHOTS)
}

/// The most updates that are kept of a run whose network has this many parameters: 40, or as many as fit into 32 MiB.
/// With the default network of 79,510 parameters they take 12.7 MB a run.
pub fn most_updates(parameters: usize) -> usize {
    (UPDATE_BYTES / (parameters.max(1) * size_of::<f32>())).min(MOST_UPDATES)
}

/// Steps from one snapshot to the next once `step` steps are done: 50, doubled until no more than
/// [`most_snapshots`] are that far apart, so that a race of any length keeps between half and all of them.
pub fn snapshot_spacing(step: u32, parameters: usize) -> u32 {
    let most = most_snapshots(parameters);
    let mut spacing = WINDOW_STEPS as u32;
    while step / spacing >= most {
        spacing *= 2;
    }
    spacing
}

/// Adds a snapshot to those of a run, and drops those that are closer together than the run's steps by now demand.
/// One of step 0 begins anew.
pub(super) fn keep_snapshot(kept: &mut Vec<Snapshot>, new: Snapshot) {
    let spacing = snapshot_spacing(new.step, new.weights.len());
    kept.retain(|old| old.step < new.step && old.step.is_multiple_of(spacing));
    kept.push(new);
}

/// Adds sketches to those of a run's last steps, which are in order without a gap.
pub(super) fn keep_sketches(kept: &mut VecDeque<StepSketch>, new: Vec<StepSketch>) {
    for sketch in new {
        if kept.back().is_some_and(|last| last.step + 1 != sketch.step) {
            kept.clear();
        }
        if kept.len() == MOST_SKETCHES {
            kept.pop_front();
        }
        kept.push_back(sketch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steps whose snapshots are kept after `steps` steps of a network with so many parameters.
    fn kept(steps: u32, parameters: usize) -> Vec<u32> {
        let mut kept = Vec::new();
        for step in (0..=steps).filter(|&step| step.is_multiple_of(snapshot_spacing(step, parameters))) {
            // What is kept depends on the length of the weights alone.
            kept.push(step);
            let spacing = snapshot_spacing(step, parameters);
            kept.retain(|step| step.is_multiple_of(spacing));
        }
        kept
    }

    #[test]
    fn snapshots_of_a_race_of_any_length_are_few_and_evenly_spaced() {
        for steps in [0, 49, 50, 1_149, 1_150, 1_200, 7_500, 240_000, 5_000_000] {
            for parameters in [317, 79_510, 3_000_000, 100_000_000] {
                let kept = kept(steps, parameters);
                let (count, most) = (kept.len() as u32, most_snapshots(parameters));
                assert!(count <= most && (count >= most / 2 || steps < 50 * most), "{count} after {steps}");
                let spacing = snapshot_spacing(steps, parameters);
                assert!(kept.iter().enumerate().all(|(index, &step)| step == index as u32 * spacing), "{kept:?}");
            }
        }
        assert_eq!([79_510, 1_000_000, 100_000_000].map(most_snapshots), [24, 8, 4]);
    }

    #[test]
    fn a_list_of_snapshots_begins_anew_with_the_first_weights() {
        let snapshot = |step| Snapshot { step, weights: Arc::from([0.0]) };
        let mut list = Vec::new();
        for step in [0, 50, 70, 100, 1_200] {
            keep_snapshot(&mut list, snapshot(step));
        }
        assert_eq!(list.iter().map(|kept| kept.step).collect::<Vec<_>>(), [0, 100, 1_200], "70 was only the last");
        keep_snapshot(&mut list, snapshot(0));
        assert_eq!(list.len(), 1);
    }

    #[test]
    fn the_last_sketches_are_kept_without_a_gap() {
        let sketches =
            |steps: std::ops::Range<u32>| steps.map(|step| StepSketch { step, update: Box::from([0.0; 64]) }).collect();
        let mut ring = VecDeque::new();
        keep_sketches(&mut ring, sketches(1..2500));
        let ends = |ring: &VecDeque<StepSketch>| (ring.front().map(|s| s.step), ring.back().map(|s| s.step));
        assert_eq!((ends(&ring), ring.len()), ((Some(450), Some(2499)), MOST_SKETCHES));
        keep_sketches(&mut ring, sketches(2600..2603));
        assert_eq!(ends(&ring), (Some(2600), Some(2602)), "nothing from before a gap");
    }
}
