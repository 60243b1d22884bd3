//! The thread of one run: does what it is granted, carries out commands, sends what happened.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use super::measure::{StepRecord, Window};
use super::protocol::{Command, Event, EventKind, RunIndex, Target};
use super::recording::{Recording, StepSketch};
use super::scheduler::{Ability, Grant, Scheduler, Seat, Standing};
use super::worker::{Phase, RunConfig, StepOutcome, Worker, WorkerOutput};
use crate::failpoint::fail_point;
use crate::system::thread_named;
use crate::text::panic_message;

/// Steps are sent together, this often: a few times in the life of a frame.
const SEND_EVERY: Duration = Duration::from_millis(8);

/// The most steps that are sent together.
const MOST_STEPS_SENT: usize = 4096;

/// The receiver of events is gone: the race is being dropped.
struct Abandoned;

/// Starts the thread of a run, which trains until it is told to stop or nobody listens. A panic ends the run, not the
/// race: it is sent as [`EventKind::Failed`], and the thread waits for a restart.
///
/// # Errors
/// When the system refuses another thread.
pub fn spawn(
    run: RunIndex,
    config: RunConfig,
    epochs: u32,
    scheduler: Arc<Scheduler>,
    sender: Sender<Event>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    let seat = scheduler.seat(run);
    let outbox = Outbox { run, generation: 0, sender, batch: Batch::default(), sent: Instant::now() };
    let thread = RunThread { config, epochs, recording: Recording::default(), scheduler, seat, outbox, worker: None };
    thread_named(format!("run {run}")).spawn(move || thread.run())
}

/// A run and its thread.
struct RunThread {
    config: RunConfig,
    /// Epochs planned; like what is recorded, they outlive a restart.
    epochs: u32,
    recording: Recording,
    scheduler: Arc<Scheduler>,
    seat: Arc<Seat>,
    outbox: Outbox,
    /// `None` before it was made, and once it has failed.
    worker: Option<Worker>,
}

impl RunThread {
    fn run(mut self) {
        let mut is_first = true;
        loop {
            let life = catch_unwind(AssertUnwindSafe(|| {
                if std::mem::take(&mut is_first) {
                    self.begin(None)?;
                }
                self.live()
            }));
            let Err(panic) = life else { return };
            self.worker = None;
            let failed = EventKind::Failed { message: panic_message(panic.as_ref()).into() };
            if self.outbox.event(failed).is_err() {
                return;
            }
        }
    }

