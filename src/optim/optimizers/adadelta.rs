//! Adadelta.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adadelta",
    title: "Adadelta",
    idea: "RMSprop whose steps have the unit of the parameters: past steps take the place of a learning rate.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.Adadelta",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "a ← rho·a + (1 − rho)·g²        Δ = √(d + eps) ÷ √(a + eps)·g",
                "d ← rho·d + (1 − rho)·Δ²        θ ← θ − lr·Δ",
            ],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.Adadelta",
            lr: 1.0,
            weight_decay: None,
            formula: &[
                "a ← rho·a + (1 − rho)·g²        Δ = √(d + eps) ÷ √(a + eps)·g",
                "d ← rho·d + (1 − rho)·Δ²        θ ← θ − lr·Δ",
            ],
        },
    ],
    settings: &[
        number(
            "rho",
            "share of the mean squares that is kept each step",
            Domain::Fraction,
            &[(Keras, 0.95), (Torch, 0.9)],
        ),
        eps(&[(Keras, 1e-7), (Torch, 1e-6)]),
    ],
    differences: "Same formula. The paper and PyTorch have lr 1; Keras's 0.001 makes steps a thousandth as long.",
    caution: "Starts with steps of √eps and needs long to find their size; with Keras's lr of 0.001 it hardly moves.",
    paper: "Zeiler 2012, ADADELTA: An Adaptive Learning Rate Method, arXiv:1212.5701",
    memory: Memory::Weights(only_the_newest),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let rho = values.value("rho");
    let rule = Adadelta { rho: T::of(rho), new_share: T::of(1.0 - rho), eps: T::of(values.value("eps")) };
    Elementwise::boxed(rule, [T::zero(); 2])
}

#[derive(Clone, Copy)]
struct Adadelta<T> {
    rho: T,
    /// 1 − rho, rounded once.
    new_share: T,
    eps: T,
}

impl<T: Scalar> UpdateRule<T, 2> for Adadelta<T> {
    type Shared = T;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, [gradients, steps]: [N; 2]) -> (N, [N; 2]) {
        let gradients = (gradients * self.rho + gradient.squared() * self.new_share).flushed();
        let step = (steps + self.eps).sqrt() / (gradients + self.eps).sqrt() * gradient;
        let steps = (steps * self.rho + step.squared() * self.new_share).flushed();
        (-(step * lr), [gradients, steps])
    }
}
