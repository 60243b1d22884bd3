//! FTRL.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "ftrl",
    title: "FTRL",
    idea: "Follows the regularized leader: the weights are remade from the sum of all gradients; l1 makes them 0.",
    kind: OptimizerKind::Elementwise,
    forms: &[Form {
        dialect: Keras,
        library: "keras.optimizers.Ftrl",
        lr: 0.001,
        weight_decay: None,
        formula: &[
            "n ← n + g²        z ← z + g + 2·l2_shrinkage·θ − (√n − √(last n)) ÷ lr·θ",
            "θ ← (min(max(z, −l1), l1) − z) ÷ ((beta + √n) ÷ lr + 2·l2_strength)",
        ],
    }],
    settings: &[
        super::adagrad::INITIAL_ACCUMULATOR,
        number("l1", "L1 penalty: weights whose z is smaller are 0", Domain::NonNegative, &[(Keras, 0.0)]),
        number("l2_strength", "L2 penalty", Domain::NonNegative, &[(Keras, 0.0)]),
        number("l2_shrinkage", "L2 penalty that acts on the gradient", Domain::NonNegative, &[(Keras, 0.0)]),
        number("beta", "is added to √n", Domain::NonNegative, &[(Keras, 0.0)]),
    ],
    differences: "PyTorch has none. Keras's learning_rate_power is −0.5 here, its default.",
    caution: "Remakes the weights from gradients alone: the initial weights are lost in the first steps, at once \
              where there is no gradient. Made for linear models.",
    paper: "McMahan et al. 2013, Ad Click Prediction: a View from the Trenches, KDD",
    memory: Memory::Weights(only_the_newest),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let rule = Ftrl {
        l1: T::of(values.value("l1")),
        l2_strength: values.value("l2_strength"),
        twice_shrinkage: T::of(2.0 * values.value("l2_shrinkage")),
        beta: values.value("beta"),
    };
    Elementwise::boxed(rule, [T::of(values.value("initial_accumulator")), T::zero()])
}

#[derive(Clone, Copy)]
struct Ftrl<T> {
    l1: T,
    l2_strength: f64,
    twice_shrinkage: T,
    beta: f64,
}

impl<T: Scalar> UpdateRule<T, 2> for Ftrl<T> {
    /// 1 ÷ lr, what is added to √n ÷ lr, and 1, or 0 in a step whose rate is 0, which changes nothing.
    type Shared = (T, T, T);

    fn shared(&self, at: StepContext, _: &mut [f64]) -> (T, T, T) {
        if at.lr == 0.0 {
            return (T::one(), T::one(), T::zero());
        }
        (T::of(1.0 / at.lr), T::of(self.beta / at.lr + 2.0 * self.l2_strength), T::one())
    }

    /// Of a parameter that is 0.
    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, shared: (T, T, T), gradient: N, state: [N; 2]) -> (N, [N; 2]) {
        self.element_at(shared, gradient * T::zero(), gradient, state)
    }

    #[inline(always)]
    fn element_at<N: SimdFloat<T>>(
        &self,
        (per_rate, added, moves): (T, T, T),
        parameter: N,
        gradient: N,
        [sum, z]: [N; 2],
    ) -> (N, [N; 2]) {
        let next = sum + gradient.squared() * moves;
        let (root, last_root) = (next.sqrt(), sum.sqrt());
        let z = z + ((gradient + parameter * self.twice_shrinkage) * moves - (root - last_root) * per_rate * parameter);
        let leader = (z.clipped(self.l1) - z) / (root * per_rate + added);
        ((leader - parameter) * moves, [next, z])
    }
}
