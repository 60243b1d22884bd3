//! One run's loop, without a thread in it: a step at a time.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::RaceData;
use super::clock::ComputeClock;
use super::measure::meter::Meter;
use super::measure::probe::Probe;
use super::metrics::{EpochRecord, Score, StepRecord, Window};
use super::minibatch::Minibatch;
use super::protocol::EventKind;
use super::settings::RunInfo;
use super::watch::{PathRecording, RecordedTrail, Snapshot, StepSketch, Watch, most_updates, snapshot_spacing};
use crate::data::{Order, Samples, sha256_hex};
use crate::geometry::{Sketcher, UpdateRing};
use crate::gradient::Gradient;
use crate::nn::loss::BatchStatistics;
use crate::nn::{Architecture, GradientSink, Network, Parameters};
use crate::optim::schedule::Rate;
use crate::optim::{StepMeasures, Stepper};

/// Samples that are evaluated at once.
const EVALUATION_PIECE: usize = 500;

/// What a worker needs to know before it begins.
#[derive(Clone)]
pub struct Task {
    /// The run.
    pub info: RunInfo,
    /// Its network.
    pub architecture: Architecture,
    /// What it trains and is judged on.
    pub data: Arc<RaceData>,
    /// Seed of the initial weights and of the order of samples.
    pub seed: u64,
    /// Changes of learning rate known beforehand: the first step trained with it, and the learning rate.
    pub lr_changes: Vec<(u32, f64)>,
}

/// Where a worker stands.
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

/// One run: a network, its parameters, its optimizer, and what is measured of them.
pub struct Worker {
    task: Task,
    began: Instant,
    phase: Phase,
    epochs: u32,
    rate: Rate,
    /// Learning rate of the next step.
    lr: f64,
    network: Network,
    parameters: Parameters,
    stepper: Stepper,
    meter: Meter,
    probe: Probe,
    watch: Watch,
    updates: Option<UpdateRing>,
    sketcher: Option<Sketcher>,
    clock: ComputeClock,
    order: Order,
    /// The samples in the order of this epoch, and how many of them were seen.
    order_now: Vec<u32>,
    seen: usize,
    epoch: u32,
    /// Loss and hits of this epoch, each sample before its update.
    statistics: BatchStatistics,
    step: u32,
    samples: u64,
    minibatch: Minibatch,
}

impl Worker {
    /// A run that has not begun; `began` is when its race did.
    pub fn new(task: Task, epochs: u32, began: Instant) -> Self {
        let network = Network::new(task.architecture.clone());
        let parameters = network.initial_parameters(task.seed);
        let train = &task.data.split.train;
        let order = Order::new(task.seed, train.len());
        let rate = task.info.spec.rate(task.info.planned_steps);
        Self {
            phase: Phase::New,
            epochs,
            lr: rate.at(0),
            rate,
            stepper: Stepper::new(&task.info.spec, network.layout().variables()),
            meter: Meter::new(&parameters, network.layout()),
            probe: Probe::new(&order, train, task.info.batch_size),
            watch: Watch::default(),
            updates: None,
            sketcher: None,
            clock: ComputeClock::new(),
            order,
            order_now: Vec::new(),
            seen: 0,
            epoch: 1,
            statistics: BatchStatistics::default(),
            step: 0,
            samples: 0,
            minibatch: Minibatch::default(),
            network,
            parameters,
            task,
            began,
        }
    }

    /// Where it stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Steps done.
    pub fn step_count(&self) -> u32 {
        self.step
    }

    /// Training samples seen.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Training samples that it will have seen after its next step; `None` unless it trains.
    pub fn next_step_end(&self) -> Option<u64> {
        let left = self.order_now.len() - self.seen;
        (self.phase == Phase::Training).then(|| self.samples + left.min(self.task.info.batch_size) as u64)
    }

    /// Weights and biases.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Leaves out of the compute time what has passed since the last step.
    pub fn resume_clock(&mut self) {
        self.clock.start();
    }

    /// Does what comes next, the evaluation before training or one step with what follows from it, and says so.
    pub fn advance(&mut self, events: &mut dyn FnMut(Outcome)) {
        match self.phase {
            Phase::New => self.begin(events),
            Phase::Training => self.train(events),
            Phase::Finished | Phase::Diverged | Phase::Stopped => {}
        }
    }

    /// A new learning rate, from the next step on; a schedule goes on in the same proportion.
    pub fn set_lr(&mut self, lr: f64, events: &mut dyn FnMut(Outcome)) {
        if self.has_died() {
            return;
        }
        self.rate.set(self.step.into(), lr);
        self.lr = self.rate.at(self.step.into());
        let (step, scale, next_lr) = (self.step + 1, self.rate.scale(), self.lr);
        events(EventKind::LrChanged { step, samples: self.samples, lr, scale, next_lr }.into());
    }

    /// The learning rate that the spec plans for the next step, in place of whatever a person made of it.
    pub fn reset_lr(&mut self, events: &mut dyn FnMut(Outcome)) {
        self.set_lr(self.rate.reset_to(self.step.into()), events);
    }

