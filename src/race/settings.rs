//! What a race is made of, validated.

use std::num::NonZeroUsize;

use super::protocol::RunIndex;
use crate::nn::Activation;
use crate::optim::Spec;

/// How many samples make a minibatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchSize {
    /// All training samples in one step.
    Full,
    /// This many samples; the last minibatch of an epoch may be shorter.
    Samples(NonZeroUsize),
}

impl BatchSize {
    /// Samples of a whole minibatch where `training_samples` are there to train on.
    pub fn samples(self, training_samples: usize) -> usize {
        match self {
            Self::Full => training_samples,
            Self::Samples(count) => count.get().min(training_samples),
        }
    }
}

impl std::fmt::Display for BatchSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::Samples(count) => count.fmt(f),
        }
    }
}

impl std::str::FromStr for BatchSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "full" {
            return Ok(Self::Full);
        }
        text.parse().map(Self::Samples).map_err(|_| {
            format!("`{text}` is no batch size: a whole number from 1, or `full` for all training samples")
        })
    }
}

/// A learning rate that changes at a given step: how a race with changes made by a person is replayed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LrChange {
    /// The run.
    pub run: RunIndex,
    /// The first step that is trained with it, from 1.
    pub step: u32,
    /// The new learning rate.
    pub lr: f64,
}

/// Everything that decides what a race computes, and how many threads compute it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// An optimizer with its settings for each run.
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
    pub lr_changes: Vec<LrChange>,
}

/// What a screen or a file needs to know of a run before it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct RunInfo {
    /// Unique name within the race.
    pub label: String,
    /// Its optimizer, all settings filled in.
    pub spec: Spec,
    /// Samples of a whole minibatch.
    pub batch_size: usize,
}
