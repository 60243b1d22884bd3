//! The order in which an epoch visits the samples.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::hash::indices_sha256;
use super::shuffle;

/// A fresh permutation of the samples for every epoch, the same for the same seed on every machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    seed: u64,
    samples: u32,
}

impl Order {
    /// The order of `samples` samples that belongs to `seed`.
    ///
    /// # Panics
    /// When there are more samples than 32 bits can count; a [`Split`](super::Split) never holds that many.
    pub fn new(seed: u64, samples: usize) -> Self {
        assert!(u32::try_from(samples).is_ok(), "{samples} samples are too many for indices of 32 bits");
        Self { seed, samples: samples as u32 }
    }

    /// The permutation of 0 to samples − 1 for `epoch`, counted from 1. It depends on no epoch before it.
    pub fn epoch(&self, epoch: u32) -> Vec<u32> {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(u64::from(epoch));
        shuffle::permutation(self.samples, || generator.next_u32())
    }

    /// These samples, as many as the order is of, in the order of `epoch`.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn arrange(&self, epoch: u32, samples: &[u32]) -> Vec<u32> {
        self.epoch(epoch).into_iter().map(|position| samples[position as usize]).collect()
    }

    /// The SHA-256 of the first epoch's order, each index as four bytes, the lowest first; as 64 hexadecimal digits.
    /// It stands for all epochs: they follow from the same seed and number of samples.
    pub fn sha256(&self) -> String {
        indices_sha256(&[&self.epoch(1)])
    }
}
