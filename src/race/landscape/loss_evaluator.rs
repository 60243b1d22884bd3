//! The loss at points of a plane of weight space.

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::data::Order;
use crate::geometry::Plane;
use crate::nn::{Architecture, Network, Parameters};
use crate::race::RaceData;
use crate::race::minibatch::Minibatch;

/// Training samples that the loss is the mean of, where there are as many.
pub const LOSS_SAMPLES: usize = 1000;

/// Computes losses, several at a time.
pub(super) struct LossEvaluator {
    /// The samples that come first in the order of epoch 0, which is never trained; the probe's are among them.
    samples: Minibatch,
    /// One for each loss that is computed at the same time.
    evaluators: Vec<Evaluator>,
    pool: ThreadPool,
}

struct Evaluator {
    network: Network,
    parameters: Parameters,
}

impl LossEvaluator {
    /// For networks of this shape, with as many losses computed at the same time as there are threads in `pool`.
    pub(super) fn new(architecture: &Architecture, data: &RaceData, seed: u64, pool: ThreadPool) -> Self {
        let train = &data.split.train;
        let order = Order::new(seed, train.len()).arrange(0, train);
        let mut samples = Minibatch::default();
        samples.gather(&data.dataset.train, &order, LOSS_SAMPLES);
        let evaluator = || {
            let network = Network::new(architecture.clone());
            Evaluator { parameters: network.layout().zeros(), network }
        };
        Self { samples, evaluators: (0..pool.current_num_threads()).map(|_| evaluator()).collect(), pool }
    }

    /// The most losses that are computed at the same time.
    pub(super) fn width(&self) -> usize {
        self.evaluators.len()
    }

    /// The mean loss at each of these points of `plane`, at most [`LossEvaluator::width`] of them.
    pub(super) fn losses(&mut self, plane: &Plane, places: &[(f64, f64)]) -> Vec<f32> {
        let Self { samples, evaluators, pool } = self;
        let loss = |(evaluator, &(x, y)): (&mut Evaluator, &(f64, f64))| {
            let Evaluator { network, parameters } = evaluator;
            plane.point_at(x, y, parameters);
            network.evaluate(parameters, &samples.pixels, &samples.labels).mean_loss()
        };
        match places {
            // Without waking other threads.
            [_] => evaluators.iter_mut().zip(places).map(loss).collect(),
            _ => pool.install(|| evaluators.par_iter_mut().zip(places).map(loss).collect()),
        }
    }
}
