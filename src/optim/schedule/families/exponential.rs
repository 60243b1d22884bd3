//! Exponential decay.

use crate::optim::definition::Domain;
use crate::optim::schedule::definition::{DECAY_OVER_THE_REST, Family, Key, STAIRCASE, START, Setting, WARMUP};
use crate::optim::schedule::value::Kind;

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
        &Setting {
            key: Key::DecayRate,
            meaning: "what the rate is multiplied with over decay_steps",
            kind: Kind::Number(Domain::Positive),
            default: "0.01",
        },
        &STAIRCASE,
    ],
    curve: |plan, step| plan.warmed_up(plan.lr, step, |step| plan.lr * plan.decay_rate.powf(plan.decays(step))),
};
