//! Signum.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "signum",
    title: "Signum",
    idea: "SignSGD with momentum: the sign of the mean gradient of late counts.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Optax,
        library: "optax.signum",
        lr: 0.001,
        weight_decay: None,
        formula: &["m ← beta·m + (1 − beta)·g        θ ← θ − lr·sign(m)"],
    }],
    settings: &[number(
        "beta",
        "share of the mean gradient m that is kept each step",
        Domain::Fraction,
        &[(Optax, 0.9)],
    )],
    differences: OPTAX_ALONE,
    caution: "Every parameter moves by lr in every step, however flat the loss: it jitters unless lr falls.",
    paper: "Bernstein et al. 2018, signSGD: Compressed Optimisation for Non-Convex Problems, ICML, arXiv:1802.04434",
    memory: Memory::Sign(|values, age| values.value("beta").powf(age.into())),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let beta = values.value("beta");
    Elementwise::boxed(Signum { kept: T::of(beta), new: T::of(1.0 - beta) }, [T::zero()])
}

#[derive(Clone, Copy)]
struct Signum<T> {
    kept: T,
    new: T,
}

impl<T: Scalar> UpdateRule<T, 1> for Signum<T> {
    type Shared = T;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let m = (m * self.kept + gradient * self.new).flushed();
        (-(m.sign() * lr), [m])
    }
}