    /// Whether it trains no further, whatever is asked of it but a restart.
    fn has_died(&self) -> bool {
        matches!(self.phase, Phase::Diverged | Phase::Stopped)
    }

    /// Plans more epochs; a run that was done with its own goes on. One that has died will train as many after a
    /// restart.
    pub fn extend(&mut self, epochs: u32, events: &mut dyn FnMut(Outcome)) {
        self.epochs = self.epochs.saturating_add(epochs);
        if self.phase == Phase::Finished {
            self.phase = Phase::Training;
        }
        if !self.has_died() {
            let planned = EventKind::Extended { step: self.step, samples: self.samples, epochs: self.epochs };
            events(planned.into());
        }
    }

    /// Stops for good.
    pub fn stop(&mut self, events: &mut dyn FnMut(Outcome)) {
        if matches!(self.phase, Phase::New | Phase::Training) {
            self.phase = Phase::Stopped;
        }
        events(EventKind::Stopped { step: self.step, samples: self.samples }.into());
    }

    /// What is to be recorded from now on beside the steps. None of it changes a number.
    pub fn watch(&mut self, watch: Watch, events: &mut dyn FnMut(Outcome)) {
        let begins = watch.snapshots && !self.watch.snapshots && self.phase != Phase::New;
        self.watch.snapshots = watch.snapshots;
        self.record_path(watch.path);
        if begins {
            let first = self.network.initial_parameters(self.task.seed);
            events(EventKind::Snapshot(Snapshot { step: 0, weights: Arc::from(&first[..]) }).into());
            if self.step > 0 && self.phase != Phase::Diverged {
                self.snapshot(events);
            }
        }
    }

    fn record_path(&mut self, recording: PathRecording) {
        let parameters = self.parameters.len();
        let kept = Some(most_updates(parameters)).filter(|kept| *kept > 0 && recording != PathRecording::Off);
        self.updates = kept.map(|kept| self.updates.take().unwrap_or_else(|| UpdateRing::new(kept)));
        let has_sketches = recording == PathRecording::UpdatesAndSketches;
        self.sketcher = has_sketches.then(|| self.sketcher.take().unwrap_or_else(|| Sketcher::new(parameters)));
        self.watch.path = recording;
    }

    /// The path of the last `steps` steps, as far as their updates are kept.
    pub fn trail(&mut self, steps: usize, events: &mut dyn FnMut(Outcome)) {
        if let Some(updates) = &mut self.updates {
            events(EventKind::Trail(RecordedTrail { step: self.step, trail: updates.trail(steps) }).into());
        }
        // Like an evaluation, it is no part of training.
        self.clock.start();
    }

    fn snapshot(&self, events: &mut dyn FnMut(Outcome)) {
        let weights = Arc::from(&self.parameters[..]);
        events(EventKind::Snapshot(Snapshot { step: self.step, weights }).into());
    }

    fn begin(&mut self, events: &mut dyn FnMut(Outcome)) {
        self.order_now = self.order.arrange(1, &self.task.data.split.train);
        let weights: Vec<u8> = self.parameters.iter().flat_map(|weight| weight.to_le_bytes()).collect();
        let (weights_sha256, order_sha256) = (sha256_hex(&weights), self.order.sha256());
        events(EventKind::Started { began: SystemTime::now(), weights_sha256, order_sha256 }.into());
        if self.watch.snapshots {
            self.snapshot(events);
        }
        let val = self.evaluate_val();
        self.phase = Phase::Training;
        events(EventKind::Epoch(self.epoch_record(0, None, val)).into());
        self.clock.start();
    }

    fn train(&mut self, events: &mut dyn FnMut(Outcome)) {
        let next = self.step + 1;
        let due: Vec<f64> = self.task.lr_changes.iter().filter(|(step, _)| *step == next).map(|(_, lr)| *lr).collect();
        due.into_iter().for_each(|lr| self.set_lr(lr, events));
        let lr = self.lr;
        let (statistics, measures) = self.gather_and_step(lr);
        self.step += 1;
        self.lr = self.rate.at(self.step.into());
        self.seen += statistics.samples;
        self.samples += statistics.samples as u64;
        self.statistics.add(statistics);
        let record = StepRecord {
            samples: self.samples,
            compute_s: self.clock.lap(),
            step: self.step,
            epoch: self.epoch,
            lr: lr as f32,
            loss: statistics.mean_loss(),
            accuracy: statistics.accuracy(),
            grad_norm: measures.grad_norm as f32,
            update_norm: measures.update_norm as f32,
            update_cosine: measures.update_cosine as f32,
        };
        let mut window = self.meter.step(&self.parameters, &mut self.stepper, statistics.mean_loss(), measures);
        if let Some(window) = &mut window {
            window.record.gradient_cosine = self.probe_gradient() as f32;
        }
        let sketch = self.sketcher.as_ref().map(|sketcher| {
            Box::new(StepSketch { step: self.step, update: sketcher.sketch(self.stepper.last_update()) })
        });
        if let Some(updates) = &mut self.updates {
            updates.push(self.stepper.last_update());
        }
        let is_watched = window.is_some() || self.watch.path != PathRecording::Off;
        events(Outcome::Step(StepOutcome { record, window, sketch, next_lr: self.lr }));
        if !(record.loss.is_finite() && record.grad_norm.is_finite() && record.update_norm.is_finite()) {
            self.diverge(events);
            return;
        }
        let is_snapshot_due = self.watch.snapshots && self.is_snapshot_due();
        if is_snapshot_due {
            self.snapshot(events);
        }
        if self.seen == self.order_now.len() {
            self.end_epoch(events);
        } else if is_watched || is_snapshot_due {
            // Like an evaluation, what is measured and recorded beside a step is no part of training.
            self.clock.start();
        }
    }

