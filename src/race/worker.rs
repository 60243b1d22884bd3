//! One run's loop, without a thread in it: a step at a time.
//!
//! A run is what it trains (`training`), what is measured and recorded of that (`observation`), and how far it is
//! (`progress`).

mod checkpoints;
mod observation;
mod progress;
mod training;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

use super::RaceData;
use super::measure::{StepRecord, Window};
use super::protocol::EventKind;
use super::recording::{Recording, StepSketch, most_updates};
use super::settings::RunInfo;
use crate::geometry::UpdateRing;
use crate::nn::Architecture;
use crate::text::Untrusted;
use observation::{Observation, StepObservation, snapshot};
use progress::Progress;
use training::Training;

pub use checkpoints::checkpoint_bytes;
pub use training::ApplyUpdate;

/// What a worker needs to know before it begins.
#[derive(Clone)]
pub struct RunConfig {
    /// Label, spec, minibatch and planned steps.
    pub info: RunInfo,
    /// Its network.
    pub architecture: Architecture,
    /// What it trains and is judged on.
    pub data: Arc<RaceData>,
    /// Seed of the initial weights and of the order of samples.
    pub seed: u64,
    /// Changes of learning rate known beforehand: the first step trained with it, and the learning rate.
    pub lr_changes: Vec<(u32, f64)>,
    /// Ends an evaluation early, without a result, once it is true.
    pub stopping: Arc<AtomicBool>,
}

/// The phase of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It has neither weights nor anything to show.
    New,
    /// It can train.
    Training,
    /// All planned epochs are done.
    Finished,
    /// A number was no longer finite.
    Diverged,
    /// It was told to stop.
    Stopped,
}

/// One run.
pub struct Worker {
    config: RunConfig,
    phase: Phase,
    training: Training,
    observation: Observation,
    progress: Progress,
}

/// Takes what happens in a run.
pub type Events<'a> = &'a mut dyn FnMut(WorkerOutput);

impl Worker {
    /// A run that has not begun; `began` is when its race did.
    pub fn new(config: RunConfig, epochs: u32, began: Instant) -> Self {
        let training = Training::new(&config);
        Self {
            phase: Phase::New,
            observation: Observation::new(&training, &config),
            training,
            progress: Progress::new(&config, epochs, began),
            config,
        }
    }

    /// Its place.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Steps done.
    pub fn step_count(&self) -> u32 {
        self.progress.step
    }

    /// Training samples seen.
    pub fn samples(&self) -> u64 {
        self.progress.samples
    }

    /// Training samples that it will have seen after its next step, while it trains.
    pub fn next_step_end(&self) -> u64 {
        let minibatch = self.progress.coming().len().min(self.config.info.batch_size);
        self.progress.samples + minibatch as u64
    }

    /// Weights and biases.
    pub fn parameters(&self) -> &[f32] {
        self.training.parameters()
    }

    /// Leaves out of the compute time what has passed since the last step.
    pub fn resume_clock(&mut self) {
        self.progress.resume_clock();
    }

    /// Does what comes next, the evaluation before training or one step with what follows from it, and says so.
    pub fn advance(&mut self, events: Events<'_>) {
        match self.phase {
            Phase::New => self.begin(events),
            Phase::Training => self.train(events),
            Phase::Finished | Phase::Diverged | Phase::Stopped => {}
        }
    }

    /// A new learning rate, from the next step on; a schedule goes on in the same proportion.
    pub fn set_lr(&mut self, lr: f64, events: Events<'_>) {
        if self.has_died() {
            return;
        }
        let scale = self.progress.set_lr(lr);
        self.observation.checkpoints.note_rate(self.progress.step, self.progress.rate.clone());
        let Progress { step, samples, lr: next_lr, .. } = self.progress;
        events(EventKind::LrChanged { step: step + 1, samples, lr, scale, next_lr }.into());
    }

    /// The learning rate that the spec plans for the next step, in place of whatever a person made of it.
    pub fn reset_lr(&mut self, events: Events<'_>) {
        self.set_lr(self.progress.planned_lr(), events);
    }

    /// Whether it trains no further, whatever is asked of it but a restart.
    fn has_died(&self) -> bool {
        matches!(self.phase, Phase::Diverged | Phase::Stopped)
    }

