//! Adan.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adan",
    title: "Adan",
    idea: "Nesterov's look ahead in Adam: the change of the gradient is smoothed and added.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Optax,
        library: "optax.adan",
        lr: 0.001,
        weight_decay: None,
        formula: &[
            "d = g − last g   (first step: 0)        m ← EMA(beta1, g)        δ ← EMA(beta2, d)",
            "n ← EMA(beta3, (g + (1 − beta2)·d)²)        m̂, δ̂, n̂ corrected as adam's",
            "θ ← θ − lr·(m̂ + (1 − beta2)·δ̂) ÷ (√(n̂ + eps_root) + eps)",
        ],
    }],
    settings: &[
        beta1(&[(Optax, 0.98)]),
        number(
            "beta2",
            "share of the mean change δ of the gradient that is kept each step",
            Domain::Fraction,
            &[(Optax, 0.92)],
        ),
        number("beta3", "share of the mean square n that is kept each step", Domain::Fraction, &[(Optax, 0.99)]),
        eps(&[(Optax, 1e-8)]),
        number("eps_root", "is added to n̂ under the root", Domain::NonNegative, &[(Optax, 1e-8)]),
    ],
    differences: "Neither Keras nor PyTorch has it. Optax has no default learning rate: 0.001 is this program's. The \
                  authors' program weighs the change by beta2 where Optax has 1 − beta2.",
    caution: "Keeps four numbers of each parameter, twice as many as Adam.",
    paper: "Xie et al. 2024, Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models, TPAMI, \
            arXiv:2208.06677",
    memory: Memory::Weights(|values, age| {
        let (beta1, beta2) = (values.value("beta1"), values.value("beta2"));
        let fades = |beta: f64, age: u32| (1.0 - beta) * beta.powf(age.into());
        let before = if age == 0 { 0.0 } else { fades(beta2, age - 1) };
        fades(beta1, age) + (1.0 - beta2) * (fades(beta2, age) - before)
    }),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let betas = ["beta1", "beta2", "beta3"].map(|key| values.value(key));
    let new_shares = betas.map(|beta| T::of(1.0 - beta));
    let [eps, eps_root] = ["eps", "eps_root"].map(|key| T::of(values.value(key)));
    Elementwise::boxed(Adan { betas, new_shares, eps, eps_root }, [T::zero(); 4])
}

#[derive(Clone, Copy)]
struct Adan<T> {
    betas: [f64; 3],
    /// 1 − each of them, rounded once.
    new_shares: [T; 3],
    eps: T,
    eps_root: T,
}

impl<T: Scalar> UpdateRule<T, 4> for Adan<T> {
    /// What multiplies m, δ and n, and the change of the gradient: 0 in the first step.
    type Shared = [T; 4];

    fn shared(&self, StepContext { lr, t }: StepContext, _: &mut [f64]) -> [T; 4] {
        let [beta1, beta2, beta3] = self.betas;
        let of_change = lr * (1.0 - beta2) / correction(beta2, t);
        let has_last = if t == 1 { 0.0 } else { 1.0 };
        [lr / correction(beta1, t), of_change, 1.0 / correction(beta3, t), has_last].map(T::of)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(
        &self,
        [of_mean, of_change, of_square, has_last]: [T; 4],
        gradient: N,
        [m, delta, n, last]: [N; 4],
    ) -> (N, [N; 4]) {
        let [new1, new2, new3] = self.new_shares;
        let change = (gradient - last) * has_last;
        let m = (m + (gradient - m) * new1).flushed();
        let delta = (delta + (change - delta) * new2).flushed();
        let n = (n + ((gradient + change * new2).squared() - n) * new3).flushed();
        let divisor = (n * of_square + self.eps_root).sqrt() + self.eps;
        (-((m * of_mean + delta * of_change) / divisor), [m, delta, n, gradient])
    }
}
