//! SignSGD.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "signsgd",
    title: "SignSGD",
    idea: "Only the sign of the gradient counts: every parameter with a gradient moves by lr.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Optax,
        library: "optax.sign_sgd",
        lr: 0.001,
        weight_decay: None,
        formula: &["θ ← θ − lr·sign(g)"],
    }],
    settings: &[],
    differences: OPTAX_ALONE,
    caution: "Every parameter moves by lr in every step, however flat the loss: it jitters unless lr falls.",
    paper: "Bernstein et al. 2018, signSGD: Compressed Optimisation for Non-Convex Problems, ICML, arXiv:1802.04434",
    memory: Memory::Sign(only_the_newest),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(_: &SettingValues) -> Box<dyn Rule<T>> {
    Elementwise::boxed(SignSgd, [])
}

#[derive(Clone, Copy)]
struct SignSgd;

impl<T: Scalar> UpdateRule<T, 0> for SignSgd {
    type Shared = T;

    const SKIPS_ZERO_GRADIENT: bool = true;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, state: [N; 0]) -> (N, [N; 0]) {
        (-(gradient.sign() * lr), state)
    }
}
