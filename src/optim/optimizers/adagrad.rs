//! AdaGrad.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adagrad",
    title: "AdaGrad",
    idea: "Gives each parameter its own learning rate, smaller the more gradient it has seen; the rates only fall.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.Adagrad",
            lr: 0.001,
            weight_decay: None,
            formula: &["a ← a + g²", "θ ← θ − lr·g ÷ √(a + eps)"],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.Adagrad",
            lr: 0.01,
            weight_decay: None,
            formula: &["a ← a + g²", "θ ← θ − lr ÷ (1 + (t − 1)·lr_decay)·g ÷ (√a + eps)"],
        },
    ],
    settings: &[
        INITIAL_ACCUMULATOR,
        eps(&[(Keras, 1e-7), (Torch, 1e-10)]),
        number(
            "lr_decay",
            "lowers the learning rate to lr ÷ (1 + (t − 1)·lr_decay) at step t",
            Domain::NonNegative,
            &[(Torch, 0.0)],
        ),
    ],
    differences: "Keras begins with a = 0.1, lr 0.001 and adds eps under the root; PyTorch begins with a = 0, lr 0.01, \
                  adds eps outside the root and knows lr_decay.",
    caution: "The sum only grows: in a long training the steps fade towards 0 before the minimum is reached.",
    paper: "Duchi, Hazan & Singer 2011, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, \
            JMLR 12:2121–2159",
    memory: Memory::Weights(only_the_newest),
    build_f32: build,
    build_f64: build,
};

/// The setting that AdaGrad and FTRL share.
pub const INITIAL_ACCUMULATOR: Setting = Setting {
    key: "initial_accumulator",
    meaning: "what each sum of squared gradients begins with",
    domain: Domain::NonNegative,
    default: &[(Keras, 0.1), (Torch, 0.0)],
    live: false,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let initial = [T::of(values.value("initial_accumulator"))];
    let eps = T::of(values.value("eps"));
    match values.dialect {
        Dialect::Keras => Elementwise::boxed(Keras { eps }, initial),
        _ => Elementwise::boxed(Torch { eps, lr_decay: values.value("lr_decay") }, initial),
    }
}

#[derive(Clone, Copy)]
struct Keras<T> {
    eps: T,
}

impl<T: Scalar> UpdateRule<T, 1> for Keras<T> {
    type Shared = T;

    const SKIPS_ZERO_GRADIENT: bool = true;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, [sum]: [N; 1]) -> (N, [N; 1]) {
        let sum = sum + gradient.squared();
        (-((gradient * lr).flushed() / (sum + self.eps).sqrt()), [sum])
    }
}

#[derive(Clone, Copy)]
struct Torch<T> {
    eps: T,
    lr_decay: f64,
}

impl<T: Scalar> UpdateRule<T, 1> for Torch<T> {
    type Shared = T;

    const SKIPS_ZERO_GRADIENT: bool = true;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr / (1.0 + (at.t - 1) as f64 * self.lr_decay))
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, [sum]: [N; 1]) -> (N, [N; 1]) {
        let sum = sum + gradient.squared();
        (-((gradient * lr).flushed() / (sum.sqrt() + self.eps)), [sum])
    }
}
