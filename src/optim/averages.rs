//! Averages of the way of parameters, at which the network is evaluated.
//!
//! What they keep is the average less the parameters, so that nothing has to begin as the network's first weights.

use aligned_vec::AVec;

use super::kernel::Scalar;
use super::rule::{Slot, UpdateTransform, WholeStep};
use crate::gradient::Variable;

/// The share of the way to the parameters that slow weights go (Zhang et al. 2019: α).
const SLOW_SHARE: f64 = 0.5;

/// Lookahead: after every `period` steps slow weights go half of the way to the parameters, and these go to where the
/// slow weights are (Zhang, Lucas, Ba & Hinton 2019, *Lookahead Optimizer: k steps forward, 1 step back*, NeurIPS,
/// arXiv:1907.08610). What the optimizer keeps stays as it is.
pub struct Lookahead {
    /// Steps from one to the next.
    pub period: u64,
}

impl<T: Scalar> UpdateTransform<T> for Lookahead {
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        vec![Slot::of(variable, T::zero())]
    }

    fn transform(&self, step: &mut WholeStep<'_, T>) {
        let meets = step.at.t.is_multiple_of(self.period);
        let back = T::of(1.0 - SLOW_SHARE);
        for variable in &mut step.variables {
            for (slow, update) in variable.state.iter_mut().flat_map(|slot| slot.iter_mut()).zip(&mut *variable.update)
            {
                *slow = *slow - *update;
                if meets {
                    *update = *update + *slow * back;
                    *slow = T::zero();
                }
            }
        }
    }

    fn evaluated(&self, _: &Variable, parameters: &[T], state: &[AVec<T>]) -> Option<Vec<T>> {
        Some(beside(parameters, state))
    }
}

/// An exponential moving average of the parameters, as Keras's `use_ema`: after each step the mean becomes
/// kept_share·mean + (1 − kept_share)·θ; at first it is θ.
pub struct MeanOfParameters {
    /// The share of the mean that is kept each step.
    pub kept_share: f64,
}

impl<T: Scalar> UpdateTransform<T> for MeanOfParameters {
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        vec![Slot::of(variable, T::zero())]
    }

    fn transform(&self, step: &mut WholeStep<'_, T>) {
        // Keras's mean begins with the parameters after the first step.
        let kept_share = T::of(if step.at.t == 1 { 0.0 } else { self.kept_share });
        for variable in &mut step.variables {
            for (mean, &update) in variable.state.iter_mut().flat_map(|slot| slot.iter_mut()).zip(&*variable.update) {
                *mean = ((*mean - update) * kept_share).flushed();
            }
        }
    }

    fn evaluated(&self, _: &Variable, parameters: &[T], state: &[AVec<T>]) -> Option<Vec<T>> {
        Some(beside(parameters, state))
    }
}

/// The point that is kept as a difference from the parameters.
fn beside<T: Scalar>(parameters: &[T], state: &[AVec<T>]) -> Vec<T> {
    let differences = state.iter().flat_map(|slot| slot.iter());
    parameters.iter().zip(differences).map(|(&parameter, &difference)| parameter + difference).collect()
}