    /// Plans more epochs; a run that was done with its own goes on. One that has died will train as many after a
    /// restart.
    pub fn extend(&mut self, epochs: u32, events: Events<'_>) {
        self.progress.epochs = self.progress.epochs.saturating_add(epochs);
        if self.phase == Phase::Finished {
            self.phase = Phase::Training;
        }
        if !self.has_died() {
            let Progress { step, samples, epochs, .. } = self.progress;
            events(EventKind::Extended { step, samples, epochs }.into());
        }
    }

    /// Stops for good.
    pub fn stop(&mut self, events: Events<'_>) {
        if matches!(self.phase, Phase::New | Phase::Training) {
            self.phase = Phase::Stopped;
        }
        let Progress { step, samples, .. } = self.progress;
        events(EventKind::Stopped { step, samples }.into());
    }

    /// What is to be recorded from now on beside the steps. None of it changes a number.
    pub fn record(&mut self, recording: Recording, events: Events<'_>) {
        let begins = recording.snapshots && !self.observation.takes_snapshots() && self.phase != Phase::New;
        self.observation.record(recording, self.training.parameters().len());
        if begins {
            events(EventKind::Snapshot(snapshot(0, &self.training.initial_parameters())).into());
            if self.progress.step > 0 && self.phase != Phase::Diverged {
                self.snapshot(events);
            }
        }
    }

    /// The path of the last `steps` steps up to the step `at`, or to the newest; steps whose updates are not kept are
    /// done again.
    pub fn trail(&mut self, steps: usize, at: Option<u32>, events: Events<'_>) {
        let newest = self.progress.step;
        let step = at.map_or(newest, |at| at.min(newest));
        let kept = if step == newest { self.observation.trail(step, steps) } else { None };
        let trail = kept.or_else(|| {
            let again = self.updates_again(step)?;
            Some(self.observation.trail_again(again, step, steps, step == newest))
        });
        if let Some(trail) = trail {
            events(EventKind::Trail(trail).into());
        }
        // Like an evaluation, it is no part of training.
        self.resume_clock();
    }

    /// The last updates up to a step, done again from the nearest checkpoint, or from the start; `None` where there is
    /// no room for them, or it was told to stop meanwhile. It changes nothing of the run.
    fn updates_again(&self, at: u32) -> Option<UpdateRing> {
        let capacity = most_updates(self.training.parameters().len());
        let first = at.saturating_sub(u32::try_from(capacity).unwrap_or(u32::MAX));
        let checkpoints = &self.observation.checkpoints;
        let mut training = Training::new(&self.config);
        let (done, mut epoch, mut seen) = match checkpoints.latest(first) {
            Some(checkpoint) => {
                training.restore(checkpoint)?;
                (checkpoint.step, checkpoint.epoch, checkpoint.seen)
            }
            None => (0, 1, 0),
        };
        let mut order = training.arrange(epoch);
        let mut updates = UpdateRing::from_step(capacity, first.into());
        for step in done..at {
            if capacity == 0 || self.config.stopping.load(Ordering::Acquire) {
                return None;
            }
            if seen == order.len() {
                epoch += 1;
                (order, seen) = (training.arrange(epoch), 0);
            }
            let (statistics, _) = training.step(checkpoints.lr(step), &order[seen..], None);
            seen += statistics.samples;
            if step >= first {
                updates.push(training.last_update());
            }
        }
        Some(updates)
    }

    /// The weights as they are, once it has trained and unless it has diverged.
    pub fn present_weights(&mut self, events: Events<'_>) {
        let Progress { step, .. } = self.progress;
        if step > 0 && self.phase != Phase::Diverged {
            events(EventKind::PresentWeights(snapshot(step, &self.training.evaluation_point())).into());
        }
        // It is no part of training either.
        self.resume_clock();
    }

    fn snapshot(&self, events: Events<'_>) {
        events(EventKind::Snapshot(snapshot(self.progress.step, &self.training.evaluation_point())).into());
    }

    fn begin(&mut self, events: Events<'_>) {
        let (weights_sha256, order_sha256) = self.training.hashes();
        events(
            EventKind::Started {
                began: SystemTime::now(),
                weights_sha256: weights_sha256.into(),
                order_sha256: order_sha256.into(),
            }
            .into(),
        );
        if self.observation.takes_snapshots() {
            self.snapshot(events);
        }
        if self.evaluate(events).is_none() {
            return;
        }
        self.progress.begin_epoch(self.training.arrange(1));
        self.phase = Phase::Training;
        self.resume_clock();
    }

