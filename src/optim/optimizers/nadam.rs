//! Nadam.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "nadam",
    title: "Nadam",
    idea: "Adam that looks ahead, as Nesterov's momentum does: this step's gradient counts once more.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.Nadam",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "μₜ = beta1·(1 − 0.96ᵗ ÷ 2)        m, v as adam's",
                "m̂ ← μₜ₊₁·m ÷ (1 − μ₁⋯μₜ₊₁) + (1 − μₜ)·g ÷ (1 − μ₁⋯μₜ)",
                "θ ← θ − lr·m̂ ÷ (√(v ÷ (1 − beta2ᵗ)) + eps)",
            ],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.NAdam",
            lr: 0.002,
            weight_decay: None,
            formula: &["as keras, with μₜ = beta1·(1 − 0.96^(t·momentum_decay) ÷ 2)"],
        },
        Form {
            dialect: Optax,
            library: "optax.nadam",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "m̂ ← beta1·m ÷ (1 − beta1ᵗ⁺¹) + (1 − beta1)·g ÷ (1 − beta1ᵗ)",
                "θ ← θ − lr·m̂ ÷ (√(v ÷ (1 − beta2ᵗ)) + eps)",
            ],
        },
    ],
    settings: &[
        beta1(&[(Keras, 0.9), (Torch, 0.9), (Optax, 0.9)]),
        beta2(&[(Keras, 0.999), (Torch, 0.999), (Optax, 0.999)]),
        eps(&[(Keras, 1e-7), (Torch, 1e-8), (Optax, 1e-8)]),
        number(
            "momentum_decay",
            "how fast the momentum grows from beta1 ÷ 2 to beta1",
            Domain::NonNegative,
            &[(Torch, 0.004)],
        ),
    ],
    differences: "Three algorithms of one name: in Keras momentum has grown to beta1 after some 100 steps, in PyTorch \
                  after some 25,000, in Optax it is there from the start. Optax has no default learning rate: 0.001 \
                  is this program's.",
    caution: "Its steps keep their size near the minimum (up to about lr per parameter): lower lr to settle.",
    paper: "Dozat 2016, Incorporating Nesterov Momentum into Adam, ICLR workshop",
    memory: Memory::Weights(|values, age| {
        let (beta1, new) = (values.value("beta1"), if age == 0 { 1.0 } else { 0.0 });
        beta1.powf(f64::from(age) + 1.0) + new
    }),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let momentum_decay = match values.dialect {
        Keras => Some(1.0),
        Torch => Some(values.value("momentum_decay")),
        _ => None,
    };
    let rule = Nadam { moments: Moments::new(values), momentum_decay, is_torch: values.dialect == Torch };
    Elementwise::boxed(rule, [T::zero(); 2])
}

#[derive(Clone, Copy)]
struct Nadam<T> {
    moments: Moments<T>,
    /// `None` where the momentum is beta1 from the start.
    momentum_decay: Option<f64>,
    is_torch: bool,
}

impl<T: Scalar> UpdateRule<T, 2> for Nadam<T> {
    /// What multiplies m, g, and √v.
    type Shared = [T; 3];

    /// The product of all momenta so far.
    fn kept(&self) -> Vec<f64> {
        vec![1.0]
    }

    fn shared(&self, StepContext { lr, t }: StepContext, kept: &mut [f64]) -> [T; 3] {
        let Moments { beta1, beta2, .. } = self.moments;
        let (of_mean, of_gradient) = match self.momentum_decay {
            Some(decay) => {
                let momentum = |step: u64| beta1 * (1.0 - 0.5 * 0.96_f64.powf(step as f64 * decay));
                kept[0] *= momentum(t);
                if self.is_torch {
                    // PyTorch keeps the product in single precision, whatever the parameters are in.
                    kept[0] = f64::from(kept[0] as f32);
                }
                let next = momentum(t + 1);
                (next / (1.0 - kept[0] * next), (1.0 - momentum(t)) / (1.0 - kept[0]))
            }
            None => (beta1 / correction(beta1, t + 1), (1.0 - beta1) / correction(beta1, t)),
        };
        let root_scale = 1.0 / correction(beta2, t).sqrt();
        [lr * of_mean, lr * of_gradient, root_scale].map(T::of)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(
        &self,
        [of_mean, of_gradient, root_scale]: [T; 3],
        gradient: N,
        [m, v]: [N; 2],
    ) -> (N, [N; 2]) {
        let (m, v) = self.moments.both(gradient, m, v);
        (-((m * of_mean + gradient * of_gradient) / (v.sqrt() * root_scale + self.moments.eps)), [m, v])
    }
}
