//! RAdam.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "radam",
    title: "RAdam",
    idea: "Adam that waits until the size of the gradients is known: momentum at first, then a rate that warms up by \
           itself.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Torch,
        library: "torch.optim.RAdam",
        lr: 0.001,
        weight_decay: None,
        formula: &[
            "m, v as adam's        ρ∞ = 2 ÷ (1 − beta2) − 1        ρ = ρ∞ − 2·t·beta2ᵗ ÷ (1 − beta2ᵗ)",
            "r = √((ρ − 4)(ρ − 2)ρ∞ ÷ ((ρ∞ − 4)(ρ∞ − 2)ρ))   where ρ > 5",
            "θ ← θ − lr·r·m̂·√(1 − beta2ᵗ) ÷ (√v + eps)      (else θ ← θ − lr·m̂)",
        ],
    }],
    settings: &[beta1(&[(Torch, 0.9)]), beta2(&[(Torch, 0.999)]), eps(&[(Torch, 1e-8)])],
    differences: "Keras has none. Optax compares ρ with 5 by ≥ and adds eps to the corrected √v̂.",
    caution: "Its first steps (five with beta2 = 0.999) are plain momentum: their size is lr times the gradient.",
    paper: "Liu et al. 2020, On the Variance of the Adaptive Learning Rate and Beyond, ICLR, arXiv:1908.03265",
    memory: MEAN_GRADIENT,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    Elementwise::boxed(RAdam(Moments::new(values)), [T::zero(); 2])
}

#[derive(Clone, Copy)]
struct RAdam<T>(Moments<T>);

impl<T: Scalar> UpdateRule<T, 2> for RAdam<T> {
    /// What multiplies m, and whether it is divided by √v + eps.
    type Shared = (T, bool);

    fn shared(&self, StepContext { lr, t }: StepContext, _: &mut [f64]) -> (T, bool) {
        let Moments { beta1, beta2, .. } = self.0;
        let (filled2, rate) = (correction(beta2, t), lr / correction(beta1, t));
        let most = 2.0 / (1.0 - beta2) - 1.0;
        let length = most - 2.0 * t as f64 * (1.0 - filled2) / filled2;
        if length <= 5.0 {
            return (T::of(rate), false);
        }
        let rectified = (length - 4.0) * (length - 2.0) * most / ((most - 4.0) * (most - 2.0) * length);
        (T::of(rate * (rectified * filled2).sqrt()), true)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, (rate, divides): (T, bool), gradient: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let (m, v) = self.0.both(gradient, m, v);
        (if divides { -(m * rate / (v.sqrt() + self.0.eps)) } else { -(m * rate) }, [m, v])
    }
}