    fn train(&mut self, events: Events<'_>) {
        self.change_due_lr(events);
        let Self { training, observation, progress, .. } = self;
        let (statistics, measures) = training.step(progress.lr, progress.coming(), Some(&mut observation.meter));
        let record = progress.count(statistics, measures);
        let StepObservation { window, sketch } = observation.step(training, &record, measures);
        let was_observed = window.is_some() || observation.records_steps();
        events(WorkerOutput::Step(StepOutcome { record, window, sketch, next_lr: progress.lr }));
        if !(record.loss.is_finite() && record.grad_norm.is_finite() && record.update_norm.is_finite()) {
            self.diverge(events);
            return;
        }
        let is_snapshot_due = self.is_snapshot_due();
        if is_snapshot_due {
            self.snapshot(events);
        }
        let is_checkpoint_due =
            self.observation.is_checkpoint_due(self.progress.step, self.training.parameters().len());
        if is_checkpoint_due {
            let Progress { step, epoch, seen, .. } = self.progress;
            self.observation.checkpoints.keep(self.training.checkpoint(step, epoch, seen));
        }
        if self.progress.coming().is_empty() {
            self.end_epoch(events);
        } else if was_observed || is_snapshot_due || is_checkpoint_due {
            // Like an evaluation, what is measured and recorded beside a step is no part of training.
            self.resume_clock();
        }
    }

    /// The changes of learning rate that were known beforehand for the next step.
    fn change_due_lr(&mut self, events: Events<'_>) {
        let next = self.progress.step + 1;
        let due = self.config.lr_changes.iter().filter(|(step, _)| *step == next);
        for lr in due.map(|(_, lr)| *lr).collect::<Vec<f64>>() {
            self.set_lr(lr, events);
        }
    }

    fn is_snapshot_due(&self) -> bool {
        self.observation.is_snapshot_due(self.progress.step, self.training.parameters().len())
    }

    /// Evaluates on the validation samples and says so; whether the loss is a finite number. `None` where it was told
    /// to stop meanwhile: it trains no further then, as there is no next minibatch.
    fn evaluate(&mut self, events: Events<'_>) -> Option<bool> {
        let Some(val) = self.training.evaluate_val() else {
            self.phase = Phase::Stopped;
            return None;
        };
        events(EventKind::Epoch(self.progress.epoch_record(val)).into());
        Some(val.loss.is_finite())
    }

    fn end_epoch(&mut self, events: Events<'_>) {
        match self.evaluate(events) {
            None => return,
            Some(false) => return self.diverge(events),
            Some(true) => {}
        }
        self.progress.epoch += 1;
        if self.progress.epoch > self.progress.epochs {
            let Some(test) = self.training.evaluate_test() else {
                self.phase = Phase::Stopped;
                return;
            };
            self.phase = Phase::Finished;
            if self.observation.takes_snapshots() && !self.is_snapshot_due() {
                self.snapshot(events);
            }
            let Progress { step, samples, .. } = self.progress;
            events(EventKind::Finished { step, samples, test }.into());
        }
        self.progress.begin_epoch(self.training.arrange(self.progress.epoch));
        self.resume_clock();
    }

    fn diverge(&mut self, events: Events<'_>) {
        self.phase = Phase::Diverged;
        let Progress { step, samples, .. } = self.progress;
        let why = self.training.why_not_finite().map(Untrusted::from);
        events(EventKind::Diverged { step, samples, why }.into());
    }
}

/// What comes out of a worker: a step, or an event.
pub enum WorkerOutput {
    /// One step was done.
    Step(StepOutcome),
    /// Something else happened.
    Event(EventKind),
}

/// What comes out of a step.
pub struct StepOutcome {
    /// What was measured of it.
    pub record: StepRecord,
    /// The window that ended with it, if one did.
    pub window: Option<Window>,
    /// Its sketch, if it was asked for.
    pub sketch: Option<Box<StepSketch>>,
    /// Learning rate of the next step.
    pub next_lr: f64,
}

impl From<EventKind> for WorkerOutput {
    fn from(kind: EventKind) -> Self {
        Self::Event(kind)
    }
}
