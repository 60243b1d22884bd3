//! How far a run is.

use std::time::Instant;

use super::RunConfig;
use crate::nn::loss::BatchStatistics;
use crate::optim::StepMeasures;
use crate::optim::schedule::Rate;
use crate::race::clock::ComputeClock;
use crate::race::measure::{EpochRecord, Score, StepRecord};

/// How far a run is: what it has done, how long that took, and at which learning rate it goes on.
pub(super) struct Progress {
    /// Steps done.
    pub(super) step: u32,
    /// Training samples seen.
    pub(super) samples: u64,
    /// Number of the epoch that is trained, from 1.
    pub(super) epoch: u32,
    /// Epochs planned.
    pub(super) epochs: u32,
    /// The samples in the order of this epoch, and how many of them were seen.
    order: Vec<u32>,
    pub(super) seen: usize,
    /// Loss and hits of this epoch, each sample before its update.
    statistics: BatchStatistics,
    pub(super) rate: Rate,
    /// Learning rate of the next step.
    pub(super) lr: f64,
    clock: ComputeClock,
    began: Instant,
}

impl Progress {
    /// A run that has not begun.
    pub(super) fn new(config: &RunConfig, epochs: u32, began: Instant) -> Self {
        let rate = config.info.spec.rate(config.info.planned_steps);
        Self {
            step: 0,
            samples: 0,
            epoch: 1,
            epochs,
            order: Vec::new(),
            seen: 0,
            statistics: BatchStatistics::default(),
            lr: rate.at(0),
            rate,
            clock: ComputeClock::new(),
            began,
        }
    }

    /// Leaves out of the compute time what has passed since the last step.
    pub(super) fn resume_clock(&mut self) {
        self.clock.start();
    }

    /// The samples of this epoch that were not seen yet.
    pub(super) fn coming(&self) -> &[u32] {
        &self.order[self.seen..]
    }

    /// Begins an epoch, with the samples in this order.
    pub(super) fn begin_epoch(&mut self, order: Vec<u32>) {
        (self.order, self.seen, self.statistics) = (order, 0, BatchStatistics::default());
    }

    /// Sets the learning rate of the next step and scales what is left of the schedule; the factor.
    pub(super) fn set_lr(&mut self, lr: f64) -> f64 {
        self.rate.set(self.step.into(), lr);
        self.lr = self.rate.at(self.step.into());
        self.rate.scale()
    }

    /// The learning rate to set so that the schedule is what was planned again.
    pub(super) fn planned_lr(&self) -> f64 {
        self.rate.reset_to(self.step.into())
    }

    /// Counts a step; its record.
    pub(super) fn count(&mut self, statistics: BatchStatistics, measures: StepMeasures) -> StepRecord {
        let lr = self.lr;
        self.step += 1;
        self.lr = self.rate.at(self.step.into());
        self.seen += statistics.samples;
        self.samples += statistics.samples as u64;
        self.statistics.add(statistics);
        StepRecord {
            samples: self.samples,
            compute_s: self.clock.lap(),
            step: self.step,
            epoch: self.epoch,
            lr: lr as f32,
            loss: statistics.mean_loss(),
            accuracy: statistics.accuracy(),
            grad_norm: measures.grad_norm as f32,
            update_norm: measures.update_norm as f32,
            update_cosine: measures.update_cosine as f32,
        }
    }

    /// The record of the epoch that has ended, with its evaluation; or of epoch 0, before the first step.
    pub(super) fn epoch_record(&self, val: Score) -> EpochRecord {
        let has_trained = self.step > 0;
        EpochRecord {
            epoch: if has_trained { self.epoch } else { 0 },
            step: self.step,
            samples: self.samples,
            compute_s: self.clock.seconds(),
            wall_s: self.began.elapsed().as_secs_f64(),
            lr: self.lr as f32,
            train: has_trained.then(|| Score::of(self.statistics)),
            val,
        }
    }
}
