//! All that has been measured in a race so far: events go in, every frontend and every file is written from it.

use std::collections::VecDeque;
use std::time::SystemTime;

use super::measure::{EffectiveLr, EpochRecord, Score, StepRecord, Window, WindowRecord};
use super::protocol::{Event, EventKind};
use super::recording::{self, RecordedTrail, Snapshot, StepSketch};
use super::settings::RunInfo;
use crate::text::Untrusted;

/// The state of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum RunState {
    /// It has not begun: weights are made and evaluated.
    Preparing,
    /// It trains.
    Running,
    /// It waits for a person.
    Paused,
    /// All planned epochs are done.
    Finished,
    /// A number was no longer finite at this step.
    Diverged {
        /// The step in which it happened.
        step: u32,
        /// What in its optimizer made it so, where that is known.
        why: Option<Untrusted>,
    },
    /// Its thread panicked.
    Failed {
        /// What the panic said.
        message: Untrusted,
    },
    /// It was stopped before its planned end.
    Stopped,
}

impl RunState {
    /// Whether the run trains no further unless it is extended or restarted.
    pub fn has_ended(&self) -> bool {
        self.has_died() || matches!(self, Self::Finished | Self::Stopped)
    }

    /// Its name, in a word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Diverged { .. } => "diverged",
            Self::Failed { .. } => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// Whether something went wrong with the run, so that it trains no further unless it is restarted.
    pub fn has_died(&self) -> bool {
        matches!(self, Self::Diverged { .. } | Self::Failed { .. })
    }
}

/// A row of `events.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct RunEvent {
    /// Step it belongs to.
    pub step: u32,
    /// Samples seen by then.
    pub samples: u64,
    /// What happened.
    pub kind: RunEventKind,
}

/// What a row of `events.csv` can say.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEventKind {
    /// The run was begun again, alone, after it had done this many steps, which are not kept.
    Restarted(u32),
    /// A person changed the learning rate; `step` is the first one trained with it.
    Lr(f64),
    /// That change multiplied the run's schedule by this, from `step` on.
    LrScale(f64),
    /// The run was paused.
    Paused,
    /// It went on.
    Resumed,
    /// A number was no longer finite, for this reason, where one is known.
    Diverged(Option<Untrusted>),
    /// Its thread panicked, with this message.
    Failed(Untrusted),
    /// The planned epochs were changed to this many.
    Extended(u32),
    /// All planned epochs were done.
    Finished,
    /// It was stopped before its planned end.
    Stopped,
}

/// All that has been measured of one run.
#[derive(Debug, Clone)]
pub struct RunHistory {
    /// Label, spec and batch size.
    pub info: RunInfo,
    /// Its place.
    pub state: RunState,
    /// How often it was begun again by itself, since the race was.
    pub restarts: u32,
    /// When it began; `None` before.
    pub began: Option<SystemTime>,
    /// Whether it was slowed down, which may cost it compute time: caches grow cold.
    pub is_throttled: bool,
    /// Learning rate of its next step.
    pub lr: f64,
    /// What its schedule was multiplied by when a person last changed its learning rate; 1 before.
    pub lr_scale: f64,
    /// Every step.
    pub steps: Vec<StepRecord>,
    /// Every window of steps.
    pub windows: Vec<WindowRecord>,
    /// Effective learning rates of every layer in every window, window by window: see
    /// [`RunHistory::layer_effective_lr`].
    layer_effective_lr: Vec<EffectiveLr>,
    /// Sketches of its last steps, while they are asked for: at most [`recording::MOST_SKETCHES`], without a gap.
    pub sketches: VecDeque<StepSketch>,
    /// The path of its last steps, as it was asked for last.
    pub trail: Option<RecordedTrail>,
    /// Its weights at steps that are evenly spaced, and the last that were sent, while they are asked for: at most
    /// [`recording::most_snapshots`] and one.
    pub snapshots: Vec<Snapshot>,
    /// Its weights when it was asked for them last.
    pub present: Option<Snapshot>,
    /// Every evaluation; the first is that of epoch 0.
    pub epochs: Vec<EpochRecord>,
    /// What happened to it.
    pub events: Vec<RunEvent>,
    /// Evaluation on the test samples, once it has finished.
    pub test: Option<Score>,
    /// SHA-256 of its initial weights, in hexadecimal.
    pub weights_sha256: Option<Untrusted>,
    /// SHA-256 of its order of samples in the first epoch, in hexadecimal.
    pub order_sha256: Option<Untrusted>,
}

