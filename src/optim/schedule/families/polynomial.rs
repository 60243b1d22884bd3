//! Polynomial decay.

use crate::optim::schedule::curve::LrCurve;
use crate::optim::schedule::definition::{DECAY_OVER_THE_REST, Family, Key, START, ScheduleSetting, WARMUP};
use crate::optim::schedule::value::Kind;
use crate::optim::setting::Domain;

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
        &ScheduleSetting {
            key: Key::Final,
            meaning: "share of lr with which it ends",
            kind: Kind::Number(Domain::NonNegative),
            default: "0.01",
        },
        &ScheduleSetting {
            key: Key::Power,
            meaning: "1 is a straight line, above 1 it falls quickly first, below 1 last",
            kind: Kind::Number(Domain::NonNegative),
            default: "1",
        },
        &ScheduleSetting {
            key: Key::Cycle,
            meaning: "whether it rises again after decay_steps",
            kind: Kind::Number(Domain::Flag),
            default: "false",
        },
    ],
    curve: |curve, step| curve.warmed_up(curve.lr, step, |step| decayed(curve, step)),
};

fn decayed(curve: &LrCurve, step: f64) -> f64 {
    let end = curve.end * curve.lr;
    let done = if curve.cycle {
        step / (curve.decay_steps * (step / curve.decay_steps).ceil().max(1.0))
    } else {
        step.min(curve.decay_steps) / curve.decay_steps
    };
    (curve.lr - end) * (1.0 - done).powf(curve.power) + end
}
