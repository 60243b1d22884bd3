//! Exponential decay.

use crate::optim::schedule::definition::{DECAY_OVER_THE_REST, Family, Key, STAIRCASE, START, ScheduleSetting, WARMUP};
use crate::optim::schedule::value::Kind;
use crate::optim::setting::Domain;

/// What there is to know of it.
pub static FAMILY: Family = Family {
    name: "exponential",
    idea: "Falls by the same factor in equal times.",
    formula: &["lr · decay_rate ^ (s ÷ decay_steps)              (staircase: ^ ⌊s ÷ decay_steps⌋)"],
    source: &["Keras: ExponentialDecay"],
    settings: &[
        &WARMUP,
        &START,
        &DECAY_OVER_THE_REST,
        &ScheduleSetting {
            key: Key::DecayRate,
            meaning: "what the rate is multiplied with over decay_steps",
            kind: Kind::Number(Domain::Positive),
            default: "0.01",
        },
        &STAIRCASE,
    ],
    curve: |curve, step| curve.warmed_up(curve.lr, step, |step| curve.lr * curve.decay_rate.powf(curve.decays(step))),
};
