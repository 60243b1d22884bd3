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
    let slow_share = T::of(1.0 - values.value("beta3"));
    let rule = AdEmaMix { moments: Moments::new(values), slow_share, alpha: values.value("alpha") };
    Elementwise::boxed(rule, [T::zero(); 3])
}

#[derive(Clone, Copy)]
struct AdEmaMix<T> {
    moments: Moments<T>,
    /// 1 − beta3, rounded once.
    slow_share: T,
    alpha: f64,
}

impl<T: Scalar> UpdateRule<T, 3> for AdEmaMix<T> {
    /// What multiplies m₁, m₂ and √v.
    type Shared = [T; 3];

    fn shared(&self, at: StepContext, _: &mut [f64]) -> [T; 3] {
        let (rate, root_scale) = self.moments.scales(at);
        [rate, T::of(at.lr * self.alpha), root_scale]
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(
        &self,
        [of_fast, of_slow, root_scale]: [T; 3],
        gradient: N,
        [fast, slow, v]: [N; 3],
    ) -> (N, [N; 3]) {
        let (fast, v) = self.moments.both(gradient, fast, v);
        let slow = (slow + (gradient - slow) * self.slow_share).flushed();
        (-((fast * of_fast + slow * of_slow) / (v.sqrt() * root_scale + self.moments.eps)), [fast, slow, v])
    }
}
