//! RMSprop.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "rmsprop",
    title: "RMSprop",
    idea: "AdaGrad that forgets: each parameter's rate follows the recent size of its gradient, so it does not fade.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.RMSprop",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "v ← rho·v + (1 − rho)·g²                a ← rho·a + (1 − rho)·g   (a = 0 unless centered)",
                "m ← momentum·m + lr·g ÷ √(v − a² + eps)",
                "θ ← θ − m",
            ],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.RMSprop",
            lr: 0.01,
            weight_decay: None,
            formula: &[
                "v ← rho·v + (1 − rho)·g²                a ← rho·a + (1 − rho)·g   (a = 0 unless centered)",
                "m ← momentum·m + g ÷ (√(v − a²) + eps)",
                "θ ← θ − lr·m",
            ],
        },
    ],
    settings: &[
        number(
            "rho",
            "share of the mean squared gradient that is kept each step (PyTorch calls it alpha)",
            Domain::Fraction,
            &[(Keras, 0.9), (Torch, 0.99)],
        ),
        eps(&[(Keras, 1e-7), (Torch, 1e-8)]),
        number(
            "momentum",
            "share of the last step that is taken again",
            Domain::Fraction,
            &[(Keras, 0.0), (Torch, 0.0)],
        ),
        flag(
            "centered",
            "divide by the estimated standard deviation of the gradient, not by its root mean square",
            &[(Keras, 0.0), (Torch, 0.0)],
        ),
    ],
    differences: "Keras: lr 0.001, rho 0.9, eps 1e-7 under the root, momentum of steps. PyTorch: lr 0.01, alpha 0.99, \
                  eps 1e-8 outside the root, momentum of scaled gradients.",
    caution: "Its steps keep their size near the minimum (about lr per parameter): lower lr to settle.",
    paper: "Tieleman & Hinton 2012, Lecture 6.5, Neural Networks for Machine Learning, Coursera; \
            centered: Graves 2013, Generating Sequences With Recurrent Neural Networks, arXiv:1308.0850",
    memory: SUMMED_BY_MOMENTUM,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let rms = RmsProp {
        rho: T::of(values.value("rho")),
        new_share: T::of(1.0 - values.value("rho")),
        eps: T::of(values.value("eps")),
        momentum: T::of(values.value("momentum")),
        centered: values.flag("centered"),
        keras: values.dialect == Dialect::Keras,
    };
    // Without them, momentum and centering would still cost the time to read and write their state.
    if values.value("momentum") == 0.0 && !values.flag("centered") {
        return Elementwise::boxed(rms, [T::zero()]);
    }
    Elementwise::boxed(rms, [T::zero(); 3])
}

#[derive(Clone, Copy)]
struct RmsProp<T> {
    rho: T,
    /// 1 − rho, rounded once.
    new_share: T,
    eps: T,
    momentum: T,
    centered: bool,
    keras: bool,
}

impl<T: Scalar> RmsProp<T> {
    #[inline(always)]
    fn mean_square<N: SimdFloat<T>>(&self, gradient: N, before: N) -> N {
        (before * self.rho + gradient.squared() * self.new_share).flushed()
    }

    #[inline(always)]
    fn divisor<N: SimdFloat<T>>(&self, variance: N) -> N {
        if self.keras { (variance + self.eps).sqrt() } else { variance.sqrt() + self.eps }
    }
}

impl<T: Scalar> UpdateRule<T, 3> for RmsProp<T> {
    type Shared = T;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, [square, mean, velocity]: [N; 3]) -> (N, [N; 3]) {
        let square = self.mean_square(gradient, square);
        let mean = if self.centered { (mean * self.rho + gradient * self.new_share).flushed() } else { mean };
        let scaled = gradient / self.divisor(square - mean.squared());
        if self.keras {
            let velocity = (velocity * self.momentum + scaled * lr).flushed();
            (-velocity, [square, mean, velocity])
        } else {
            let velocity = (velocity * self.momentum + scaled).flushed();
            (-(velocity * lr), [square, mean, velocity])
        }
    }

    fn why_not_finite(&self, [square, mean, _]: [T; 3]) -> Option<&'static str> {
        let is_negative = self.centered && !self.keras && square - mean.squared() < T::zero();
        is_negative.then_some(
            "E[g²] − E[g]² was rounded below 0 and has no root, as in PyTorch; dialect=keras has eps under the root",
        )
    }
}

/// With neither momentum nor centering.
impl<T: Scalar> UpdateRule<T, 1> for RmsProp<T> {
    type Shared = T;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, [square]: [N; 1]) -> (N, [N; 1]) {
        let square = self.mean_square(gradient, square);
        (-((gradient * lr).flushed() / self.divisor(square)), [square])
    }
}
