//! AdaGrad.

use crate::optim::definition::{Definition, Dialect, Domain, PerDialect, Setting};
use crate::optim::element::{Elementwise, Formula, Optimizer};
use crate::optim::number::{Number, Real};
use crate::optim::spec::Spec;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adagrad",
    title: "AdaGrad",
    idea: "Gives each parameter its own learning rate, smaller the more gradient it has seen; the rates only fall.",
    lr: PerDialect { keras: 0.001, torch: 0.01 },
    settings: &[
        Setting {
            key: "initial_accumulator",
            meaning: "what each sum of squared gradients begins with",
            domain: Domain::NonNegative,
            default: PerDialect { keras: Some(0.1), torch: Some(0.0) },
        },
        Setting {
            key: "eps",
            meaning: "keeps the divisor from 0",
            domain: Domain::Positive,
            default: PerDialect { keras: Some(1e-7), torch: Some(1e-10) },
        },
        Setting {
            key: "lr_decay",
            meaning: "lowers the learning rate to lr ÷ (1 + (t − 1)·lr_decay) at step t",
            domain: Domain::NonNegative,
            default: PerDialect { keras: None, torch: Some(0.0) },
        },
    ],
    formula: PerDialect {
        keras: &["a ← a + g²", "θ ← θ − lr·g ÷ √(a + eps)"],
        torch: &["a ← a + g²", "θ ← θ − lr ÷ (1 + (t − 1)·lr_decay)·g ÷ (√a + eps)"],
    },
    differences: "Keras begins with a = 0.1, lr 0.001 and adds eps under the root; PyTorch begins with a = 0, lr 0.01, \
                  adds eps outside the root and knows lr_decay.",
    caution: "The sum only grows: in a long training the steps fade towards 0 before the minimum is reached.",
    paper: "Duchi, Hazan & Singer 2011, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, \
            JMLR 12:2121–2159",
    build_f32: build,
    build_f64: build,
};

fn build<T: Real>(spec: &Spec) -> Box<dyn Optimizer<T>> {
    let initial_state = [T::of(spec.value("initial_accumulator"))];
    let eps = T::of(spec.value("eps"));
    match spec.dialect {
        Dialect::Keras => Elementwise::boxed(spec, Keras { lr: T::zero(), eps }, initial_state),
        Dialect::Torch => {
            let formula = Torch { lr: T::zero(), eps, lr_decay: spec.value("lr_decay"), steps_done: 0.0 };
            Elementwise::boxed(spec, formula, initial_state)
        }
    }
}

struct Keras<T> {
    lr: T,
    eps: T,
}

impl<T: Real> Formula<T, 1> for Keras<T> {
    fn rests_without_gradient(&self) -> bool {
        true
    }

    fn begin_step(&mut self, lr: f64) {
        self.lr = T::of(lr);
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, [sum]: [N; 1]) -> (N, [N; 1]) {
        let sum = sum + gradient.squared();
        (-((gradient * self.lr).flushed() / (sum + self.eps).sqrt()), [sum])
    }
}

struct Torch<T> {
    lr: T,
    eps: T,
    lr_decay: f64,
    steps_done: f64,
}

impl<T: Real> Formula<T, 1> for Torch<T> {
    fn rests_without_gradient(&self) -> bool {
        true
    }

    fn begin_step(&mut self, lr: f64) {
        self.lr = T::of(lr / (1.0 + self.steps_done * self.lr_decay));
        self.steps_done += 1.0;
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, [sum]: [N; 1]) -> (N, [N; 1]) {
        let sum = sum + gradient.squared();
        (-((gradient * self.lr).flushed() / (sum.sqrt() + self.eps)), [sum])
    }
}
