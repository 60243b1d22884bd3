//! Stochastic gradient descent.

use crate::optim::definition::{Definition, PerDialect};
use crate::optim::element::{Elementwise, Formula, Optimizer};
use crate::optim::number::{Number, Real};
use crate::optim::spec::Spec;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "sgd",
    title: "SGD",
    idea: "Goes downhill along the gradient of the minibatch at hand, and remembers nothing.",
    lr: PerDialect { keras: 0.01, torch: 0.001 },
    settings: &[],
    formula: PerDialect { keras: &["θ ← θ − lr·g"], torch: &["θ ← θ − lr·g"] },
    differences: "Same formula; PyTorch's default learning rate is 0.001, Keras's 0.01.",
    caution: "Diverges once lr exceeds 2 ÷ the largest curvature of the loss; below that it zigzags across a ravine.",
    paper: "Robbins & Monro 1951, A Stochastic Approximation Method, Ann. Math. Statist. 22(3):400–407",
    build_f32: build,
    build_f64: build,
};

struct Sgd<T> {
    lr: T,
}

impl<T: Real> Formula<T, 0> for Sgd<T> {
    fn rests_without_gradient(&self) -> bool {
        true
    }

    fn multiple(&self) -> Option<T> {
        Some(-self.lr)
    }

    fn begin_step(&mut self, lr: f64) {
        self.lr = T::of(lr);
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, state: [N; 0]) -> (N, [N; 0]) {
        (-(gradient * self.lr), state)
    }
}

fn build<T: Real>(spec: &Spec) -> Box<dyn Optimizer<T>> {
    Elementwise::boxed(spec, Sgd { lr: T::zero() }, [])
}
