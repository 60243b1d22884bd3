//! Stairs.

use crate::optim::schedule::definition::{Family, Key, START, ScheduleSetting, WARMUP};
use crate::optim::schedule::value::Kind;
use crate::optim::setting::Domain;

/// What there is to know of it.
pub static FAMILY: Family = Family {
    name: "step",
    idea: "Stairs: falls to a tenth again and again, after equal numbers of steps.",
    formula: &["lr · decay_rate ^ ⌊s ÷ decay_steps⌋"],
    source: &["PyTorch: StepLR (step_size = decay_steps, gamma = decay_rate), stepped once an update"],
    settings: &[
        &WARMUP,
        &START,
        &ScheduleSetting { key: Key::DecaySteps, meaning: "length of a stair", kind: Kind::Length, default: "0.4" },
        &ScheduleSetting {
            key: Key::DecayRate,
            meaning: "what the rate is multiplied with at each stair",
            kind: Kind::Number(Domain::Positive),
            default: "0.1",
        },
    ],
    curve: |curve, step| {
        curve.warmed_up(curve.lr, step, |step| curve.lr * curve.decay_rate.powf((step / curve.decay_steps).floor()))
    },
};
