//! The thread of one run: takes its turns, obeys commands, sends what happened.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use super::metrics::{StepRecord, Window};
use super::pace::{Pace, TURN_SAMPLES, Turn, Wish};
use super::protocol::{Command, Event, EventKind, RunIndex};
use super::watch::{StepSketch, Watch};
use super::worker::{Outcome, Phase, Task, Worker};
use crate::failpoint::fail_point;
use crate::text::panic_message;

/// Steps are sent together, this often: a few times in the life of a frame.
const SEND_EVERY: Duration = Duration::from_millis(8);

/// The most steps that are sent together.
const MOST_STEPS_SENT: usize = 4096;

/// Nobody receives events any more: the race is being dropped.
struct Abandoned;

/// Trains one run until it is told to stop or nobody listens. A panic ends the run, not the race: it is sent as
/// [`EventKind::Failed`], and the thread waits for a restart.
pub fn run(run: RunIndex, task: Task, epochs: u32, pace: &Pace, sender: Sender<Event>) {
    let mut outbox = Outbox { run, generation: 0, sender, batch: Batch::default(), sent: Instant::now() };
    let mut orders = Orders { epochs, watch: Watch::default(), paused: false, lr: None };
    loop {
        let life = catch_unwind(AssertUnwindSafe(|| live(&task, &mut orders, pace, &mut outbox)));
        let Err(panic) = life else { return };
        let failed = EventKind::Failed { message: panic_message(panic.as_ref()).to_owned() };
        if outbox.event(failed).is_err() || wait_for_restart(&mut orders, pace, &mut outbox).is_err() {
            return;
        }
    }
}

/// What was ordered and outlives a restart.
struct Orders {
    epochs: u32,
    watch: Watch,
    paused: bool,
    /// The learning rate to begin with, unless the spec's.
    lr: Option<f64>,
}

/// The life of a run from its first weights to its stop, restarts included.
fn live(task: &Task, orders: &mut Orders, pace: &Pace, outbox: &mut Outbox) -> Result<(), Abandoned> {
    let mut worker = Worker::new(task.clone(), orders.epochs, Instant::now());
    tell(outbox, |events| worker.watch(orders.watch, events))?;
    begin(&mut worker, orders, outbox)?;
    loop {
        let wish = match worker.phase() {
            Phase::New | Phase::Training if !orders.paused => Wish::Train,
            Phase::New | Phase::Training => Wish::Rest { ended: false },
            Phase::Finished | Phase::Diverged | Phase::Stopped => Wish::Rest { ended: true },
        };
        match pace.next(outbox.run, outbox.generation, worker.samples(), wish) {
            Turn::Train => take_turn(&mut worker, pace, outbox)?,
            Turn::Obey(Command::Pause) => {
                orders.paused = true;
                pause(&mut worker, outbox)?;
            }
            Turn::Obey(Command::Resume) => {
                orders.paused = false;
                outbox.event(EventKind::Resumed { step: worker.step_count(), samples: worker.samples() })?;
            }
            Turn::Obey(Command::Step) => {
                if orders.paused {
                    worker.resume_clock();
                    advance(&mut worker, outbox)?;
                    outbox.event(EventKind::Paused { step: worker.step_count(), samples: worker.samples() })?;
                }
            }
            Turn::Obey(Command::SetLr { lr, .. } | Command::SetLrAll { lr }) => {
                tell(outbox, |events| worker.set_lr(lr, events))?;
            }
            Turn::Obey(Command::FirstLr { .. }) => tell(outbox, |events| worker.reset_lr(events))?,
            Turn::Obey(Command::Extend { epochs }) => {
                orders.epochs = orders.epochs.saturating_add(epochs);
                let had_finished = worker.phase() == Phase::Finished;
                tell(outbox, |events| worker.extend(epochs, events))?;
                if orders.paused && had_finished {
                    outbox.event(EventKind::Paused { step: worker.step_count(), samples: worker.samples() })?;
                }
            }
            Turn::Obey(Command::Sketch { on, .. }) => {
                orders.watch.sketches = on;
                tell(outbox, |events| worker.watch(orders.watch, events))?;
            }
            Turn::Obey(Command::Snapshots { on }) => {
                orders.watch.snapshots = on;
                tell(outbox, |events| worker.watch(orders.watch, events))?;
            }
            Turn::Obey(Command::Restart) => {
                outbox.restart();
                orders.paused = false;
                worker.restart();
            }
            Turn::Obey(Command::RestartRun { lr, .. }) => {
                outbox.restart_run(worker.step_count())?;
                pace.begin_again(outbox.run);
                worker.restart();
                orders.lr = lr;
                begin(&mut worker, orders, outbox)?;
            }
            Turn::Obey(Command::Stop) => {
                tell(outbox, |events| worker.stop(events))?;
                return Ok(());
            }
        }
    }
}

