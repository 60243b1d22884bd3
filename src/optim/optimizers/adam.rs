//! Adam.

use crate::optim::definition::{Definition, Dialect, Domain, PerDialect, Setting};
use crate::optim::element::{Elementwise, Formula, Optimizer};
use crate::optim::number::{Number, Real};
use crate::optim::spec::Spec;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adam",
    title: "Adam",
    idea: "Momentum and RMSprop in one: a smoothed gradient, divided by the smoothed size of the gradient.",
    lr: PerDialect { keras: 0.001, torch: 0.001 },
    settings: &[
        Setting {
            key: "beta1",
            meaning: "share of the mean gradient m that is kept each step",
            domain: Domain::Fraction,
            default: PerDialect { keras: Some(0.9), torch: Some(0.9) },
        },
        Setting {
            key: "beta2",
            meaning: "share of the mean squared gradient v that is kept each step",
            domain: Domain::Fraction,
            default: PerDialect { keras: Some(0.999), torch: Some(0.999) },
        },
        Setting {
            key: "eps",
            meaning: "keeps the divisor from 0",
            domain: Domain::Positive,
            default: PerDialect { keras: Some(1e-7), torch: Some(1e-8) },
        },
        Setting {
            key: "amsgrad",
            meaning: "divide by the largest v so far, so that a rate never grows again (Reddi et al. 2018)",
            domain: Domain::Flag,
            default: PerDialect { keras: Some(0.0), torch: Some(0.0) },
        },
    ],
    formula: PerDialect {
        keras: &[
            "m ← m + (1 − beta1)·(g − m)             v ← v + (1 − beta2)·(g² − v)",
            "α ← lr·√(1 − beta2ᵗ) ÷ (1 − beta1ᵗ)",
            "θ ← θ − α·m ÷ (√v + eps)",
        ],
        torch: &[
            "m ← m + (1 − beta1)·(g − m)             v ← beta2·v + (1 − beta2)·g²",
            "m̂ ← m ÷ (1 − beta1ᵗ)                    v̂ ← v ÷ (1 − beta2ᵗ)",
            "θ ← θ − lr·m̂ ÷ (√v̂ + eps)",
        ],
    },
    differences: "Keras adds eps (1e-7) to the uncorrected √v, PyTorch its eps (1e-8) to the corrected √v̂: Keras's eps \
                  weighs more in the first steps.",
    caution: "Its steps keep their size near the minimum (up to about lr per parameter): lower lr to settle.",
    paper: "Kingma & Ba 2015, Adam: A Method for Stochastic Optimization, ICLR, arXiv:1412.6980; \
            amsgrad: Reddi, Kale & Kumar 2018, On the Convergence of Adam and Beyond, ICLR",
    build_f32: build,
    build_f64: build,
};

fn build<T: Real>(spec: &Spec) -> Box<dyn Optimizer<T>> {
    let adam = Adam {
        beta1: spec.value("beta1"),
        beta2: spec.value("beta2"),
        new_share1: T::of(1.0 - spec.value("beta1")),
        new_share2: T::of(1.0 - spec.value("beta2")),
        eps: T::of(spec.value("eps")),
        dialect: spec.dialect,
        step: 0,
        rate: T::zero(),
        root_scale: T::one(),
    };
    if spec.flag("amsgrad") {
        Elementwise::boxed(spec, AmsGrad(adam), [T::zero(); 3])
    } else {
        Elementwise::boxed(spec, adam, [T::zero(); 2])
    }
}

struct Adam<T> {
    beta1: f64,
    beta2: f64,
    /// 1 − beta1, rounded once.
    new_share1: T,
    /// 1 − beta2, rounded once.
    new_share2: T,
    eps: T,
    dialect: Dialect,
    /// Steps begun.
    step: i32,
    /// What multiplies m ÷ (root_scale·√v + eps) in this step.
    rate: T,
    root_scale: T,
}

impl<T: Real> Adam<T> {
    fn begin(&mut self, lr: f64) {
        self.step = self.step.saturating_add(1);
        match self.dialect {
            Dialect::Keras => {
                // Keras computes the bias corrections in the precision of the parameters; so do we, or the first
                // steps would differ from Keras's in the fifth digit.
                let step = T::of(f64::from(self.step));
                let correction1 = T::one() - T::of(self.beta1).powf(step);
                let correction2 = T::one() - T::of(self.beta2).powf(step);
                self.rate = T::of(lr) * Number::sqrt(correction2) / correction1;
            }
            Dialect::Torch => {
                self.rate = T::of(lr / (1.0 - self.beta1.powi(self.step)));
                self.root_scale = T::of(1.0 / (1.0 - self.beta2.powi(self.step)).sqrt());
            }
        }
    }

    #[inline(always)]
    fn moments<N: Number<T>>(&self, gradient: N, m: N, v: N) -> (N, N) {
        let m = m + (gradient - m) * self.new_share1;
        let v = v + (gradient.squared() - v) * self.new_share2;
        (m.flushed(), v.flushed())
    }

    #[inline(always)]
    fn update<N: Number<T>>(&self, m: N, v: N) -> N {
        -(m * self.rate / (v.sqrt() * self.root_scale + self.eps))
    }
}

impl<T: Real> Formula<T, 2> for Adam<T> {
    fn begin_step(&mut self, lr: f64) {
        self.begin(lr);
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let (m, v) = self.moments(gradient, m, v);
        (self.update(m, v), [m, v])
    }
}

/// Adam that divides by the largest v so far.
struct AmsGrad<T>(Adam<T>);

impl<T: Real> Formula<T, 3> for AmsGrad<T> {
    fn begin_step(&mut self, lr: f64) {
        self.0.begin(lr);
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, [m, v, largest]: [N; 3]) -> (N, [N; 3]) {
        let (m, v) = self.0.moments(gradient, m, v);
        let largest = largest.max(v);
        (self.0.update(m, largest), [m, v, largest])
    }
}
