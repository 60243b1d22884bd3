//! Adamax.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adamax",
    title: "Adamax",
    idea: "Adam that divides by the largest gradient of late, not by the root of the mean square.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.Adamax",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "m ← m + (1 − beta1)·(g − m)        u ← max(beta2·u, |g|)",
                "θ ← θ − lr·m ÷ ((1 − beta1ᵗ)·(u + eps))",
            ],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.Adamax",
            lr: 0.002,
            weight_decay: None,
            formula: &[
                "m ← m + (1 − beta1)·(g − m)        u ← max(beta2·u, |g| + eps)",
                "θ ← θ − lr·m ÷ ((1 − beta1ᵗ)·u)",
            ],
        },
    ],
    settings: &[
        beta1(&[(Keras, 0.9), (Torch, 0.9)]),
        beta2(&[(Keras, 0.999), (Torch, 0.999)]),
        eps(&[(Keras, 1e-7), (Torch, 1e-8)]),
    ],
    differences: "Keras adds eps when it divides, PyTorch to each |g|; lr is 0.001 and 0.002.",
    caution: "One large gradient makes steps small for about 1 ÷ (1 − beta2) steps.",
    paper: "Kingma & Ba 2015, Adam: A Method for Stochastic Optimization, section 7.1, arXiv:1412.6980",
    memory: MEAN_GRADIENT,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let (beta1, eps) = (values.value("beta1"), T::of(values.value("eps")));
    let (of_gradient, of_divisor) = if values.dialect == Keras { (T::zero(), eps) } else { (eps, T::zero()) };
    let (beta2, new_share) = (T::of(values.value("beta2")), T::of(1.0 - beta1));
    Elementwise::boxed(Adamax { beta1, new_share, beta2, of_gradient, of_divisor }, [T::zero(); 2])
}

#[derive(Clone, Copy)]
struct Adamax<T> {
    beta1: f64,
    /// 1 − beta1, rounded once.
    new_share: T,
    beta2: T,
    /// What is added to |g|, and to u: eps and 0, or 0 and eps.
    of_gradient: T,
    of_divisor: T,
}

impl<T: Scalar> UpdateRule<T, 2> for Adamax<T> {
    type Shared = T;

    fn shared(&self, StepContext { lr, t }: StepContext, _: &mut [f64]) -> T {
        T::of(lr / (1.0 - self.beta1.powf(t as f64)))
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, rate: T, gradient: N, [m, u]: [N; 2]) -> (N, [N; 2]) {
        let m = (m + (gradient - m) * self.new_share).flushed();
        let u = (u * self.beta2).flushed().max(gradient.abs() + self.of_gradient);
        (-(m * rate / (u + self.of_divisor)), [m, u])
    }
}