/// What a new life begins with: the learning rate that was ordered for it, and the pause that the race is in.
fn begin(worker: &mut Worker, orders: &mut Orders, outbox: &mut Outbox) -> Result<(), Abandoned> {
    if let Some(lr) = orders.lr.take() {
        tell(outbox, |events| worker.set_lr(lr, events))?;
    }
    if orders.paused { pause(worker, outbox) } else { Ok(()) }
}

fn pause(worker: &mut Worker, outbox: &mut Outbox) -> Result<(), Abandoned> {
    // What is seen while paused includes the state before training.
    if worker.phase() == Phase::New {
        advance(worker, outbox)?;
    }
    outbox.event(EventKind::Paused { step: worker.step_count(), samples: worker.samples() })
}

/// Trains until the turn is over, a command waits, or there is nothing left to train.
fn take_turn(worker: &mut Worker, pace: &Pace, outbox: &mut Outbox) -> Result<(), Abandoned> {
    let end = worker.samples() + TURN_SAMPLES;
    worker.resume_clock();
    loop {
        advance(worker, outbox)?;
        let may_go_on = worker.phase() == Phase::Training && worker.samples() < end;
        if !may_go_on || pace.has_mail(outbox.run) {
            return Ok(());
        }
    }
}

fn advance(worker: &mut Worker, outbox: &mut Outbox) -> Result<(), Abandoned> {
    fail_point("train");
    tell(outbox, |events| worker.advance(events))
}

/// Has `act` say what happened, and sends it.
fn tell(outbox: &mut Outbox, act: impl FnOnce(&mut dyn FnMut(Outcome))) -> Result<(), Abandoned> {
    let mut result = Ok(());
    act(&mut |outcome| {
        if result.is_ok() {
            result = match outcome {
                Outcome::Step(step, window, sketch) => outbox.step(step, window, sketch),
                Outcome::Event(kind) => outbox.event(kind),
            };
        }
    });
    result
}

