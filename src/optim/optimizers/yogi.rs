//! Yogi.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "yogi",
    title: "Yogi",
    idea: "Adam whose mean square changes by sums, not by shares: it forgets a large gradient slowly.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Optax,
        library: "optax.yogi",
        lr: 0.001,
        weight_decay: None,
        formula: &[
            "m ← beta1·m + (1 − beta1)·g        v ← v − (1 − beta2)·sign(v − g²)·g²",
            "θ ← θ − lr·m̂ ÷ (√v̂ + eps)        (m̂ and v̂ as adam's in torch; m and v begin with 1e-6)",
        ],
    }],
    settings: &[beta1(&[(Optax, 0.9)]), beta2(&[(Optax, 0.999)]), eps(&[(Optax, 1e-3)])],
    differences: "Neither Keras nor PyTorch has it. Optax has no default learning rate: 0.001 is this program's (the \
                  paper has 0.01).",
    caution: "m begins with 1e-6 in Optax: even a parameter without any gradient moves a little at first.",
    paper: "Zaheer et al. 2018, Adaptive Methods for Nonconvex Optimization, NeurIPS",
    memory: MEAN_GRADIENT,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    Elementwise::boxed(Yogi(Moments::new(values)), [T::of(1e-6); 2])
}

#[derive(Clone, Copy)]
struct Yogi<T>(Moments<T>);

impl<T: Scalar> UpdateRule<T, 2> for Yogi<T> {
    type Shared = (T, T);

    fn shared(&self, at: StepContext, _: &mut [f64]) -> (T, T) {
        self.0.scales(at)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, scales: (T, T), gradient: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let m = self.0.mean(gradient, m);
        let square = gradient.squared();
        let v = (v - (v - square).sign() * square * self.0.new_shares.1).flushed();
        (self.0.update(scales, m, v), [m, v])
    }
}
