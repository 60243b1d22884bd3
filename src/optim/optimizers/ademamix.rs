//! AdEMAMix.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "ademamix",
    title: "AdEMAMix",
    idea: "Adam with a second, very slow mean of the gradient beside the fast one.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Optax,
        library: "optax.contrib.ademamix",
        lr: 0.001,
        weight_decay: None,
        formula: &[
            "m₁ ← EMA(beta1, g)        m₂ ← EMA(beta3, g)        v ← EMA(beta2, g²)",
            "θ ← θ − lr·(m₁ ÷ (1 − beta1ᵗ) + alpha·m₂) ÷ (√(v ÷ (1 − beta2ᵗ)) + eps)",
        ],
    }],
    settings: &[
        beta1(&[(Optax, 0.9)]),
        beta2(&[(Optax, 0.999)]),
        number("beta3", "share of the slow mean m₂ that is kept each step", Domain::Fraction, &[(Optax, 0.9999)]),
        number("alpha", "weight of the slow mean beside the fast one", Domain::NonNegative, &[(Optax, 5.0)]),
        eps(&[(Optax, 1e-8)]),
    ],
    differences: "Neither Keras nor PyTorch has it. Optax has no default learning rate: 0.001 is this program's. The \
                  authors warm alpha and beta3 up; here they stay.",
    caution: "The slow mean needs about 1 ÷ (1 − beta3) = 10,000 steps to fill: a short race shows little of it.",
    paper: "Pagliardini, Ablin & Grangier 2024, The AdEMAMix Optimizer: Better, Faster, Older, arXiv:2409.03137",
    memory: Memory::Weights(|values, age| {
        let fades = |key: &str| (1.0 - values.value(key)) * values.value(key).powf(age.into());
        fades("beta1") + values.value("alpha") * fades("beta3")
    }),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let betas = ["beta1", "beta2", "beta3"].map(|key| values.value(key));
    let new_shares = betas.map(|beta| T::of(1.0 - beta));
    let rule = AdEmaMix { betas, new_shares, alpha: values.value("alpha"), eps: T::of(values.value("eps")) };
    Elementwise::boxed(rule, [T::zero(); 3])
}

#[derive(Clone, Copy)]
struct AdEmaMix<T> {
    betas: [f64; 3],
    /// 1 − each of them, rounded once.
    new_shares: [T; 3],
    alpha: f64,
    eps: T,
}

impl<T: Scalar> UpdateRule<T, 3> for AdEmaMix<T> {
    /// What multiplies m₁, m₂ and √v.
    type Shared = [T; 3];

    fn shared(&self, StepContext { lr, t }: StepContext, _: &mut [f64]) -> [T; 3] {
        let correction = |beta: f64| 1.0 - beta.powf(t as f64);
        [lr / correction(self.betas[0]), lr * self.alpha, 1.0 / correction(self.betas[1]).sqrt()].map(T::of)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(
        &self,
        [of_fast, of_slow, root_scale]: [T; 3],
        gradient: N,
        [fast, slow, v]: [N; 3],
    ) -> (N, [N; 3]) {
        let [new1, new2, new3] = self.new_shares;
        let fast = (fast + (gradient - fast) * new1).flushed();
        let slow = (slow + (gradient - slow) * new3).flushed();
        let v = (v + (gradient.squared() - v) * new2).flushed();
        (-((fast * of_fast + slow * of_slow) / (v.sqrt() * root_scale + self.eps)), [fast, slow, v])
    }
}
