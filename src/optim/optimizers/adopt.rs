//! ADOPT.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adopt",
    title: "ADOPT",
    idea: "Adam in another order: gradients are divided by what was known before them, then smoothed.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Optax,
        library: "optax.contrib.adopt",
        lr: 0.001,
        weight_decay: None,
        formula: &[
            "first step: v ← g², θ stays",
            "ĝ = min(max(g ÷ max(√v, eps), −(t − 1)^¼), (t − 1)^¼)        m ← beta1·m + (1 − beta1)·ĝ",
            "θ ← θ − lr·m        v ← beta2·v + (1 − beta2)·g²",
        ],
    }],
    settings: &[beta1(&[(Optax, 0.9)]), beta2(&[(Optax, 0.9999)]), eps(&[(Optax, 1e-6)])],
    differences: "Neither Keras nor PyTorch has it. Optax has no default learning rate: 0.001 is the authors'.",
    caution: "Its first step moves nothing.",
    paper: "Taniguchi et al. 2024, ADOPT: Modified Adam Can Converge with Any β2 with the Optimal Rate, NeurIPS, \
            arXiv:2411.02853",
    memory: MEAN_GRADIENT,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let beta1 = T::of(values.value("beta1"));
    let new_share = T::of(1.0 - values.value("beta1"));
    Elementwise::boxed(
        Adopt { beta1, new_share, beta2: values.value("beta2"), eps: T::of(values.value("eps")) },
        [T::zero(); 2],
    )
}

#[derive(Clone, Copy)]
struct Adopt<T> {
    beta1: T,
    /// 1 − beta1, rounded once.
    new_share: T,
    beta2: f64,
    eps: T,
}

impl<T: Scalar> UpdateRule<T, 2> for Adopt<T> {
    /// The learning rate, the largest scaled gradient, and the shares of v and of g² in the next v.
    type Shared = [T; 4];

    fn shared(&self, StepContext { lr, t }: StepContext, _: &mut [f64]) -> [T; 4] {
        let before = (t - 1) as f64;
        // In the first step nothing gets past the limit of 0, and v is g².
        let beta2 = if t == 1 { 0.0 } else { self.beta2 };
        [lr, before.powf(0.25), beta2, 1.0 - beta2].map(T::of)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, [lr, limit, kept, new]: [T; 4], gradient: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let scaled = (gradient / v.sqrt().at_least(self.eps)).clipped(limit);
        let m = (m * self.beta1 + scaled * self.new_share).flushed();
        (-(m * lr), [m, (v * kept + gradient.squared() * new).flushed()])
    }
}
