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
    differences: OPTAX_ALONE,
    caution: "Where gradients hardly change its steps grow far beyond lr.",
    paper: "Zhuang et al. 2020, AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients, NeurIPS, \
            arXiv:2010.07468",
    memory: MEAN_GRADIENT,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let rule = AdaBelief { moments: Moments::new(values), eps_root: T::of(values.value("eps_root")) };
    Elementwise::boxed(rule, [T::zero(); 2])
}

#[derive(Clone, Copy)]
struct AdaBelief<T> {
    moments: Moments<T>,
    eps_root: T,
}

impl<T: Scalar> UpdateRule<T, 2> for AdaBelief<T> {
    type Shared = (T, T);

    fn shared(&self, at: StepContext, _: &mut [f64]) -> (T, T) {
        self.moments.scales(at)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, scales: (T, T), gradient: N, [m, s]: [N; 2]) -> (N, [N; 2]) {
        let m = self.moments.mean(gradient, m);
        let s = s + ((gradient - m).squared() - s) * self.moments.new_shares.1 + self.eps_root;
        (self.moments.update(scales, m, s), [m, s])
    }
}
