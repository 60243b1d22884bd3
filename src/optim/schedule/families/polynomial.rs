//! Polynomial decay.

use crate::optim::definition::Domain;
use crate::optim::schedule::definition::{DECAY_OVER_THE_REST, Family, Key, START, Setting, WARMUP};
use crate::optim::schedule::plan::Plan;
use crate::optim::schedule::value::Kind;

/// What there is to know of it.
pub static FAMILY: Family = Family {
    name: "polynomial",
    idea: "Falls in a straight line, or as a power of what is left.",
    formula: &[
        "(lr − final·lr) · (1 − min(s, decay_steps) ÷ decay_steps) ^ power + final·lr",
        "cycle: decay_steps · ⌈s ÷ decay_steps⌉ in place of decay_steps, so that it rises again, ever less",
    ],
    source: &["Keras: PolynomialDecay (end_learning_rate = final·lr; its default 0.0001 is 0.01 of SGD's lr)"],
    settings: &[
        &WARMUP,
        &START,
        &DECAY_OVER_THE_REST,
        &Setting {
            key: Key::Final,
            meaning: "share of lr with which it ends",
            kind: Kind::Number(Domain::NonNegative),
            default: "0.01",
        },
        &Setting {
            key: Key::Power,
            meaning: "1 is a straight line, above 1 it falls quickly first, below 1 last",
            kind: Kind::Number(Domain::NonNegative),
            default: "1",
        },
        &Setting {
            key: Key::Cycle,
            meaning: "whether it rises again after decay_steps",
            kind: Kind::Number(Domain::Flag),
            default: "false",
        },
    ],
    curve: |plan, step| plan.warmed_up(plan.lr, step, |step| decayed(plan, step)),
};

fn decayed(plan: &Plan, step: f64) -> f64 {
    let end = plan.end * plan.lr;
    let done = if plan.cycle {
        step / (plan.decay_steps * (step / plan.decay_steps).ceil().max(1.0))
    } else {
        step.min(plan.decay_steps) / plan.decay_steps
    };
    (plan.lr - end) * (1.0 - done).powf(plan.power) + end
}
