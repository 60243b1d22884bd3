//! Stairs.

use crate::optim::definition::Domain;
use crate::optim::schedule::definition::{Family, Key, START, Setting, WARMUP};
use crate::optim::schedule::value::Kind;

/// What there is to know of it.
pub static FAMILY: Family = Family {
    name: "step",
    idea: "Stairs: falls to a tenth again and again, after equal numbers of steps.",
    formula: &["lr · decay_rate ^ ⌊s ÷ decay_steps⌋"],
    source: &["PyTorch: StepLR (step_size = decay_steps, gamma = decay_rate), stepped once an update"],
    settings: &[
        &WARMUP,
        &START,
        &Setting { key: Key::DecaySteps, meaning: "length of a stair", kind: Kind::Length, default: "0.4" },
        &Setting {
            key: Key::DecayRate,
            meaning: "what the rate is multiplied with at each stair",
            kind: Kind::Number(Domain::Positive),
            default: "0.1",
        },
    ],
    curve: |plan, step| {
        plan.warmed_up(plan.lr, step, |step| plan.lr * plan.decay_rate.powf((step / plan.decay_steps).floor()))
    },
};
