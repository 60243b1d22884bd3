//! Stochastic gradient descent.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "sgd",
    title: "SGD",
    idea: "Follows the gradient of the minibatch downhill, and remembers nothing.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.SGD",
            lr: 0.01,
            weight_decay: None,
            formula: &["θ ← θ − lr·g"],
        },
        Form {
            dialect: Torch, library: "torch.optim.SGD", lr: 0.001, weight_decay: None, formula: &["θ ← θ − lr·g"]
        },
    ],
    settings: &[],
    differences: "Same formula; PyTorch's default learning rate is 0.001, Keras's 0.01.",
    caution: "Diverges once lr exceeds 2 ÷ the largest curvature of the loss; below that it zigzags across a ravine.",
    paper: "Robbins & Monro 1951, A Stochastic Approximation Method, Ann. Math. Statist. 22(3):400–407",
    memory: Memory::Weights(only_the_newest),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(_: &SettingValues) -> Box<dyn Rule<T>> {
    Elementwise::boxed(Sgd, [])
}

#[derive(Clone, Copy)]
struct Sgd;

impl<T: Scalar> UpdateRule<T, 0> for Sgd {
    type Shared = T;

    const SKIPS_ZERO_GRADIENT: bool = true;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, state: [N; 0]) -> (N, [N; 0]) {
        (-(gradient * lr), state)
    }

    fn linear_scale(&self, lr: T) -> Option<T> {
        Some(-lr)
    }
}
