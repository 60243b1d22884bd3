//! How many samples an optimizer sees in a step.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How many samples make a minibatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub enum BatchSize {
    /// All training samples in one step.
    Full,
    /// This many samples; the last minibatch of an epoch may be shorter.
    Samples(NonZeroUsize),
}

/// A minibatch as it is stored: a number of samples, or the word `full`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Samples(NonZeroUsize),
    Word(String),
}

impl From<BatchSize> for Stored {
    fn from(batch_size: BatchSize) -> Self {
        match batch_size {
            BatchSize::Full => Self::Word(batch_size.to_string()),
            BatchSize::Samples(count) => Self::Samples(count),
        }
    }
}

impl TryFrom<Stored> for BatchSize {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        match stored {
            Stored::Samples(count) => Ok(Self::Samples(count)),
            Stored::Word(word) => word.parse(),
        }
    }
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

impl fmt::Display for BatchSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::Samples(count) => count.fmt(f),
        }
    }
}

impl FromStr for BatchSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "full" {
            return Ok(Self::Full);
        }
        text.parse()
            .map(Self::Samples)
            .map_err(|_| "a batch size is a whole number from 1, or `full` for all training samples".to_owned())
    }
}
