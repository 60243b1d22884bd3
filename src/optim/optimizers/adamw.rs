//! AdamW.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adamw",
    title: "AdamW",
    idea: "Adam whose weight decay is no part of the gradient: every weight shrinks by the same share.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.AdamW",
            lr: 0.001,
            weight_decay: Some(0.004),
            formula: &["as adam, after θ ← θ − lr·weight_decay·θ"],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.AdamW",
            lr: 0.001,
            weight_decay: Some(0.01),
            formula: &["as adam, after θ ← θ − lr·weight_decay·θ"],
        },
    ],
    settings: &[
        beta1(&[(Keras, 0.9), (Torch, 0.9)]),
        beta2(&[(Keras, 0.999), (Torch, 0.999)]),
        eps(&[(Keras, 1e-7), (Torch, 1e-8)]),
        super::adam::AMSGRAD,
    ],
    differences: "As Adam's; Keras decays by 0.004 and PyTorch by 0.01 unless told otherwise.",
    caution: "The decay is a share of lr: a schedule that lowers lr lowers the decay with it.",
    paper: "Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization, ICLR, arXiv:1711.05101",
    memory: MEAN_GRADIENT,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    super::adam::build(values)
}
