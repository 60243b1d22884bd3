//! One cycle: up along half a cosine, and down along another.

use std::f64::consts::PI;

use crate::optim::schedule::curve::LrCurve;
use crate::optim::schedule::definition::{DECAY_OVER_THE_REST, Family, Key, ScheduleSetting};
use crate::optim::schedule::value::Kind;
use crate::optim::setting::Domain;

/// What there is to know of it.
pub static FAMILY: Family = Family {
    name: "one-cycle",
    idea: "Rises along half a cosine to lr, its highest, then falls along another far below where it began.",
    formula: &[
        "between(a, b, p) = b + (a − b) ÷ 2 · (1 + cos(π · p)),   t counts steps from 0",
        "t ≤ warmup − 1:  between(start·lr, lr, t ÷ (warmup − 1))",
        "then:            between(lr, final·lr, (t − warmup + 1) ÷ decay_steps), up to t = warmup + decay_steps − 1",
    ],
    source: &[
        "PyTorch: OneCycleLR in two phases, momentum not cycled (max_lr = lr, pct_start = warmup,",
        "div_factor = 1 ÷ start, final_div_factor = start ÷ final); Smith & Topin 2019, arXiv:1708.07120",
    ],
    settings: &[
        &ScheduleSetting { key: Key::Warmup, meaning: "length of the rise", kind: Kind::LengthOrNone, default: "0.3" },
        &ScheduleSetting {
            key: Key::Start,
            meaning: "share of lr with which it begins",
            kind: Kind::Number(Domain::NonNegative),
            default: "0.04",
        },
        &DECAY_OVER_THE_REST,
        &ScheduleSetting {
            key: Key::Final,
            meaning: "share of lr with which it ends",
            kind: Kind::Number(Domain::NonNegative),
            default: "4e-6",
        },
    ],
    curve: rate,
};

fn rate(curve: &LrCurve, step: f64) -> f64 {
    let (start, end) = (curve.start * curve.lr, curve.end * curve.lr);
    // The last step of the rise; before the first if there is none. The last step of all ends the fall.
    let peak = curve.warmup - 1.0;
    if step < peak {
        between(start, curve.lr, step / peak)
    } else {
        between(curve.lr, end, ((step - peak) / curve.decay_steps).min(1.0))
    }
}

fn between(from: f64, to: f64, share: f64) -> f64 {
    to + (from - to) / 2.0 * (1.0 + (PI * share).cos())
}
