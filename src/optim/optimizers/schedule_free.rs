//! What the Schedule-Free optimizers share: a fast walk z, its average x, and gradients at y between them.
//!
//! The parameters of the run are y. Kept is z − y, so that nothing has to begin as the network's first weights, and
//! little is lost to rounding: with ĝ, what z moves against, z ← z − lr·ĝ, x ← (1 − c)·x + c·z and
//! y ← (1 − β)·z + β·x are
//!
//! ```text
//! y ← y + c·(z − y) − lr·(1 − β·(1 − c))·ĝ        z − y ← (1 − c)·(z − y − β·lr·ĝ)        x = y + (1 − 1/β)·(z − y)
//! ```

use super::prelude::*;

/// Weights and decay of a Schedule-Free optimizer.
#[derive(Clone, Copy)]
pub struct ScheduleFree {
    beta: f64,
    weight_decay: f64,
    dialect: Dialect,
}

/// Its factors at one step.
#[derive(Clone, Copy)]
pub struct Factors<T> {
    /// c: the share of z in the average.
    new_share: T,
    /// 1 − c.
    kept_share: T,
    /// lr·(1 − β·(1 − c)).
    pull: T,
    /// lr·β·(1 − c).
    push: T,
    /// How much of y is added to ĝ.
    in_gradient: T,
    /// Which part of itself y loses first.
    shrinkage: T,
}

impl ScheduleFree {
    /// With the value of `beta`, the weight of x in y.
    pub fn new(values: &SettingValues, beta: f64) -> Self {
        Self { beta, weight_decay: values.value("weight_decay"), dialect: values.dialect }
    }

    /// What [`ScheduleFree::factors`] keeps: the largest learning rate so far, and the sum of all weights.
    pub fn kept() -> Vec<f64> {
        vec![0.0, 0.0]
    }

    /// The factors of a step.
    pub fn factors<T: Scalar>(&self, StepContext { lr, t }: StepContext, kept: &mut [f64]) -> Factors<T> {
        let Self { beta, weight_decay, .. } = *self;
        let is_keras = self.dialect == Keras;
        let new_share = match kept {
            [largest, sum] if !is_keras => {
                *largest = largest.max(lr);
                let weight = *largest * *largest;
                *sum += weight;
                if *sum > 0.0 { weight / *sum } else { 0.0 }
            }
            _ => 1.0 / t as f64,
        };
        let kept_share = 1.0 - new_share;
        Factors {
            new_share: T::of(new_share),
            kept_share: T::of(kept_share),
            pull: T::of(lr * (1.0 - beta * kept_share)),
            push: T::of(lr * beta * kept_share),
            in_gradient: T::of(if is_keras { 0.0 } else { weight_decay }),
            shrinkage: T::of(if is_keras { weight_decay * lr } else { 0.0 }),
        }
    }

    /// The update of y, and z − y after it, `direction` being what z moves against.
    #[inline(always)]
    pub fn step<T: Scalar, N: SimdFloat<T>>(factors: Factors<T>, y: N, direction: N, ahead: N) -> (N, N) {
        let direction = direction + y * factors.in_gradient;
        let lost = y * factors.shrinkage;
        let ahead = ahead + lost;
        let update = ahead * factors.new_share - direction * factors.pull - lost;
        (update, (ahead * factors.kept_share - direction * factors.push).flushed())
    }

    /// x: where the network is evaluated. Keras has no way there, and evaluates at y.
    pub fn average<T: Scalar>(&self, y: T, ahead: T) -> Option<T> {
        (self.dialect != Keras).then(|| y + T::of(1.0 - 1.0 / self.beta) * ahead)
    }
}

/// How y decays.
pub const DECAY: &str = "reference: ĝ grows by weight_decay·y; keras: y ← y − y·weight_decay·lr first";

/// Where it was published.
pub const PAPER: &str = "Defazio, Yang, Mehta, Mishchenko, Khaled & Cutkosky 2024, The Road Less Scheduled, NeurIPS, \
                         arXiv:2405.15682";
