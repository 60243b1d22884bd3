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
    let (beta1, beta2) = (values.value("beta1"), values.value("beta2"));
    let momentum_decay = match values.dialect {
        Keras => Some(1.0),
        Torch => Some(values.value("momentum_decay")),
        _ => None,
    };
    let new_shares = (T::of(1.0 - beta1), T::of(1.0 - beta2));
    Elementwise::boxed(
        Nadam {
            beta1,
            beta2,
            new_shares,
            eps: T::of(values.value("eps")),
            momentum_decay,
            is_torch: values.dialect == Torch,
        },
        [T::zero(); 2],
    )
}

#[derive(Clone, Copy)]
struct Nadam<T> {
    beta1: f64,
    beta2: f64,
    /// 1 − beta1 and 1 − beta2, each rounded once.
    new_shares: (T, T),
    eps: T,
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
        let t = t as f64;
        let (of_mean, of_gradient) = match self.momentum_decay {
            Some(decay) => {
                let momentum = |step: f64| self.beta1 * (1.0 - 0.5 * 0.96_f64.powf(step * decay));
                kept[0] *= momentum(t);
                if self.is_torch {
                    // PyTorch keeps the product in single precision, whatever the parameters are in.
                    kept[0] = f64::from(kept[0] as f32);
                }
                let next = momentum(t + 1.0);
                (next / (1.0 - kept[0] * next), (1.0 - momentum(t)) / (1.0 - kept[0]))
            }
            None => (self.beta1 / (1.0 - self.beta1.powf(t + 1.0)), (1.0 - self.beta1) / (1.0 - self.beta1.powf(t))),
        };
        let root_scale = 1.0 / (1.0 - self.beta2.powf(t)).sqrt();
        [lr * of_mean, lr * of_gradient, root_scale].map(T::of)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(
        &self,
        [of_mean, of_gradient, root_scale]: [T; 3],
        gradient: N,
        [m, v]: [N; 2],
    ) -> (N, [N; 2]) {
        let m = (m + (gradient - m) * self.new_shares.0).flushed();
        let v = (v + (gradient.squared() - v) * self.new_shares.1).flushed();
        (-((m * of_mean + gradient * of_gradient) / (v.sqrt() * root_scale + self.eps)), [m, v])
    }
}
