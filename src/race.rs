//! The race: several runs, each one model with one optimizer, trained side by side.
//!
//! [`Race::start`] gives every run a thread. Commands ([`protocol::Command`]) go in through [`Race::send`], what
//! happens ([`protocol::Event`]) comes out of [`Race::events`], and [`history::History`] keeps it. Who may train when
//! is decided by the [`scheduler`], what a run does in [`worker`], which knows no thread.

mod clock;
pub mod history;
pub mod landscape;
pub mod measure;
pub mod memory;
mod minibatch;
pub mod protocol;
pub mod range_stats;
pub mod recording;
pub mod scheduler;
pub mod settings;
mod thread;
pub mod worker;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::data::{Dataset, Split};
use history::History;
use protocol::{Command, Event, Milestone, RunIndex, Target};
use scheduler::{Pace, Scheduler};
use settings::{RaceSetup, RunInfo, SettingsError};
use worker::RunConfig;

/// What a race trains and is judged on: the samples, and which of them are for what.
#[derive(Debug)]
pub struct RaceData {
    /// All samples.
    pub dataset: Dataset,
    /// Which training samples are trained on, and which validate.
    pub split: Split,
    /// Seed of the split.
    pub split_seed: u32,
    /// Share of the training samples that validate.
    pub val_fraction: f64,
}

impl RaceData {
    /// The loss of whoever guesses, and knows no more than how common each class is among the training samples: the
    /// entropy of their shares, in nats.
    pub fn guessing_loss(&self) -> f64 {
        let mut counts = [0_u32; 256];
        for &index in &self.split.train {
            counts[usize::from(self.dataset.train.label(index as usize))] += 1;
        }
        let shares =
            counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / self.split.train.len() as f64);
        shares.map(|share| -share * share.ln()).sum()
    }
}

/// Events that may wait to be received, for each run. A race waits for a receiver that is too slow.
const WAITING_EVENTS_PER_RUN: usize = 16;

/// Why a race could not be started.
#[derive(Debug, thiserror::Error)]
pub enum RaceError {
    /// The settings do not fit together or to the data.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The system refuses another thread.
    #[error(
        "no thread could be started for run {run} of {runs}: {source}; race fewer optimizers at once, or allow more \
         processes (ulimit -u) or memory (ulimit -v)"
    )]
    Thread {
        /// Number of the run, from 1.
        run: usize,
        /// Runs in all.
        runs: usize,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Where the events of a race come from, and where commands go: a live race, or whatever else reports one.
pub trait EventSource {
    /// The runs, in the order of their specs.
    fn runs(&self) -> &[RunInfo];

    /// Where what happens can be received. The channel of a live race is bounded: the race waits for a receiver that is
    /// too slow, nothing is dropped. Nothing comes after the last event of a source that has ended.
    fn events(&self) -> &Receiver<Event>;

    /// Asks something of the race. The answer comes as events.
    fn send(&self, target: Target, command: Command);
}

/// How long whoever waits for an event is left alone when none comes.
const PATIENCE: Duration = Duration::from_millis(100);

/// Called after each event with its run and what it means, and `None` where a while has passed without one.
pub type Observer<'a> = &'a mut dyn FnMut(Option<(RunIndex, Milestone)>, &History);

/// Takes events of `source` into `history` until it looks as `wanted`, or no more come.
pub fn follow(
    source: &dyn EventSource,
    history: &mut History,
    wanted: &mut dyn FnMut(&History) -> bool,
    observe: Observer<'_>,
) {
    while !wanted(history) {
        let milestone = match source.events().recv_timeout(PATIENCE) {
            Ok(event) => {
                let milestone = (event.run, event.kind.milestone());
                history.apply(event);
                Some(milestone)
            }
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        observe(milestone, history);
    }
}

/// A race under way: its runs train in threads of their own until they have ended or the race is dropped.
pub struct Race {
    runs: Vec<RunInfo>,
    epochs: u32,
    scheduler: Arc<Scheduler>,
    events: Receiver<Event>,
    threads: Vec<JoinHandle<()>>,
}

impl EventSource for Race {
    fn runs(&self) -> &[RunInfo] {
        &self.runs
    }

    fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    fn send(&self, target: Target, command: Command) {
        self.scheduler.send(target, command);
    }
}

impl Race {
    /// Starts a race at full speed.
    ///
    /// # Errors
    /// When the settings do not fit together or to the data, or the system refuses a thread.
    pub fn start(setup: &RaceSetup) -> Result<Self, RaceError> {
        Self::start_at(setup, Pace::default())
    }

    /// Starts a race at this pace.
    ///
    /// # Errors
    /// As [`Race::start`].
    pub fn start_at(setup: &RaceSetup, pace: Pace) -> Result<Self, RaceError> {
        let RaceSetup { settings, data, architecture } = setup;
        let runs = setup.runs()?;
        let scheduler = Arc::new(Scheduler::new(runs.len(), places(settings.threads.get()), pace));
        let (sender, events) = crossbeam_channel::bounded(WAITING_EVENTS_PER_RUN * runs.len());
        let mut race = Self { runs, epochs: settings.epochs, scheduler, events, threads: Vec::new() };
        for (index, info) in race.runs.iter().enumerate() {
            let changes = settings.lr_changes.iter().filter(|change| change.run == index);
            let config = RunConfig {
                info: info.clone(),
                architecture: architecture.clone(),
                data: Arc::clone(data),
                seed: settings.seed,
                lr_changes: changes.map(|change| (change.step, change.lr)).collect(),
                stopping: race.scheduler.stopping(),
            };
            let spawned = thread::spawn(index, config, settings.epochs, Arc::clone(&race.scheduler), sender.clone());
            match spawned {
                Ok(thread) => race.threads.push(thread),
                Err(source) => {
                    let runs = race.runs.len();
                    // The race is dropped once no thread of it is left that could send.
                    drop(sender);
                    return Err(RaceError::Thread { run: index + 1, runs, source });
                }
            }
        }
        Ok(race)
    }

    /// A history of the race before anything has happened in it.
    pub fn history(&self) -> History {
        History::new(&self.runs, self.epochs)
    }

    /// Runs the race to its end: see [`follow`]. All that was measured; less than all if the threads of some runs end
    /// without a word.
    pub fn run_to_end(&self, observe: Observer<'_>) -> History {
        let mut history = self.history();
        follow(self, &mut history, &mut History::has_ended, observe);
        history
    }
}

impl Drop for Race {
    /// Stops every run and waits for its thread.
    fn drop(&mut self) {
        self.send(Target::All, Command::Stop);
        // A run may be waiting to send: receive until all have gone.
        for _ in self.events.iter() {}
        for thread in self.threads.drain(..) {
            // Whatever a thread had to say, it has said as an event.
            let _ = thread.join();
        }
    }
}

/// Runs that may train at the same time on this many threads. To wake a run takes as long as several steps; with one
/// more than there are cores for, one is always ready when another's turn is over. A single thread stays single.
fn places(threads: usize) -> usize {
    if threads == 1 { 1 } else { threads.saturating_add(1) }
}
