//! AdaBelief.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adabelief",
    title: "AdaBelief",
    idea: "Adam that divides by how far gradients are from what was expected, not by how large they are.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Optax,
        library: "optax.adabelief",
        lr: 0.001,
        weight_decay: None,
        formula: &[
            "m ← beta1·m + (1 − beta1)·g        s ← beta2·s + (1 − beta2)·(g − m)² + eps_root",
            "m̂ ← m ÷ (1 − beta1ᵗ)        ŝ ← s ÷ (1 − beta2ᵗ)        θ ← θ − lr·m̂ ÷ (√ŝ + eps)",
        ],
    }],
    settings: &[
        beta1(&[(Optax, 0.9)]),
        beta2(&[(Optax, 0.999)]),
        eps(&[(Optax, 1e-16)]),
        number("eps_root", "is added to s in every step", Domain::Positive, &[(Optax, 1e-16)]),
    ],
    differences: "Neither Keras nor PyTorch has it. Optax has no default learning rate: 0.001 is this program's.",
    caution: "Where gradients hardly change its steps grow far beyond lr.",
    paper: "Zhuang et al. 2020, AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients, NeurIPS, \
            arXiv:2010.07468",
    memory: Memory::Weights(|values, age| values.value("beta1").powf(age.into())),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let (beta1, beta2) = (values.value("beta1"), values.value("beta2"));
    let new_shares = (T::of(1.0 - beta1), T::of(1.0 - beta2));
    Elementwise::boxed(
        AdaBelief {
            beta1,
            beta2,
            new_shares,
            eps: T::of(values.value("eps")),
            eps_root: T::of(values.value("eps_root")),
        },
        [T::zero(); 2],
    )
}

#[derive(Clone, Copy)]
struct AdaBelief<T> {
    beta1: f64,
    beta2: f64,
    /// 1 − beta1 and 1 − beta2, each rounded once.
    new_shares: (T, T),
    eps: T,
    eps_root: T,
}

impl<T: Scalar> UpdateRule<T, 2> for AdaBelief<T> {
    /// What multiplies m, and √s.
    type Shared = (T, T);

    fn shared(&self, StepContext { lr, t }: StepContext, _: &mut [f64]) -> (T, T) {
        let correction = |beta: f64| 1.0 - beta.powf(t as f64);
        (T::of(lr / correction(self.beta1)), T::of(1.0 / correction(self.beta2).sqrt()))
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, (rate, root_scale): (T, T), gradient: N, [m, s]: [N; 2]) -> (N, [N; 2]) {
        let m = (m + (gradient - m) * self.new_shares.0).flushed();
        let s = s + ((gradient - m).squared() - s) * self.new_shares.1 + self.eps_root;
        (-(m * rate / (s.sqrt() * root_scale + self.eps)), [m, s])
    }
}
