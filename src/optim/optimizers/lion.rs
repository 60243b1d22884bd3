//! Lion.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "lion",
    title: "Lion",
    idea: "Only the sign of a smoothed gradient counts: every parameter moves by lr, one way or the other.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.Lion",
            lr: 0.001,
            weight_decay: None,
            formula: &["c = beta1·m + (1 − beta1)·g        θ ← θ − lr·sign(c)", "m ← beta2·m + (1 − beta2)·g"],
        },
        Form {
            dialect: Reference,
            library: "lion-pytorch (the authors' formula and rate)",
            lr: 1e-4,
            weight_decay: None,
            formula: &["c = beta1·m + (1 − beta1)·g        θ ← θ − lr·sign(c)", "m ← beta2·m + (1 − beta2)·g"],
        },
    ],
    settings: &[
        number(
            "beta1",
            "share of m in the update, the rest is the gradient",
            Domain::Fraction,
            &[(Keras, 0.9), (Reference, 0.9)],
        ),
        number(
            "beta2",
            "share of the mean gradient m that is kept each step",
            Domain::Fraction,
            &[(Keras, 0.99), (Reference, 0.99)],
        ),
    ],
    differences: "Same formula. Keras's lr is 0.001; the authors advise a third to a tenth of Adam's and have 0.0001. \
                  PyTorch has none.",
    caution: "Every parameter moves by lr in every step, however flat the loss: lower lr to settle.",
    paper: "Chen et al. 2023, Symbolic Discovery of Optimization Algorithms, NeurIPS, arXiv:2302.06675",
    memory: Memory::Sign(|values, age| {
        let (beta1, beta2) = (values.value("beta1"), values.value("beta2"));
        if age == 0 { 1.0 - beta1 } else { beta1 * (1.0 - beta2) * beta2.powf(f64::from(age) - 1.0) }
    }),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let shares = ["beta1", "beta2"].map(|key| (T::of(values.value(key)), T::of(1.0 - values.value(key))));
    Elementwise::boxed(Lion { shares }, [T::zero()])
}

#[derive(Clone, Copy)]
struct Lion<T> {
    /// What is kept of m and taken of g: for the update, and for the next m.
    shares: [(T, T); 2],
}

impl<T: Scalar> UpdateRule<T, 1> for Lion<T> {
    type Shared = T;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let [(kept, new), (kept_on, new_on)] = self.shares;
        let direction = m * kept + gradient * new;
        (-(direction.sign() * lr), [(m * kept_on + gradient * new_on).flushed()])
    }
}
