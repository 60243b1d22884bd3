//! Decay with the inverse of time.

use crate::optim::schedule::definition::{Family, Key, STAIRCASE, START, ScheduleSetting, WARMUP};
use crate::optim::schedule::value::Kind;
use crate::optim::setting::Domain;

/// What there is to know of it.
pub static FAMILY: Family = Family {
    name: "inverse-time",
    idea: "Falls as 1 ÷ time: quickly at first, ever slower later, and never to 0.",
    formula: &["lr ÷ (1 + decay_rate · s ÷ decay_steps)          (staircase: ⌊s ÷ decay_steps⌋)"],
    source: &["Keras: InverseTimeDecay", "Robbins & Monro 1951 prove that SGD settles with such rates"],
    settings: &[
        &WARMUP,
        &START,
        &ScheduleSetting {
            key: Key::DecaySteps,
            meaning: "steps over which the divisor grows by decay_rate",
            kind: Kind::Length,
            default: "0.1",
        },
        &ScheduleSetting {
            key: Key::DecayRate,
            meaning: "what the divisor grows by over decay_steps",
            kind: Kind::Number(Domain::NonNegative),
            default: "1",
        },
        &STAIRCASE,
    ],
    curve: |curve, step| {
        curve.warmed_up(curve.lr, step, |step| curve.lr / (1.0 + curve.decay_rate * curve.decays(step)))
    },
};
