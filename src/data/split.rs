//! Which of the training samples train, and which validate.

use rand_mt::Mt;

use super::hash::indices_sha256;
use super::{DataError, shuffle};

/// A division of the training samples, the same as scikit-learn's
/// `train_test_split(…, test_size=val_fraction, random_state=seed)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Indices of the samples to train on, in scikit-learn's order.
    pub train: Vec<u32>,
    /// Indices of the samples to validate with, in scikit-learn's order.
    pub val: Vec<u32>,
}

impl Split {
    /// Divides `samples` samples: `val_fraction` of them, rounded up, validate; the others train.
    ///
    /// # Errors
    /// When the fraction is not between 0 and 1, when nothing is left to train on, and when there are more samples
    /// than 32 bits can count.
    pub fn new(samples: usize, val_fraction: f64, seed: u32) -> Result<Self, DataError> {
        if !(val_fraction > 0.0 && val_fraction < 1.0) {
            return Err(DataError::Fraction { fraction: val_fraction });
        }
        let count = u32::try_from(samples).map_err(|_| DataError::TooMany { samples })?;
        let val = (val_fraction * f64::from(count)).ceil() as usize;
        if val >= samples {
            return Err(DataError::NoneLeft { fraction: val_fraction, val, samples });
        }

        let mut generator = Mt::new(seed);
        let mut indices = shuffle::permutation(count, || generator.next_u32());
        let train = indices.split_off(val);
        Ok(Self { train, val: indices })
    }

    /// The SHA-256 of the indices, those that train first, each as four bytes, the lowest first; as 64 hexadecimal
    /// digits.
    pub fn sha256(&self) -> String {
        indices_sha256(&[&self.train, &self.val])
    }
}
