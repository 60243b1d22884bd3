//! LARS.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "lars",
    title: "LARS",
    idea: "Momentum whose steps are a share of each kernel's and bias's own length, whatever the gradient's.",
    kind: OptimizerKind::Sums,
    forms: &[Form {
        dialect: Optax,
        library: "optax.lars",
        lr: 1.0,
        weight_decay: None,
        formula: &[
            "u = g + weight_decay·θ        r = trust_coefficient·‖θ‖ ÷ (‖u‖ + eps)   (norms of each variable; r = 1 \
             where one is 0)",
            "m ← momentum·m + lr·r·u        θ ← θ − m   (nesterov: θ − (momentum·m + lr·r·u))",
        ],
    }],
    settings: &[
        number("momentum", "share of the last step that is taken again", Domain::Fraction, &[(Optax, 0.9)]),
        number(
            "trust_coefficient",
            "share of ‖θ‖ that a step is long where lr is 1",
            Domain::Positive,
            &[(Optax, 0.001)],
        ),
        number("eps", "is added to ‖u‖", Domain::NonNegative, &[(Optax, 0.0)]),
        flag("nesterov", "look ahead: take the new step's momentum at once", &[(Optax, 0.0)]),
        own_decay("how much of θ is added to g before the ratio (coupled)", &[(Optax, 0.0)]),
    ],
    differences: "Neither Keras nor PyTorch has it. Optax has no default learning rate: 1 is this program's, for the \
                  trust coefficient of 0.001 makes steps a thousandth as long as θ, and momentum ten times that.",
    caution: "A variable that is 0, as biases are at first, has r = 1: its first step is lr·g, as long as SGD's. At \
              lr = 1 that is far.",
    paper: "You, Gitman & Ginsburg 2017, Large Batch Training of Convolutional Networks, arXiv:1708.03888",
    memory: SUMMED_BY_MOMENTUM,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let [momentum, trust, eps] = ["momentum", "trust_coefficient", "eps"].map(|key| values.value(key));
    Box::new(Lars { momentum, trust, eps, nesterov: values.flag("nesterov"), decay: Decay::own(values) })
}

struct Lars {
    momentum: f64,
    trust: f64,
    eps: f64,
    nesterov: bool,
    decay: Decay,
}

impl<T: Scalar> Rule<T> for Lars {
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        vec![Slot::of(variable, T::zero())]
    }

    fn update(&self, step: &mut WholeStep<'_, T>) {
        let momentum = T::of(self.momentum);
        for VariableStep { variable, parameters, gradient, update, state, .. } in &mut step.variables {
            update.copy_from_slice(gradient);
            add_scaled(update, T::one(), parameters, self.decay.of(variable));
            let ratio = trust_ratio(T::norm_and_square(parameters).0, update, self.trust, self.eps);
            let scale = T::of(-step.at.lr * ratio);
            for (update, velocity) in update.iter_mut().zip(state.iter_mut().flat_map(|slot| slot.iter_mut())) {
                let scaled = *update * scale;
                *velocity = (*velocity * momentum + scaled).flushed();
                *update = if self.nesterov { *velocity * momentum + scaled } else { *velocity };
            }
        }
    }
}
