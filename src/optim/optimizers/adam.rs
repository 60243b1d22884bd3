//! Adam.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adam",
    title: "Adam",
    idea: "Momentum and RMSprop in one: a smoothed gradient, divided by the smoothed size of the gradient.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.Adam",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "m ← m + (1 − beta1)·(g − m)             v ← v + (1 − beta2)·(g² − v)",
                "α ← lr·√(1 − beta2ᵗ) ÷ (1 − beta1ᵗ)",
                "θ ← θ − α·m ÷ (√v + eps)",
            ],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.Adam",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "m ← m + (1 − beta1)·(g − m)             v ← beta2·v + (1 − beta2)·g²",
                "m̂ ← m ÷ (1 − beta1ᵗ)                    v̂ ← v ÷ (1 − beta2ᵗ)",
                "θ ← θ − lr·m̂ ÷ (√v̂ + eps)",
            ],
        },
    ],
    settings: &[
        beta1(&[(Keras, 0.9), (Torch, 0.9)]),
        beta2(&[(Keras, 0.999), (Torch, 0.999)]),
        eps(&[(Keras, 1e-7), (Torch, 1e-8)]),
        AMSGRAD,
    ],
    differences: "Keras adds eps (1e-7) to the uncorrected √v, PyTorch its eps (1e-8) to the corrected √v̂: Keras's \
                  eps weighs more in the first steps.",
    caution: "Its steps keep their size near the minimum (up to about lr per parameter): lower lr to settle.",
    paper: "Kingma & Ba 2015, Adam: A Method for Stochastic Optimization, ICLR, arXiv:1412.6980; \
            amsgrad: Reddi, Kale & Kumar 2018, On the Convergence of Adam and Beyond, ICLR",
    memory: MEAN_GRADIENT,
    build_f32: build,
    build_f64: build,
};

/// The setting that Adam and AdamW share.
pub const AMSGRAD: Setting = flag(
    "amsgrad",
    "divide by the largest v so far, so that a rate never grows again (Reddi et al. 2018)",
    &[(Keras, 0.0), (Torch, 0.0)],
);

/// Adam as the dialect defines it.
pub fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let adam = Adam { moments: Moments::new(values), dialect: values.dialect };
    if values.flag("amsgrad") {
        return Elementwise::boxed(adam, [T::zero(); 3]);
    }
    Elementwise::boxed(adam, [T::zero(); 2])
}

#[derive(Clone, Copy)]
struct Adam<T> {
    moments: Moments<T>,
    dialect: Dialect,
}

impl<T: Scalar> Adam<T> {
    /// What multiplies m ÷ (root_scale·√v + eps) in a step, and root_scale.
    fn scales(&self, at: StepContext) -> (T, T) {
        match self.dialect {
            Dialect::Keras => {
                // Keras computes the bias corrections in the precision of the parameters; so do we, or the first
                // steps would differ from Keras's in the fifth digit.
                let step = T::of(at.t as f64);
                let correction1 = T::one() - T::of(self.moments.beta1).powf(step);
                let correction2 = T::one() - T::of(self.moments.beta2).powf(step);
                (T::of(at.lr) * SimdFloat::sqrt(correction2) / correction1, T::one())
            }
            _ => self.moments.scales(at),
        }
    }
}

impl<T: Scalar> UpdateRule<T, 2> for Adam<T> {
    type Shared = (T, T);

    fn shared(&self, at: StepContext, _: &mut [f64]) -> (T, T) {
        self.scales(at)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, scales: (T, T), gradient: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let (m, v) = self.moments.both(gradient, m, v);
        (self.moments.update(scales, m, v), [m, v])
    }
}

/// With amsgrad: divided by the largest v so far.
impl<T: Scalar> UpdateRule<T, 3> for Adam<T> {
    type Shared = (T, T);

    fn shared(&self, at: StepContext, _: &mut [f64]) -> (T, T) {
        self.scales(at)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, scales: (T, T), gradient: N, [m, v, largest]: [N; 3]) -> (N, [N; 3]) {
        let (m, v) = self.moments.both(gradient, m, v);
        let largest = largest.max(v);
        (self.moments.update(scales, m, largest), [m, v, largest])
    }
}
