//! Rates for pieces of the race.

use crate::optim::schedule::definition::{Family, Key, START, ScheduleSetting, WARMUP};
use crate::optim::schedule::value::Kind;

/// What there is to know of it.
pub static FAMILY: Family = Family {
    name: "piecewise",
    idea: "A learning rate for each piece of the race, named by hand.",
    formula: &["values[0] while s ≤ boundaries[0], values[1] while s ≤ boundaries[1], …, then the last of values"],
    source: &["Keras: PiecewiseConstantDecay"],
    settings: &[
        &WARMUP,
        &START,
        &ScheduleSetting {
            key: Key::Boundaries,
            meaning: "the last step of each piece but the last, steps counted from 0 after the warm-up",
            kind: Kind::Boundaries,
            default: "0.5/0.75",
        },
        &ScheduleSetting {
            key: Key::Values,
            meaning: "learning rates, one more than boundaries; the first is lr, which is left out then, or the same",
            kind: Kind::Rates,
            default: "",
        },
    ],
    curve: |curve, step| {
        let first = curve.values.first().copied().unwrap_or(curve.lr);
        curve.warmed_up(first, step, |step| {
            let piece = curve.boundaries.iter().take_while(|boundary| step > **boundary).count();
            curve.values.get(piece).copied().unwrap_or(curve.lr)
        })
    },
};