    /// Does what it is granted until it is stopped.
    fn live(&mut self) -> Result<(), Abandoned> {
        loop {
            match self.scheduler.next(self.outbox.run, &self.seat, self.standing()) {
                Grant::Train { until } => self.train(until)?,
                Grant::Pause => self.report_place(|step, samples| EventKind::Paused { step, samples })?,
                Grant::Throttle => self.outbox.event(EventKind::Throttled)?,
                Grant::Obey(target, command) => {
                    if self.obey(target, command)?.is_break() {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn standing(&self) -> Standing {
        let Some(worker) = &self.worker else { return Standing { samples: 0, ability: Ability::Nothing } };
        let ability = match worker.phase() {
            Phase::New => Ability::Begin,
            Phase::Training => Ability::Train { step_end: worker.next_step_end() },
            Phase::Finished | Phase::Diverged | Phase::Stopped => Ability::Nothing,
        };
        Standing { samples: worker.samples(), ability }
    }

    /// Carries out a command. A run that has failed has no worker: what is meant for one has no effect on it, what is
    /// meant for its next life is kept.
    fn obey(&mut self, target: Target, command: Command) -> Result<ControlFlow<()>, Abandoned> {
        match command {
            // The scheduler has carried them out.
            Command::Pause | Command::Speed { .. } | Command::Step => {}
            Command::Resume => self.report_place(|step, samples| EventKind::Resumed { step, samples })?,
            Command::SetLr { lr } => self.with_worker(|worker, events| worker.set_lr(lr, events))?,
            Command::FirstLr => self.with_worker(Worker::reset_lr)?,
            Command::Extend { epochs } => {
                self.epochs = self.epochs.saturating_add(epochs);
                self.with_worker(|worker, events| worker.extend(epochs, events))?;
            }
            Command::RecordPath { recording } => self.record(Recording { path: recording, ..self.recording })?,
            Command::Trail { steps, at } => self.with_worker(|worker, events| worker.trail(steps, at, events))?,
            Command::PresentWeights => self.with_worker(Worker::present_weights)?,
            Command::Snapshots { on } => self.record(Recording { snapshots: on, ..self.recording })?,
            Command::Restart { lr } => {
                match target {
                    Target::All => self.outbox.restart(),
                    Target::Run(_) => self.outbox.restart_run(self.worker.as_ref().map_or(0, Worker::step_count))?,
                }
                self.begin(lr)?;
            }
            Command::Stop => {
                self.with_worker(Worker::stop)?;
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Makes a worker, which begins with this learning rate unless its first.
    fn begin(&mut self, lr: Option<f64>) -> Result<(), Abandoned> {
        // The old one goes first: both may not fit into memory.
        self.worker = None;
        self.worker = Some(Worker::new(self.config.clone(), self.epochs, Instant::now()));
        self.record(self.recording)?;
        lr.map_or(Ok(()), |lr| self.with_worker(|worker, events| worker.set_lr(lr, events)))
    }

    fn record(&mut self, recording: Recording) -> Result<(), Abandoned> {
        self.recording = recording;
        self.with_worker(|worker, events| worker.record(recording, events))
    }

    /// Trains up to so many samples, or until the scheduler has something else for this run.
    fn train(&mut self, until: u64) -> Result<(), Abandoned> {
        self.worker.iter_mut().for_each(Worker::resume_clock);
        loop {
            fail_point("train");
            self.with_worker(Worker::advance)?;
            let goes_on = |worker: &Worker| worker.phase() == Phase::Training && worker.samples() < until;
            if !self.worker.as_ref().is_some_and(goes_on) || self.seat.is_interrupted() {
                return Ok(());
            }
        }
    }

    /// Has the worker do something, if there is one, and sends what happened.
    fn with_worker(&mut self, act: impl FnOnce(&mut Worker, &mut dyn FnMut(WorkerOutput))) -> Result<(), Abandoned> {
        let Self { worker: Some(worker), outbox, .. } = self else { return Ok(()) };
        let mut result = Ok(());
        act(worker, &mut |outcome| {
            if result.is_ok() {
                result = match outcome {
                    WorkerOutput::Step(step) => outbox.step(step),
                    WorkerOutput::Event(kind) => outbox.event(kind),
                };
            }
        });
        result
    }

    fn report_place(&mut self, event: impl FnOnce(u32, u64) -> EventKind) -> Result<(), Abandoned> {
        let place = self.worker.as_ref().map_or((0, 0), |worker| (worker.step_count(), worker.samples()));
        self.outbox.event(event(place.0, place.1))
    }
}

/// Collects steps and sends them, in order with everything else that happens.
struct Outbox {
    run: RunIndex,
    generation: u32,
    sender: Sender<Event>,
    batch: Batch,
    sent: Instant,
}

/// What is sent together.
#[derive(Default)]
struct Batch {
    steps: Vec<StepRecord>,
    windows: Vec<Window>,
    sketches: Vec<StepSketch>,
    next_lr: f64,
}

impl Outbox {
    fn step(&mut self, step: StepOutcome) -> Result<(), Abandoned> {
        self.batch.steps.push(step.record);
        self.batch.windows.extend(step.window);
        self.batch.sketches.extend(step.sketch.map(|sketch| *sketch));
        self.batch.next_lr = step.next_lr;
        if self.batch.steps.len() >= MOST_STEPS_SENT || self.sent.elapsed() >= SEND_EVERY {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn event(&mut self, kind: EventKind) -> Result<(), Abandoned> {
        self.flush()?;
        self.send(kind)
    }

    /// What was not sent yet belongs to what is thrown away.
    fn restart(&mut self) {
        self.generation += 1;
        self.batch = Batch::default();
    }

    /// What was measured so far no longer counts, in this run alone.
    fn restart_run(&mut self, step: u32) -> Result<(), Abandoned> {
        self.batch = Batch::default();
        self.send(EventKind::Restarted { step })
    }

    fn flush(&mut self) -> Result<(), Abandoned> {
        self.sent = Instant::now();
        if self.batch.steps.is_empty() {
            return Ok(());
        }
        let Batch { steps, windows, sketches, next_lr } = std::mem::take(&mut self.batch);
        self.send(EventKind::Progress { steps, windows, sketches, next_lr })
    }

    fn send(&self, kind: EventKind) -> Result<(), Abandoned> {
        self.sender.send(Event { run: self.run, generation: self.generation, kind }).map_err(|_| Abandoned)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::data::{Dataset, Samples, Split};
    use crate::nn::{Activation, Architecture};
    use crate::race::RaceData;
    use crate::race::history::{History, RunState};
    use crate::race::scheduler::Pace;
    use crate::race::settings::RunInfo;

    /// A run on 40 pictures of one pixel; with too few `classes` for their labels, its first step panics.
    fn config(classes: usize) -> RunConfig {
        let samples = || Samples::new(vec![9; 40], vec![1; 40], 1, 1).unwrap();
        let dataset = Dataset {
            name: "one pixel".into(),
            class_names: vec!["dark".to_owned(), "lit".to_owned()],
            train: samples(),
            test: samples(),
            files: Vec::new(),
        };
        let split = Split { train: (0..30).collect(), val: (30..40).collect() };
        let spec: crate::optim::Spec = "adam".parse().unwrap();
        RunConfig {
            info: RunInfo {
                label: format!("{classes} classes").try_into().unwrap(),
                spec,
                batch_size: 4,
                planned_steps: 16,
            },
            architecture: Architecture { height: 1, width: 1, hidden: vec![], activation: Activation::Relu, classes },
            data: Arc::new(RaceData { dataset, split, split_seed: 0, val_fraction: 0.25 }),
            seed: 0,
            lr_changes: Vec::new(),
            stopping: Arc::default(),
        }
    }

    #[test]
    fn a_run_that_is_told_to_stop_while_it_is_evaluated_trains_no_further() {
        // At the start, after the first of two epochs, and after the last.
        for (epochs, steps_before) in [(2, 0), (2, 1), (1, 1)] {
            let config = config(2);
            let stopping = Arc::clone(&config.stopping);
            let mut worker = Worker::new(config, epochs, Instant::now());
            let mut kinds = Vec::new();
            let mut note = |outcome: WorkerOutput| match outcome {
                WorkerOutput::Event(kind) => kinds.push(kind),
                WorkerOutput::Step(_) => {}
            };
            (0..steps_before).for_each(|_| worker.advance(&mut note));
            stopping.store(true, Ordering::Release);
            (0..20).for_each(|_| worker.advance(&mut note));
            worker.stop(&mut note);
            let told = |wanted: fn(&EventKind) -> bool| kinds.iter().filter(|kind| wanted(kind)).count();
            assert_eq!(told(|kind| matches!(kind, EventKind::Diverged { .. } | EventKind::Finished { .. })), 0);
            assert_eq!(told(|kind| matches!(kind, EventKind::Started { .. })), 1, "it begins once");
            assert!(matches!(kinds.last(), Some(EventKind::Stopped { .. })), "{kinds:?}");
            assert!(worker.phase() == Phase::Stopped && worker.step_count() <= 8, "{}", worker.step_count());
        }
    }

    #[test]
    fn a_panic_ends_its_run_and_not_the_race() {
        let configs = [config(1), config(2)];
        let infos: Vec<RunInfo> = configs.iter().map(|config| config.info.clone()).collect();
        let scheduler = Arc::new(Scheduler::new(2, 1, Pace::default()));
        let (sender, events) = crossbeam_channel::bounded(4);
        for (index, config) in configs.into_iter().enumerate() {
            spawn(index, config, 2, Arc::clone(&scheduler), sender.clone()).unwrap();
        }
        drop(sender);
        let mut history = History::new(&infos, 2);
        for generation in 0..2 {
            while history.generation < generation || !history.has_ended() {
                history.apply(events.recv().unwrap());
            }
            let RunState::Failed { message } = &history.runs[0].state else { panic!("{:?}", history.runs[0].state) };
            assert!(message.raw().contains("index out of bounds"), "{message}");
            assert_eq!(history.runs[1].state, RunState::Finished);
            assert_eq!(history.runs[1].steps.len(), 16);
            // Even the run that failed hears commands.
            scheduler.send(Target::All, Command::Restart { lr: None });
        }
        scheduler.send(Target::All, Command::Stop);
        assert!(events.iter().count() > 0, "the threads end");
    }
}
