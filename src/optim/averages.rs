//! Averages of the way of parameters, at which the network is evaluated.
//!
//! What they keep is the average less the parameters, so that nothing has to begin as the network's first weights.

use aligned_vec::AVec;

use super::kernel::Scalar;
use super::rule::{Slot, UpdateTransform, WholeStep};
use crate::gradient::Variable;

/// The share of the way to the parameters that slow weights go (Zhang et al. 2019: α).
const SLOW_SHARE: f64 = 0.5;

/// An average of the parameters, and how it moves.
pub enum Average {
    /// Lookahead: after every `period` steps slow weights go half of the way to the parameters, and these go to where
    /// the slow weights are (Zhang, Lucas, Ba & Hinton 2019, *Lookahead Optimizer: k steps forward, 1 step back*,
    /// NeurIPS, arXiv:1907.08610). What the optimizer keeps stays as it is.
    Slow {
        /// Steps from one to the next.
        period: u64,
    },
    /// An exponential moving average, as Keras's `use_ema`: after each step the mean becomes
    /// kept_share·mean + (1 − kept_share)·θ; at first it is θ.
    Mean {
        /// The share of the mean that is kept each step.
        kept_share: f64,
    },
}

impl<T: Scalar> UpdateTransform<T> for Average {
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        vec![Slot::of(variable, T::zero())]
    }

    fn transform(&self, step: &mut WholeStep<'_, T>) {
        let t = step.at.t;
        // How much of the way to the average the parameters go, and what is left of the difference in the end. Keras's
        // mean begins with the parameters after the first step.
        let (back, left) = match *self {
            Self::Slow { period } if t.is_multiple_of(period) => (1.0 - SLOW_SHARE, 0.0),
            Self::Slow { .. } => (0.0, 1.0),
            Self::Mean { kept_share } => (0.0, if t == 1 { 0.0 } else { kept_share }),
        };
        let (back, left) = (T::of(back), T::of(left));
        for variable in &mut step.variables {
            let differences = variable.state.iter_mut().flat_map(|slot| slot.iter_mut());
            for (difference, update) in differences.zip(&mut *variable.update) {
                let moved = *difference - *update;
                *update = *update + moved * back;
                *difference = (moved * left).flushed();
            }
        }
    }

    /// The average: it is kept as a difference from the parameters.
    fn evaluated(&self, _: &Variable, parameters: &[T], state: &[AVec<T>]) -> Option<Vec<T>> {
        let differences = state.iter().flat_map(|slot| slot.iter());
        Some(parameters.iter().zip(differences).map(|(&parameter, &difference)| parameter + difference).collect())
    }
}
