//! What a run trains: a network, its parameters, its optimizer, and the samples that pass through them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::RunConfig;
use super::checkpoints::Checkpoint;
use crate::data::{Order, Samples, sha256_hex};
use crate::gradient::Gradient;
use crate::nn::loss::BatchStatistics;
use crate::nn::{GradientSink, Network, ParameterLayout, Parameters};
use crate::optim::{StepMeasures, Stepper};
use crate::race::RaceData;
use crate::race::measure::Score;
use crate::race::measure::meter::Meter;
use crate::race::measure::observed::Observed;
use crate::race::minibatch::Minibatch;

/// Samples that are evaluated at once, at most.
const EVALUATION_PIECE: usize = 500;

/// Products of a weight and an input that are evaluated at once: a run that is told to stop does so within a second,
/// however wide its network is.
const EVALUATION_PRODUCTS: u64 = 4_000_000_000;

/// A network, its parameters, its optimizer, and the samples that pass through them.
pub(super) struct Training {
    data: Arc<RaceData>,
    batch_size: usize,
    seed: u64,
    network: Network,
    parameters: Parameters,
    stepper: Stepper,
    minibatch: Minibatch,
    order: Order,
    stopping: Arc<AtomicBool>,
}

impl Training {
    /// What trains a run from its first step on.
    pub(super) fn new(config: &RunConfig) -> Self {
        let network = Network::new(config.architecture.clone());
        Self {
            parameters: network.initial_parameters(config.seed),
            stepper: Stepper::new(&config.info.spec, network.layout().variables()),
            minibatch: Minibatch::default(),
            order: Order::new(config.seed, config.data.split.train.len()),
            batch_size: config.info.batch_size,
            data: Arc::clone(&config.data),
            seed: config.seed,
            stopping: Arc::clone(&config.stopping),
            network,
        }
    }

    /// Where each layer's parameters lie.
    pub(super) fn layout(&self) -> &ParameterLayout {
        self.network.layout()
    }

    /// A meter for this training.
    pub(super) fn meter(&self) -> Meter {
        let train = &self.data.split.train;
        Meter::new(&self.parameters, self.network.layout(), &self.order, train, self.batch_size)
    }

    /// Weights and biases.
    pub(super) fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Weights and biases where the network is evaluated.
    pub(super) fn evaluation_point(&self) -> Cow<'_, [f32]> {
        self.stepper.evaluation_point(&self.parameters)
    }

    /// Weights and biases before the first step.
    pub(super) fn initial_parameters(&self) -> Parameters {
        self.network.initial_parameters(self.seed)
    }

    /// What in the optimizer's state makes updates that are no finite numbers, where that is known.
    pub(super) fn why_not_finite(&self) -> Option<&'static str> {
        self.stepper.why_not_finite()
    }

    /// The last step's update of every parameter.
    pub(super) fn last_update(&mut self) -> &[f32] {
        self.stepper.last_update()
    }

    /// All that it needs to go on from here, where so many steps are done.
    pub(super) fn checkpoint(&self, step: u32, epoch: u32, seen: usize) -> Checkpoint {
        Checkpoint { step, epoch, seen, parameters: Box::from(&self.parameters[..]), stepper: self.stepper.save() }
    }

    /// Goes on from a checkpoint of a training like this one; `None` where it is of another one.
    pub(super) fn restore(&mut self, checkpoint: &Checkpoint) -> Option<()> {
        self.parameters.copy_from_slice(&checkpoint.parameters);
        self.stepper.restore(&checkpoint.stepper).ok()
    }

    /// SHA-256 of the weights as they are, and of the order of samples in the first epoch, in hexadecimal.
    pub(super) fn hashes(&self) -> (String, String) {
        let weights: Vec<u8> = self.parameters.iter().flat_map(|weight| weight.to_le_bytes()).collect();
        (sha256_hex(&weights), self.order.sha256())
    }

    /// The training samples in the order of an epoch.
    pub(super) fn arrange(&self, epoch: u32) -> Vec<u32> {
        self.order.arrange(epoch, &self.data.split.train)
    }

    /// Takes the first minibatch of the samples that are `coming` forward and back, and steps. What is measured of the
    /// gradient is measured where the parameters stood; another gradient only serves the update.
    pub(super) fn step(
        &mut self,
        lr: f64,
        coming: &[u32],
        meter: Option<&mut Meter>,
    ) -> (BatchStatistics, StepMeasures) {
        self.minibatch.gather(&self.data.dataset.train, coming, self.batch_size);
        self.stepper.begin(lr);
        let Self { network, parameters, minibatch: Minibatch { pixels, labels }, stepper, .. } = self;
        let statistics = match meter.filter(|meter| meter.next_ends_window()) {
            Some(meter) => network.forward_backward(parameters, pixels, labels, &mut meter.observe(stepper)),
            None => network.forward_backward(parameters, pixels, labels, &mut ApplyUpdate(stepper)),
        };
        let measures = stepper.finish(parameters, |stepper, parameters| {
            network.forward_backward(parameters, pixels, labels, &mut ApplyUpdate(stepper));
        });
        (statistics, measures)
    }

    /// What a meter looks at.
    pub(super) fn observed(&mut self) -> Observed<'_> {
        Observed {
            network: &mut self.network,
            parameters: &mut self.parameters,
            stepper: &mut self.stepper,
            samples: &self.data.dataset.train,
            minibatch: &mut self.minibatch,
        }
    }

    /// Mean loss and accuracy on the validation samples; `None` where it was told to stop meanwhile.
    pub(super) fn evaluate_val(&mut self) -> Option<Score> {
        let data = Arc::clone(&self.data);
        self.evaluate(&data.dataset.train, &data.split.val)
    }

    /// Mean loss and accuracy on the test samples; `None` where it was told to stop meanwhile.
    pub(super) fn evaluate_test(&mut self) -> Option<Score> {
        let data = Arc::clone(&self.data);
        let all: Vec<u32> = (0..data.dataset.test.len() as u32).collect();
        self.evaluate(&data.dataset.test, &all)
    }

    fn evaluate(&mut self, samples: &Samples, indices: &[u32]) -> Option<Score> {
        let mut statistics = BatchStatistics::default();
        let parameters = self.stepper.evaluation_point(&self.parameters);
        let piece = (EVALUATION_PRODUCTS / parameters.len().max(1) as u64).clamp(1, EVALUATION_PIECE as u64) as usize;
        for first in (0..indices.len()).step_by(piece) {
            if self.stopping.load(Ordering::Acquire) {
                return None;
            }
            self.minibatch.gather(samples, &indices[first..], piece);
            statistics.add(self.network.evaluate(&parameters, &self.minibatch.pixels, &self.minibatch.labels));
        }
        Some(Score::of(statistics))
    }
}

/// An optimizer that takes each piece of the gradient as the network has it.
pub struct ApplyUpdate<'a>(
    /// The optimizer.
    pub &'a mut Stepper,
);

impl GradientSink for ApplyUpdate<'_> {
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>) {
        self.0.apply(place, parameters, gradient);
    }
}
