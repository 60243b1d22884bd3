//! The race: several runs, each one model with one optimizer, trained side by side.
//!
//! [`Race::start`] gives every run a thread. Commands ([`protocol::Command`]) go in through [`Race::send`], what
//! happens ([`protocol::Event`]) comes out of [`Race::events`], and [`history::History`] keeps it. Who may train when
//! is decided in [`pace`], what a run does in [`worker`], which knows no thread.

mod clock;
pub mod history;
pub mod landscape;
pub mod measure;
pub mod memory;
mod meter;
pub mod metrics;
mod minibatch;
pub mod pace;
mod probe;
pub mod protocol;
pub mod settings;
pub mod stretch;
mod thread;
pub mod watch;
pub mod worker;

use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::Receiver;

use crate::data::{Dataset, Split};
use crate::nn::Architecture;
use pace::Pace;
use protocol::{Command, Event};
use settings::{RunInfo, Settings, SettingsError};
use worker::Task;

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

/// Events that may wait to be received, for each run. A race waits for whoever is too slow to receive them.
const WAITING_EVENTS_PER_RUN: usize = 16;

/// Why a race could not be started.
#[derive(Debug, thiserror::Error)]
pub enum RaceError {
    /// The settings do not fit together or to the data.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The system refuses another thread.
    #[error("no thread could be started for run {run} of {runs}: {source}; race fewer optimizers at once")]
    Thread {
        /// Number of the run, from 1.
        run: usize,
        /// Runs in all.
        runs: usize,
        /// What the system says.
        source: std::io::Error,
    },
}

/// A race under way: its runs train in threads of their own until they have ended or the race is dropped.
pub struct Race {
    runs: Vec<RunInfo>,
    architecture: Architecture,
    pace: Arc<Pace>,
    events: Receiver<Event>,
    threads: Vec<JoinHandle<()>>,
}

impl Race {
    /// Starts a race; every run begins to train at once.
    ///
    /// # Errors
    /// When the settings do not fit together or to the data, or the system refuses a thread.
    pub fn start(settings: &Settings, data: Arc<RaceData>) -> Result<Self, RaceError> {
        let runs = settings.roster(data.split.train.len())?;
        let architecture = settings.architecture(&data.dataset)?;
        let pace = Arc::new(Pace::new(runs.len(), places(settings.threads.get())));
        let (sender, events) = crossbeam_channel::bounded(WAITING_EVENTS_PER_RUN * runs.len());
        let mut race = Self { runs, architecture, pace, events, threads: Vec::new() };
        for (index, info) in race.runs.iter().enumerate() {
            let changes = settings.lr_changes.iter().filter(|change| change.run == index);
            let task = Task {
                info: info.clone(),
                architecture: race.architecture.clone(),
                data: Arc::clone(&data),
                seed: settings.seed,
                lr_changes: changes.map(|change| (change.step, change.lr)).collect(),
            };
            let spawned = thread::spawn(index, task, settings.epochs, Arc::clone(&race.pace), sender.clone());
            let count = race.runs.len();
            let thread = spawned.map_err(|source| RaceError::Thread { run: index + 1, runs: count, source })?;
            race.threads.push(thread);
        }
        Ok(race)
    }

    /// The runs, in the order of their specs.
    pub fn runs(&self) -> &[RunInfo] {
        &self.runs
    }

    /// The network that every run trains.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// Where what happens can be received. The channel is bounded: a race waits for whoever is too slow to receive,
    /// nothing is dropped.
    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// Asks something of the race. The answer comes as events.
    pub fn send(&self, command: Command) {
        let only = match command {
            Command::SetLr { run, .. }
            | Command::FirstLr { run }
            | Command::RestartRun { run, .. }
            | Command::Sketch { run, .. } => Some(run),
            _ => None,
        };
        self.pace.send(command, only);
    }
}

impl Drop for Race {
    /// Stops every run and waits for its thread.
    fn drop(&mut self) {
        self.send(Command::Stop);
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
    if threads == 1 { 1 } else { threads + 1 }
}