/// All that has been measured in a race.
#[derive(Debug, Clone)]
pub struct History {
    /// The runs, in the order of their specs.
    pub runs: Vec<RunHistory>,
    /// Epochs planned.
    pub epochs: u32,
    /// How often the race was restarted.
    pub generation: u32,
}

/// The evaluation with the lowest validation loss.
pub fn best_of(epochs: &[EpochRecord]) -> Option<&EpochRecord> {
    epochs.iter().filter(|epoch| epoch.val.loss.is_finite()).min_by(|a, b| a.val.loss.total_cmp(&b.val.loss))
}

impl RunHistory {
    /// What had been measured of it when it had seen `samples` samples; all, where it has seen no more.
    pub fn until(&self, samples: u64) -> Self {
        let done = self.steps.partition_point(|step| step.samples <= samples);
        if done == self.steps.len() {
            return self.clone();
        }
        let windows = self.windows.partition_point(|window| window.step as usize <= done);
        let layers = self.layer_effective_lr.len().checked_div(self.windows.len()).unwrap_or(0);
        Self {
            state: RunState::Running,
            steps: self.steps[..done].to_vec(),
            windows: self.windows[..windows].to_vec(),
            layer_effective_lr: self.layer_effective_lr[..windows * layers].to_vec(),
            epochs: self.epochs.iter().take_while(|epoch| epoch.step as usize <= done).copied().collect(),
            events: self.events.iter().take_while(|event| event.step as usize <= done).cloned().collect(),
            test: None,
            ..Self::new(self.info.clone())
        }
    }

    /// What was measured of it beyond so many steps, evaluations and events.
    pub fn beyond(&self, steps: usize, epochs: usize, events: usize) -> Self {
        let is_passed = |window: &WindowRecord| window.step as usize <= steps;
        Self {
            steps: self.steps[steps..].to_vec(),
            windows: self.windows[self.windows.partition_point(is_passed)..].to_vec(),
            epochs: self.epochs[epochs..].to_vec(),
            events: self.events[events..].to_vec(),
            ..Self::new(self.info.clone())
        }
    }

    fn new(info: RunInfo) -> Self {
        Self {
            lr: info.first_lr(),
            lr_scale: 1.0,
            info,
            state: RunState::Preparing,
            restarts: 0,
            began: None,
            is_throttled: false,
            steps: Vec::new(),
            windows: Vec::new(),
            layer_effective_lr: Vec::new(),
            sketches: VecDeque::new(),
            trail: None,
            snapshots: Vec::new(),
            present: None,
            epochs: Vec::new(),
            events: Vec::new(),
            test: None,
            weights_sha256: None,
            order_sha256: None,
        }
    }

    /// Gradients of a minibatch taken: one a step, or two.
    pub fn gradients(&self) -> u64 {
        self.steps.len() as u64 * u64::from(self.info.spec.gradients_per_step())
    }

