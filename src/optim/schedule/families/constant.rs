//! A rate that stays.

use crate::optim::schedule::definition::{Family, START, WARMUP};

/// What there is to know of it.
pub static FAMILY: Family = Family {
    name: "constant",
    idea: "Stays at lr, after a warm-up if one is wanted.",
    formula: &["lr"],
    source: &[
        "The warm-up is that of Keras's CosineDecay (warmup_steps, warmup_target = lr)",
        "Goyal et al. 2017, arXiv:1706.02677",
    ],
    settings: &[&WARMUP, &START],
    curve: |curve, step| curve.warmed_up(curve.lr, step, |_| curve.lr),
};
