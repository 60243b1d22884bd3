//! RMSprop.

use crate::optim::definition::{Definition, Dialect, Domain, PerDialect, Setting};
use crate::optim::element::{Elementwise, Formula, Optimizer};
use crate::optim::number::{Number, Real};
use crate::optim::spec::Spec;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "rmsprop",
    title: "RMSprop",
    idea: "AdaGrad that forgets: each parameter's rate follows the recent size of its gradient, so it does not fade.",
    lr: PerDialect { keras: 0.001, torch: 0.01 },
    settings: &[
        Setting {
            key: "rho",
            meaning: "share of the mean squared gradient that is kept each step (PyTorch calls it alpha)",
            domain: Domain::Fraction,
            default: PerDialect { keras: Some(0.9), torch: Some(0.99) },
        },
        Setting {
            key: "eps",
            meaning: "keeps the divisor from 0",
            domain: Domain::Positive,
            default: PerDialect { keras: Some(1e-7), torch: Some(1e-8) },
        },
        Setting {
            key: "momentum",
            meaning: "share of the last step that is taken again",
            domain: Domain::Fraction,
            default: PerDialect { keras: Some(0.0), torch: Some(0.0) },
        },
        Setting {
            key: "centered",
            meaning: "divide by the estimated standard deviation of the gradient, not by its root mean square",
            domain: Domain::Flag,
            default: PerDialect { keras: Some(0.0), torch: Some(0.0) },
        },
    ],
    formula: PerDialect {
        keras: &[
            "v ← rho·v + (1 − rho)·g²                a ← rho·a + (1 − rho)·g   (a = 0 unless centered)",
            "m ← momentum·m + lr·g ÷ √(v − a² + eps)",
            "θ ← θ − m",
        ],
        torch: &[
            "v ← rho·v + (1 − rho)·g²                a ← rho·a + (1 − rho)·g   (a = 0 unless centered)",
            "m ← momentum·m + g ÷ (√(v − a²) + eps)",
            "θ ← θ − lr·m",
        ],
    },
    differences: "Keras: lr 0.001, rho 0.9, eps 1e-7 under the root, momentum of steps. PyTorch: lr 0.01, alpha 0.99, \
                  eps 1e-8 outside the root, momentum of scaled gradients.",
    caution: "Its steps keep their size near the minimum (about lr per parameter): lower lr to settle.",
    paper: "Tieleman & Hinton 2012, Lecture 6.5, Neural Networks for Machine Learning, Coursera; \
            centered: Graves 2013, Generating Sequences With Recurrent Neural Networks, arXiv:1308.0850",
    build_f32: build,
    build_f64: build,
};

fn build<T: Real>(spec: &Spec) -> Box<dyn Optimizer<T>> {
    let rms = RmsProp {
        lr: T::zero(),
        rho: T::of(spec.value("rho")),
        new_share: T::of(1.0 - spec.value("rho")),
        eps: T::of(spec.value("eps")),
        momentum: T::of(spec.value("momentum")),
        centered: spec.flag("centered"),
        keras: spec.dialect == Dialect::Keras,
    };
    // Without them, momentum and centering would still cost the time to read and write their state.
    if spec.value("momentum") == 0.0 && !spec.flag("centered") {
        Elementwise::boxed(spec, Plain(rms), [T::zero()])
    } else {
        Elementwise::boxed(spec, rms, [T::zero(); 3])
    }
}

struct RmsProp<T> {
    lr: T,
    rho: T,
    /// 1 − rho, rounded once.
    new_share: T,
    eps: T,
    momentum: T,
    centered: bool,
    keras: bool,
}

impl<T: Real> RmsProp<T> {
    #[inline(always)]
    fn mean_square<N: Number<T>>(&self, gradient: N, before: N) -> N {
        (before * self.rho + gradient.squared() * self.new_share).flushed()
    }

    #[inline(always)]
    fn divisor<N: Number<T>>(&self, variance: N) -> N {
        if self.keras { (variance + self.eps).sqrt() } else { variance.sqrt() + self.eps }
    }
}

impl<T: Real> Formula<T, 3> for RmsProp<T> {
    fn begin_step(&mut self, lr: f64) {
        self.lr = T::of(lr);
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, [mean_square, mean, velocity]: [N; 3]) -> (N, [N; 3]) {
        let mean_square = self.mean_square(gradient, mean_square);
        let mean = if self.centered { (mean * self.rho + gradient * self.new_share).flushed() } else { mean };
        let scaled = gradient / self.divisor(mean_square - mean.squared());
        if self.keras {
            let velocity = (velocity * self.momentum + scaled * self.lr).flushed();
            (-velocity, [mean_square, mean, velocity])
        } else {
            let velocity = (velocity * self.momentum + scaled).flushed();
            (-(velocity * self.lr), [mean_square, mean, velocity])
        }
    }
}

/// Neither momentum nor centering.
struct Plain<T>(RmsProp<T>);

impl<T: Real> Formula<T, 1> for Plain<T> {
    fn begin_step(&mut self, lr: f64) {
        self.0.lr = T::of(lr);
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, [mean_square]: [N; 1]) -> (N, [N; 1]) {
        let mean_square = self.0.mean_square(gradient, mean_square);
        (-((gradient * self.0.lr).flushed() / self.0.divisor(mean_square)), [mean_square])
    }
}