    /// Training samples seen so far.
    pub fn samples(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.samples)
    }

    /// Effective learning rates of a layer, counted from 0 at the input, in each of [`RunHistory::windows`]; nothing
    /// if there is no such layer.
    pub fn layer_effective_lr(&self, layer: usize) -> impl ExactSizeIterator<Item = &EffectiveLr> {
        let layers = self.layer_effective_lr.len().checked_div(self.windows.len()).unwrap_or(0);
        let from = if layer < layers { layer } else { self.layer_effective_lr.len() };
        self.layer_effective_lr[from..].iter().step_by(layers.max(1))
    }

    /// CPU time spent on training so far, in seconds.
    pub fn compute_s(&self) -> f64 {
        self.steps.last().map_or(0.0, |step| step.compute_s)
    }

    /// The evaluation with the lowest validation loss.
    pub fn best_val(&self) -> Option<&EpochRecord> {
        best_of(&self.epochs)
    }

    /// The first evaluation whose validation accuracy is at least `accuracy`.
    pub fn reached(&self, accuracy: f32) -> Option<&EpochRecord> {
        self.epochs.iter().find(|epoch| epoch.val.accuracy >= accuracy)
    }

    fn mark(&mut self, step: u32, samples: u64, kind: RunEventKind) {
        self.events.push(RunEvent { step, samples, kind });
    }

    fn has_done(&self, epochs: u32) -> bool {
        self.epochs.last().is_some_and(|last| last.epoch >= epochs)
    }

    fn apply(&mut self, kind: EventKind, planned: u32) {
        match kind {
            EventKind::Started { began, weights_sha256, order_sha256 } => {
                self.began = Some(began);
                self.weights_sha256 = Some(weights_sha256);
                self.order_sha256 = Some(order_sha256);
                self.state = RunState::Running;
            }
            EventKind::Restarted { step } => {
                *self = Self { restarts: self.restarts + 1, ..Self::new(self.info.clone()) };
                self.mark(0, 0, RunEventKind::Restarted(step));
            }
            EventKind::Progress { steps, windows, sketches, next_lr } => {
                self.steps.extend(steps);
                for Window { record, layers } in windows {
                    self.windows.push(record);
                    self.layer_effective_lr.extend(layers);
                }
                recording::keep_sketches(&mut self.sketches, sketches);
                self.lr = next_lr;
            }
            EventKind::Snapshot(snapshot) => recording::keep_snapshot(&mut self.snapshots, snapshot),
            EventKind::PresentWeights(present) => self.present = Some(present),
            EventKind::Trail(trail) => self.trail = Some(trail),
            EventKind::Epoch(epoch) => self.epochs.push(epoch),
            EventKind::LrChanged { step, samples, lr, scale, next_lr } => {
                (self.lr, self.lr_scale) = (next_lr, scale);
                self.mark(step, samples, RunEventKind::Lr(lr));
                if self.info.spec.schedule.is_some() {
                    self.mark(step, samples, RunEventKind::LrScale(scale));
                }
            }
            EventKind::Extended { step, samples, epochs } => {
                self.mark(step, samples, RunEventKind::Extended(epochs));
            }
            EventKind::Paused { step, samples } => {
                if self.state == RunState::Running {
                    self.mark(step, samples, RunEventKind::Paused);
                    self.state = RunState::Paused;
                }
            }
            EventKind::Throttled => self.is_throttled = true,
            EventKind::Resumed { step, samples } => {
                if self.state == RunState::Paused {
                    self.mark(step, samples, RunEventKind::Resumed);
                    self.state = RunState::Running;
                }
            }
            EventKind::Diverged { step, samples, why } => {
                self.mark(step, samples, RunEventKind::Diverged(why.clone()));
                self.state = RunState::Diverged { step, why };
            }
            EventKind::Failed { message } => {
                let (step, samples) = self.steps.last().map_or((0, 0), |last| (last.step, last.samples));
                self.mark(step, samples, RunEventKind::Failed(message.clone()));
                self.state = RunState::Failed { message };
            }
            EventKind::Finished { step, samples, test } => {
                // Another run may already have reported more epochs.
                if self.has_done(planned) {
                    self.test = Some(test);
                    self.state = RunState::Finished;
                }
                self.mark(step, samples, RunEventKind::Finished);
            }
            EventKind::Stopped { step, samples } => {
                if !self.state.has_ended() {
                    self.state = RunState::Stopped;
                    self.mark(step, samples, RunEventKind::Stopped);
                }
            }
        }
    }
}

impl History {
    /// A history of runs that have not begun.
    pub fn new(runs: &[RunInfo], epochs: u32) -> Self {
        Self { runs: runs.iter().cloned().map(RunHistory::new).collect(), epochs, generation: 0 }
    }

    /// Takes in what happened. The first event after a restart throws away all that was measured before it; an
    /// event from before a restart is passed over.
    pub fn apply(&mut self, event: Event) {
        if event.generation < self.generation {
            return;
        }
        if event.generation > self.generation {
            let infos: Vec<RunInfo> = self.runs.iter().map(|run| run.info.clone()).collect();
            let generation = event.generation;
            *self = Self { generation, ..Self::new(&infos, self.epochs) };
        }
        if let EventKind::Extended { epochs, .. } = event.kind {
            self.extend(epochs);
        }
        let planned = self.epochs;
        if let Some(run) = self.runs.get_mut(event.run) {
            run.apply(event.kind, planned);
        }
    }

    /// More epochs were planned: a run that was done goes on, even if it has not yet said so itself.
    fn extend(&mut self, epochs: u32) {
        self.epochs = epochs;
        for run in self.runs.iter_mut().filter(|run| run.state == RunState::Finished && !run.has_done(epochs)) {
            run.state = RunState::Running;
            run.test = None;
        }
    }

    /// What had been measured when each run had seen at most so many samples.
    pub fn until(&self, samples: u64) -> Self {
        Self { runs: self.runs.iter().map(|run| run.until(samples)).collect(), ..*self }
    }

    /// Whether every run has ended.
    pub fn has_ended(&self) -> bool {
        self.runs.iter().all(|run| run.state.has_ended())
    }

    /// Whether every run stands still: paused or ended.
    pub fn is_still(&self) -> bool {
        self.runs.iter().all(|run| run.state == RunState::Paused || run.state.has_ended())
    }
}
