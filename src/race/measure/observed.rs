//! What is looked at when a step has been done.

use crate::data::Samples;
use crate::nn::Network;
use crate::optim::Stepper;
use crate::race::minibatch::Minibatch;

/// What a meter looks at when a step has been done.
pub struct Observed<'a> {
    /// The network.
    pub network: &'a mut Network,
    /// Its parameters after the step. They are as they were when the meter has looked.
    pub parameters: &'a mut [f32],
    /// What made the step.
    pub stepper: &'a mut Stepper,
    /// Where the samples of the probe are found.
    pub samples: &'a Samples,
    /// Room for them.
    pub minibatch: &'a mut Minibatch,
}
