//! What a race is made of, validated.

use std::num::NonZeroUsize;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::RaceData;
use super::protocol::RunIndex;
use crate::data::Dataset;
use crate::nn::{Activation, Architecture, ArchitectureError};
use crate::optim::{BatchSize, Label, SameLabel, Spec, labels};

/// A learning rate that changes at a given step: how a race with changes made by a person is replayed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LrChange {
    /// The run whose learning rate changes.
    pub run: RunIndex,
    /// The first step that is trained with it, from 1.
    pub step: u32,
    /// The new learning rate.
    pub lr: f64,
}

/// Everything that decides what a race computes, and how many threads compute it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// An optimizer with its settings for each run.
    #[serde(rename = "optimizers")]
    pub specs: Vec<Spec>,
    /// Passes over the training samples.
    pub epochs: u32,
    /// Minibatch of every run whose spec names none.
    pub batch_size: BatchSize,
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Seed of the initial weights and of the order of samples.
    pub seed: u64,
    /// Runs that may compute at the same time.
    pub threads: NonZeroUsize,
    /// Changes of learning rate known beforehand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lr_changes: Vec<LrChange>,
}

/// All that is known of a race before it begins.
#[derive(Debug, Clone)]
pub struct RaceSetup {
    /// What it computes.
    pub settings: Settings,
    /// What it trains and is judged on.
    pub data: Arc<RaceData>,
    /// The network of every run.
    pub architecture: Architecture,
}

impl RaceSetup {
    /// The race of these settings on this data.
    ///
    /// # Errors
    /// When no network can be made of them.
    pub fn new(settings: Settings, data: Arc<RaceData>) -> Result<Self, SettingsError> {
        let architecture = settings.architecture(&data.dataset)?;
        Ok(Self { settings, data, architecture })
    }

    /// The runs of the race: see [`Settings::run_infos`].
    ///
    /// # Errors
    /// When there is no run, or two were given the same label.
    pub fn runs(&self) -> Result<Vec<RunInfo>, SettingsError> {
        self.settings.run_infos(self.data.split.train.len())
    }
}

/// A race as the command line has it by default, but with no optimizers and on one thread.
impl Default for Settings {
    fn default() -> Self {
        const BATCH_SIZE: NonZeroUsize = NonZeroUsize::new(32).unwrap();
        Self {
            specs: Vec::new(),
            epochs: 5,
            batch_size: BatchSize::Samples(BATCH_SIZE),
            hidden: vec![100],
            activation: Activation::Relu,
            seed: 0,
            threads: NonZeroUsize::MIN,
            lr_changes: Vec::new(),
        }
    }
}

/// What a screen or a file needs to know of a run before it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct RunInfo {
    /// Unique name within the race.
    pub label: Label,
    /// Its optimizer, all settings filled in.
    pub spec: Spec,
    /// Samples of a whole minibatch.
    pub batch_size: usize,
    /// Steps that it was planned to have when the race began: schedules last that long.
    pub planned_steps: u64,
}

impl RunInfo {
    /// The learning rate of its first step, as its spec plans it.
    pub fn first_lr(&self) -> f64 {
        self.spec.lr_curve(self.planned_steps).rate(0)
    }
}

/// Why a race cannot be run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// No run.
    #[error("a race needs at least one optimizer")]
    NoRuns,
    /// Two runs of the same name.
    #[error(transparent)]
    SameLabel(#[from] SameLabel),
    /// The network cannot be made.
    #[error(transparent)]
    Architecture(#[from] ArchitectureError),
}

impl Settings {
    /// The runs of the race: each spec with a label of its own and its minibatch, where `training_samples` are there
    /// to train on.
    ///
    /// # Errors
    /// When there is no run, or two were given the same label.
    pub fn run_infos(&self, training_samples: usize) -> Result<Vec<RunInfo>, SettingsError> {
        if self.specs.is_empty() {
            return Err(SettingsError::NoRuns);
        }
        let runs = labels(&self.specs)?.into_iter().zip(&self.specs).map(|(label, spec)| {
            let batch_size = spec.batch.unwrap_or(self.batch_size).samples(training_samples);
            let epoch_steps = training_samples.div_ceil(batch_size.max(1)) as u64;
            let planned_steps = u64::from(self.epochs).saturating_mul(epoch_steps);
            RunInfo { label, spec: spec.clone(), batch_size, planned_steps }
        });
        Ok(runs.collect())
    }

    /// The network that every run trains on `dataset`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn architecture(&self, dataset: &Dataset) -> Result<Architecture, SettingsError> {
        let architecture = Architecture {
            height: dataset.train.height(),
            width: dataset.train.width(),
            hidden: self.hidden.clone(),
            activation: self.activation,
            classes: dataset.classes(),
        };
        architecture.check()?;
        Ok(architecture)
    }
}
