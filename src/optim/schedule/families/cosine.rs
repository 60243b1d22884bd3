//! Half a cosine.

use crate::optim::schedule::definition::{DECAY_OVER_THE_REST, Family, Key, START, ScheduleSetting, WARMUP};
use crate::optim::schedule::value::Kind;
use crate::optim::setting::Domain;

/// What there is to know of it.
pub static FAMILY: Family = Family {
    name: "cosine",
    idea: "Falls along half a cosine: gently first, quickly in the middle, gently to its end.",
    formula: &["lr · ((1 − final) · (1 + cos(π · min(s, decay_steps) ÷ decay_steps)) ÷ 2 + final)"],
    source: &[
        "Keras: CosineDecay (alpha = final, warmup_target = lr, initial_learning_rate = start·lr)",
        "Loshchilov & Hutter 2017, arXiv:1608.03983",
    ],
    settings: &[
        &WARMUP,
        &START,
        &DECAY_OVER_THE_REST,
        &ScheduleSetting {
            key: Key::Final,
            meaning: "share of lr with which it ends",
            kind: Kind::Number(Domain::NonNegative),
            default: "0",
        },
    ],
    curve: |curve, step| {
        curve.warmed_up(curve.lr, step, |step| {
            let done = step.min(curve.decay_steps) / curve.decay_steps;
            let cosine = 0.5 * (1.0 + (std::f64::consts::PI * done).cos());
            curve.lr * ((1.0 - curve.end) * cosine + curve.end)
        })
    },
};
