//! Nesterov's accelerated gradient.

use super::momentum::{MOMENTUM, MOMENTUM_DIFFERENCES, build_momentum};
use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "nesterov",
    title: "Nesterov",
    idea: "Momentum that looks ahead: it corrects its course by the gradient where momentum will carry it.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.SGD(momentum=0.9, nesterov=True)",
            lr: 0.01,
            weight_decay: None,
            formula: &["m ← momentum·m − lr·g", "θ ← θ + momentum·m − lr·g"],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.SGD(momentum=0.9, nesterov=True)",
            lr: 0.001,
            weight_decay: None,
            formula: &["b ← momentum·b + g", "θ ← θ − lr·(g + momentum·b)"],
        },
    ],
    settings: &[MOMENTUM],
    differences: MOMENTUM_DIFFERENCES,
    caution: "Its steps grow to lr ÷ (1 − momentum) times a steady gradient: 10 × at 0.9.",
    paper: "Nesterov 1983, A method for solving the convex programming problem with convergence rate O(1/k²), \
            Soviet Math. Dokl. 27:372–376; in this form Sutskever et al. 2013, ICML",
    memory: Memory::Weights(|values, age| {
        let momentum = values.value("momentum");
        if age == 0 { 1.0 + momentum } else { momentum.powf(f64::from(age) + 1.0) }
    }),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    build_momentum(values, true)
}
