//! Rprop.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "rprop",
    title: "Rprop",
    idea: "A step length for each parameter: longer while its gradient keeps its sign, shorter when it flips.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Torch,
        library: "torch.optim.Rprop",
        lr: 0.01,
        weight_decay: None,
        formula: &[
            "s ← s·eta_plus where g·last g > 0, s·eta_minus where it is < 0        (s begins with lr)",
            "s ← min(max(s, step_min), step_max)        where the sign flipped: g ← 0",
            "θ ← θ − s·sign(g)        last g ← g",
        ],
    }],
    settings: &[
        number("eta_minus", "factor of a step whose gradient flips its sign", Domain::Fraction, &[(Torch, 0.5)]),
        number("eta_plus", "factor of a step whose gradient keeps its sign", Domain::Positive, &[(Torch, 1.2)]),
        number("step_min", "the shortest step", Domain::Positive, &[(Torch, 1e-6)]),
        number("step_max", "the longest step", Domain::Positive, &[(Torch, 50.0)]),
    ],
    differences: "Keras has none. Optax's is a step behind the textbook's where a sign stays.",
    caution: "Meant for --batch-size full: the noise of minibatches flips signs. lr is the first step's length; later \
              changes of it, schedules too, have no effect.",
    paper: "Riedmiller & Braun 1993, A Direct Adaptive Method for Faster Backpropagation Learning, ICNN",
    memory: Memory::Unknown,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let [eta_minus, eta_plus, step_min, step_max] =
        ["eta_minus", "eta_plus", "step_min", "step_max"].map(|key| T::of(values.value(key)));
    Elementwise::boxed(Rprop { eta_minus, eta_plus, step_min, step_max }, [T::zero(); 2])
}

#[derive(Clone, Copy)]
struct Rprop<T> {
    eta_minus: T,
    eta_plus: T,
    step_min: T,
    step_max: T,
}

impl<T: Scalar> UpdateRule<T, 2> for Rprop<T> {
    /// What is added to the length of a step: lr in the first one, else nothing.
    type Shared = T;

    fn shared(&self, StepContext { lr, t }: StepContext, _: &mut [f64]) -> T {
        if t == 1 { T::of(lr) } else { T::zero() }
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, first: T, gradient: N, [last, length]: [N; 2]) -> (N, [N; 2]) {
        let product = gradient * last;
        let length = length + first;
        let shorter = (-product).if_positive(length * self.eta_minus, length);
        let length = product.if_positive(length * self.eta_plus, shorter);
        let length = -(-length.at_least(self.step_min)).at_least(-self.step_max);
        let gradient = (-product).if_positive(gradient * T::zero(), gradient);
        (-(gradient.sign() * length), [gradient, length])
    }
}
