//! One run's loop, without a thread in it: a step at a time.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use super::RaceData;
use super::clock::ComputeClock;
use super::metrics::{EpochRecord, Score, StepRecord, WINDOW_STEPS, WindowRecord};
use super::protocol::EventKind;
use super::settings::RunInfo;
use crate::data::{Order, Samples, sha256_hex};
use crate::geometry::Path;
use crate::nn::loss::Tally;
use crate::nn::{Architecture, GradientSink, Network, Parameters};
use crate::optim::Stepper;

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
    lr: f64,
    network: Network,
    parameters: Parameters,
    stepper: Stepper,
    path: Path,
    clock: ComputeClock,
    order: Order,
    /// The order of samples in this epoch, and how many of them were seen.
    order_now: Vec<u32>,
    seen: usize,
    epoch: u32,
    /// Loss and hits of this epoch, each sample before its update.
    tally: Tally,
    step: u32,
    samples: u64,
    minibatch: Minibatch,
}

impl Worker {
    /// A run that has not begun; `began` is when its race did.
    pub fn new(task: Task, epochs: u32, began: Instant) -> Self {
        let network = Network::new(task.architecture.clone());
        let parameters = network.initial_parameters(task.seed);
        Self {
            phase: Phase::New,
            epochs,
            lr: task.info.spec.lr,
            stepper: Stepper::new(&task.info.spec, parameters.len()),
            path: Path::new(&parameters, WINDOW_STEPS),
            clock: ComputeClock::new(),
            order: Order::new(task.seed, task.data.split.train.len()),
            order_now: Vec::new(),
            seen: 0,
            epoch: 1,
            tally: Tally::default(),
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

    /// A new learning rate, from the next step on.
    pub fn set_lr(&mut self, lr: f64, events: &mut dyn FnMut(Outcome)) {
        self.lr = lr;
        events(EventKind::LrChanged { step: self.step + 1, samples: self.samples, lr }.into());
    }

    /// Plans more epochs; a run that was done with its own goes on.
    pub fn extend(&mut self, epochs: u32, events: &mut dyn FnMut(Outcome)) {
        self.epochs = self.epochs.saturating_add(epochs);
        if self.phase == Phase::Finished {
            self.phase = Phase::Training;
        }
        let planned = EventKind::Extended { step: self.step, samples: self.samples, epochs: self.epochs };
        events(planned.into());
    }

    /// Stops for good.
    pub fn stop(&mut self, events: &mut dyn FnMut(Outcome)) {
        if matches!(self.phase, Phase::New | Phase::Training) {
            self.phase = Phase::Stopped;
        }
        events(EventKind::Stopped { step: self.step, samples: self.samples }.into());
    }

    /// Begins again, from the first weights and the first learning rate.
    pub fn restart(&mut self) {
        *self = Self::new(self.task.clone(), self.epochs, Instant::now());
    }

    fn begin(&mut self, events: &mut dyn FnMut(Outcome)) {
        self.order_now = self.order.epoch(1);
        let weights: Vec<u8> = self.parameters.iter().flat_map(|weight| weight.to_le_bytes()).collect();
        let order: Vec<u8> = self.order_now.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let (weights_sha256, order_sha256) = (sha256_hex(&weights), sha256_hex(&order));
        events(EventKind::Started { weights_sha256, order_sha256 }.into());
        let val = self.evaluate_val();
        self.phase = Phase::Training;
        events(EventKind::Epoch(self.epoch_record(0, None, val)).into());
        self.clock.start();
    }

    fn train(&mut self, events: &mut dyn FnMut(Outcome)) {
        let due = self.task.lr_changes.iter().find(|(step, _)| *step == self.step + 1);
        if let Some(&(_, lr)) = due {
            self.set_lr(lr, events);
        }
        let tally = self.gather_and_learn();
        let measures = self.stepper.finish();
        let window = self.path.step(&self.parameters, measures.update_norm);
        self.step += 1;
        self.seen += tally.samples;
        self.samples += tally.samples as u64;
        self.tally.add(tally);
        let record = StepRecord {
            samples: self.samples,
            compute_s: self.clock.lap(),
            step: self.step,
            epoch: self.epoch,
            lr: self.lr as f32,
            loss: tally.mean_loss(),
            accuracy: tally.accuracy(),
            grad_norm: measures.grad_norm as f32,
            update_norm: measures.update_norm as f32,
            update_cosine: measures.update_cosine as f32,
        };
        let window = window.map(|window| WindowRecord {
            step: self.step,
            straightness: window.straightness as f32,
            distance: window.distance as f32,
        });
        events(Outcome::Step(record, window));
        if !(record.loss.is_finite() && record.grad_norm.is_finite() && record.update_norm.is_finite()) {
            self.diverge(events);
        } else if self.seen == self.order_now.len() {
            self.end_epoch(events);
        }
    }

    /// The forward and backward pass over the next minibatch, and the update.
    fn gather_and_learn(&mut self) -> Tally {
        let end = (self.seen + self.task.info.batch_size).min(self.order_now.len());
        let split = &self.task.data.split.train;
        let indices = self.order_now[self.seen..end].iter().map(|&position| split[position as usize]);
        self.minibatch.gather(&self.task.data.dataset.train, indices);
        self.stepper.begin(self.lr);
        let Self { network, parameters, minibatch, stepper, .. } = self;
        network.learn(parameters, &minibatch.pixels, &minibatch.labels, &mut Update(stepper))
    }

    fn end_epoch(&mut self, events: &mut dyn FnMut(Outcome)) {
        let train = score(self.tally);
        let val = self.evaluate_val();
        events(EventKind::Epoch(self.epoch_record(self.epoch, Some(train), val)).into());
        if !val.loss.is_finite() {
            self.diverge(events);
            return;
        }
        self.tally = Tally::default();
        self.epoch += 1;
        self.seen = 0;
        if self.epoch > self.epochs {
            let test = self.evaluate_test();
            self.phase = Phase::Finished;
            events(EventKind::Finished { step: self.step, samples: self.samples, test }.into());
        }
        self.order_now = self.order.epoch(self.epoch);
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
        self.evaluate(&data.dataset.train, data.split.val.iter().copied())
    }

    fn evaluate_test(&mut self) -> Score {
        let data = Arc::clone(&self.task.data);
        self.evaluate(&data.dataset.test, 0..data.dataset.test.len() as u32)
    }

    fn evaluate(&mut self, samples: &Samples, mut indices: impl ExactSizeIterator<Item = u32>) -> Score {
        let mut tally = Tally::default();
        while indices.len() > 0 {
            self.minibatch.gather(samples, indices.by_ref().take(EVALUATION_PIECE));
            tally.add(self.network.evaluate(&self.parameters, &self.minibatch.pixels, &self.minibatch.labels));
        }
        score(tally)
    }
}

/// An optimizer that takes each piece of the gradient as the network has it.
pub struct Update<'a>(pub &'a mut Stepper);

impl GradientSink for Update<'_> {
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: &[f32]) {
        self.0.apply(place, parameters, gradient);
    }

    fn take_unlit(&mut self, place: Range<usize>, parameters: &mut [f32]) {
        self.0.rest(place, parameters);
    }
}

/// What comes out of a worker: a step, or an event.
pub enum Outcome {
    /// One step was done, and perhaps a window ended with it.
    Step(StepRecord, Option<WindowRecord>),
    /// Something else happened.
    Event(EventKind),
}

impl From<EventKind> for Outcome {
    fn from(kind: EventKind) -> Self {
        Self::Event(kind)
    }
}

fn score(tally: Tally) -> Score {
    Score { loss: tally.mean_loss(), accuracy: tally.accuracy() }
}

/// Samples brought together: `pixels` as `[samples][features]`.
#[derive(Default)]
struct Minibatch {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Minibatch {
    fn gather(&mut self, samples: &Samples, indices: impl Iterator<Item = u32>) {
        self.pixels.clear();
        self.labels.clear();
        for index in indices {
            self.pixels.extend_from_slice(samples.image(index as usize));
            self.labels.push(samples.label(index as usize));
        }
    }
}