    fn is_snapshot_due(&self) -> bool {
        self.step.is_multiple_of(snapshot_spacing(self.step, self.parameters.len()))
    }

    /// The forward and backward pass over the next minibatch, and the update.
    fn gather_and_step(&mut self, lr: f64) -> (BatchStatistics, StepMeasures) {
        let coming = &self.order_now[self.seen..];
        self.minibatch.gather(&self.task.data.dataset.train, coming, self.task.info.batch_size);
        self.stepper.begin(lr);
        let Self { network, parameters, minibatch, stepper, meter, .. } = self;
        let Minibatch { pixels, labels } = minibatch;
        let statistics = if meter.next_ends_window() {
            network.forward_backward(parameters, pixels, labels, &mut meter.observe(stepper))
        } else {
            network.forward_backward(parameters, pixels, labels, &mut Update(stepper))
        };
        // Loss and gradient are measured where the parameters stood; another gradient only serves the update.
        let measures = stepper.finish(parameters, |stepper, parameters| {
            network.forward_backward(parameters, pixels, labels, &mut Update(stepper));
        });
        (statistics, measures)
    }

    fn probe_gradient(&mut self) -> f64 {
        let Self { probe, network, parameters, minibatch, task, .. } = self;
        probe.end_window(network, parameters, &task.data.dataset.train, minibatch)
    }

    fn end_epoch(&mut self, events: &mut dyn FnMut(Outcome)) {
        let train = score(self.statistics);
        let val = self.evaluate_val();
        events(EventKind::Epoch(self.epoch_record(self.epoch, Some(train), val)).into());
        if !val.loss.is_finite() {
            self.diverge(events);
            return;
        }
        self.statistics = BatchStatistics::default();
        self.epoch += 1;
        self.seen = 0;
        if self.epoch > self.epochs {
            let test = self.evaluate_test();
            self.phase = Phase::Finished;
            if self.watch.snapshots && !self.is_snapshot_due() {
                self.snapshot(events);
            }
            events(EventKind::Finished { step: self.step, samples: self.samples, test }.into());
        }
        self.order_now = self.order.arrange(self.epoch, &self.task.data.split.train);
        self.clock.start();
    }

    fn diverge(&mut self, events: &mut dyn FnMut(Outcome)) {
        self.phase = Phase::Diverged;
        events(EventKind::Diverged { step: self.step, samples: self.samples }.into());
    }

    fn epoch_record(&self, epoch: u32, train: Option<Score>, val: Score) -> EpochRecord {
        EpochRecord {
            epoch,
            step: self.step,
            samples: self.samples,
            compute_s: self.clock.seconds(),
            wall_s: self.began.elapsed().as_secs_f64(),
            lr: self.lr as f32,
            train,
            val,
        }
    }

    fn evaluate_val(&mut self) -> Score {
        let data = Arc::clone(&self.task.data);
        self.evaluate(&data.dataset.train, &data.split.val)
    }

    fn evaluate_test(&mut self) -> Score {
        let data = Arc::clone(&self.task.data);
        let all: Vec<u32> = (0..data.dataset.test.len() as u32).collect();
        self.evaluate(&data.dataset.test, &all)
    }

    fn evaluate(&mut self, samples: &Samples, indices: &[u32]) -> Score {
        let mut statistics = BatchStatistics::default();
        let parameters = self.stepper.evaluation_point(&self.parameters);
        for first in (0..indices.len()).step_by(EVALUATION_PIECE) {
            let coming = &indices[first..];
            self.minibatch.gather(samples, coming, EVALUATION_PIECE);
            statistics.add(self.network.evaluate(&parameters, &self.minibatch.pixels, &self.minibatch.labels));
        }
        score(statistics)
    }
}

/// An optimizer that takes each piece of the gradient as the network has it.
pub struct Update<'a>(pub &'a mut Stepper);

impl GradientSink for Update<'_> {
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>) {
        self.0.apply(place, parameters, gradient);
    }
}

/// What comes out of a worker: a step, or an event.
pub enum Outcome {
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

impl From<EventKind> for Outcome {
    fn from(kind: EventKind) -> Self {
        Self::Event(kind)
    }
}

fn score(statistics: BatchStatistics) -> Score {
    Score { loss: statistics.mean_loss(), accuracy: statistics.accuracy() }
}