/// What a run does after it failed: nothing, until it may begin again.
fn wait_for_restart(orders: &mut Orders, pace: &Pace, outbox: &mut Outbox) -> Result<(), Abandoned> {
    loop {
        match pace.next(outbox.run, outbox.generation, 0, Wish::Rest { ended: true }) {
            Turn::Obey(Command::Restart) => {
                outbox.restart();
                orders.paused = false;
                return Ok(());
            }
            Turn::Obey(Command::RestartRun { lr, .. }) => {
                outbox.restart_run(0)?;
                pace.begin_again(outbox.run);
                orders.lr = lr;
                return Ok(());
            }
            Turn::Obey(Command::Stop) => return Err(Abandoned),
            Turn::Obey(Command::Extend { epochs }) => orders.epochs = orders.epochs.saturating_add(epochs),
            Turn::Obey(Command::Sketch { on, .. }) => orders.watch.sketches = on,
            Turn::Obey(Command::Snapshots { on }) => orders.watch.snapshots = on,
            Turn::Obey(command @ (Command::Pause | Command::Step)) => {
                orders.paused |= command == Command::Pause;
                outbox.event(EventKind::Paused { step: 0, samples: 0 })?;
            }
            Turn::Obey(Command::Resume) => orders.paused = false,
            Turn::Train | Turn::Obey(_) => {}
        }
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
}

impl Outbox {
    fn step(
        &mut self,
        step: StepRecord,
        window: Option<Window>,
        sketch: Option<Box<StepSketch>>,
    ) -> Result<(), Abandoned> {
        self.batch.steps.push(step);
        self.batch.windows.extend(window);
        self.batch.sketches.extend(sketch.map(|sketch| *sketch));
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
        let Batch { steps, windows, sketches } = std::mem::take(&mut self.batch);
        self.send(EventKind::Progress { steps, windows, sketches })
    }

    fn send(&self, kind: EventKind) -> Result<(), Abandoned> {
        self.sender.send(Event { run: self.run, generation: self.generation, kind }).map_err(|_| Abandoned)
    }
}

/// Starts the thread of a run.
///
/// # Errors
/// When the system refuses another thread.
pub fn spawn(
    index: RunIndex,
    task: Task,
    epochs: u32,
    pace: Arc<Pace>,
    sender: Sender<Event>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    let name = format!("run {index}");
    std::thread::Builder::new().name(name).spawn(move || run(index, task, epochs, &pace, sender))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, Samples, Split};
    use crate::nn::{Activation, Architecture};
    use crate::race::RaceData;
    use crate::race::history::{History, RunState};
    use crate::race::settings::RunInfo;

    /// A task on 40 pictures of one pixel; with too few `classes` for their labels, its first step panics.
    fn task(classes: usize) -> Task {
        let samples = || Samples::new(vec![9; 40], vec![1; 40], 1, 1).unwrap();
        let dataset = Dataset {
            name: "one pixel".to_owned(),
            class_names: vec!["dark".to_owned(), "lit".to_owned()],
            train: samples(),
            test: samples(),
            files: Vec::new(),
        };
        let split = Split { train: (0..30).collect(), val: (30..40).collect() };
        let spec: crate::optim::Spec = "adam".parse().unwrap();
        Task {
            info: RunInfo { label: format!("{classes} classes"), spec, batch_size: 4, planned_steps: 16 },
            architecture: Architecture { height: 1, width: 1, hidden: vec![], activation: Activation::Relu, classes },
            data: Arc::new(RaceData { dataset, split, split_seed: 0, val_fraction: 0.25 }),
            seed: 0,
            lr_changes: Vec::new(),
        }
    }

    #[test]
    fn a_panic_ends_its_run_and_not_the_race() {
        let tasks = [task(1), task(2)];
        let infos: Vec<RunInfo> = tasks.iter().map(|task| task.info.clone()).collect();
        let pace = Arc::new(Pace::new(2, 1));
        let (sender, events) = crossbeam_channel::bounded(4);
        for (index, task) in tasks.into_iter().enumerate() {
            spawn(index, task, 2, Arc::clone(&pace), sender.clone()).unwrap();
        }
        drop(sender);
        let mut history = History::new(&infos, 2);
        for generation in 0..2 {
            while history.generation < generation || !history.has_ended() {
                history.apply(events.recv().unwrap());
            }
            let RunState::Failed { message } = &history.runs[0].state else { panic!("{:?}", history.runs[0].state) };
            assert!(message.contains("index out of bounds"), "{message}");
            assert_eq!(history.runs[1].state, RunState::Finished);
            assert_eq!(history.runs[1].steps.len(), 16);
            // Even the run that failed hears commands.
            pace.send(Command::Restart, None);
        }
        pace.send(Command::Stop, None);
        assert!(events.iter().count() > 0, "the threads end");
    }
}
