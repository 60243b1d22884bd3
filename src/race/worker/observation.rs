//! What is measured and recorded of a run beside its training. None of it changes a number of the race.

use std::sync::Arc;

use super::RunConfig;
use super::checkpoints::Checkpoints;
use super::training::Training;
use crate::geometry::{Sketcher, UpdateRing};
use crate::optim::StepMeasures;
use crate::race::measure::meter::Meter;
use crate::race::measure::{StepRecord, Window};
use crate::race::recording::{
    PathRecording, RecordedTrail, Recording, Snapshot, StepSketch, most_updates, snapshot_spacing,
};
use crate::race::settings::RunInfo;

/// What is measured and recorded of a run.
pub(super) struct Observation {
    /// What is measured once a window.
    pub(super) meter: Meter,
    recording: Recording,
    updates: Option<UpdateRing>,
    /// The updates up to a step of the past, done again.
    again: Option<UpdateRing>,
    /// From where steps can be done again.
    pub(super) checkpoints: Checkpoints,
    sketcher: Option<Sketcher>,
}

/// What was measured and recorded of a step.
pub(super) struct StepObservation {
    /// The window that ended with it, if one did.
    pub(super) window: Option<Window>,
    /// Its sketch, if it was asked for.
    pub(super) sketch: Option<Box<StepSketch>>,
}

impl Observation {
    /// Of a training before its first step.
    pub(super) fn new(training: &Training, config: &RunConfig) -> Self {
        let RunInfo { spec, planned_steps, .. } = &config.info;
        Self {
            meter: training.meter(),
            recording: Recording::default(),
            updates: None,
            again: None,
            checkpoints: Checkpoints::new(spec, training.layout(), spec.rate(*planned_steps)),
            sketcher: None,
        }
    }

    /// Whether snapshots are taken.
    pub(super) fn takes_snapshots(&self) -> bool {
        self.recording.snapshots
    }

    /// Whether a step is recorded that ends no window.
    pub(super) fn records_steps(&self) -> bool {
        self.recording.path.has_updates() || self.recording.path.has_sketches()
    }

    /// Whether the state of the training is kept after so many steps.
    pub(super) fn is_checkpoint_due(&self, step: u32, parameters: usize) -> bool {
        self.recording.path != PathRecording::Off && most_updates(parameters) > 0 && self.checkpoints.is_due(step)
    }

    /// What is to be recorded from now on, of a run of so many parameters.
    pub(super) fn record(&mut self, recording: Recording, parameters: usize) {
        let kept = Some(most_updates(parameters)).filter(|kept| *kept > 0 && recording.path.has_updates());
        self.updates = kept.map(|kept| self.updates.take().unwrap_or_else(|| UpdateRing::new(kept)));
        self.again = self.again.take().filter(|_| self.updates.is_some());
        self.sketcher =
            recording.path.has_sketches().then(|| self.sketcher.take().unwrap_or_else(|| Sketcher::new(parameters)));
        self.recording = recording;
    }

    /// Takes in a step.
    pub(super) fn step(
        &mut self,
        training: &mut Training,
        record: &StepRecord,
        measures: StepMeasures,
    ) -> StepObservation {
        let window = self.meter.step(&mut training.observed(), record.loss, measures);
        let sketch = self.sketcher.as_ref().map(|sketcher| {
            Box::new(StepSketch { step: record.step, update: sketcher.sketch(training.last_update()) })
        });
        if let Some(updates) = &mut self.updates {
            updates.push(training.last_update());
        }
        StepObservation { window, sketch }
    }

    /// The path of the last `steps` of the `step` steps that were done, if all of their updates are kept.
    pub(super) fn trail(&mut self, step: u32, steps: usize) -> Option<RecordedTrail> {
        let updates = self.updates.as_mut().filter(|updates| updates.len() >= steps.min(step as usize))?;
        Some(RecordedTrail { step, trail: updates.trail(steps), straightness: updates.straightness(steps) })
    }

    /// The path of the last `steps` steps up to `step`, which were done `again`; `is_newest` where no others were done
    /// since.
    pub(super) fn trail_again(
        &mut self,
        mut again: UpdateRing,
        step: u32,
        steps: usize,
        is_newest: bool,
    ) -> RecordedTrail {
        let before = if is_newest && self.updates.is_some() { &mut self.updates } else { &mut self.again };
        if let Some(before) = before {
            again.hold_plane_of(before);
        }
        let (trail, straightness) = (again.trail(steps), again.straightness(steps));
        *before = Some(again);
        RecordedTrail { step, trail, straightness }
    }

    /// Whether a snapshot is to be taken after so many steps.
    pub(super) fn is_snapshot_due(&self, step: u32, parameters: usize) -> bool {
        self.takes_snapshots() && step.is_multiple_of(snapshot_spacing(step, parameters))
    }
}

/// A snapshot of these weights.
pub(super) fn snapshot(step: u32, weights: &[f32]) -> Snapshot {
    Snapshot { step, weights: Arc::from(weights) }
}
