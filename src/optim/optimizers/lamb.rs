//! LAMB.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "lamb",
    title: "LAMB",
    idea: "Adam whose step is as long for each kernel and bias as that itself is: lr is a share of ‖θ‖.",
    kind: OptimizerKind::Sums,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.Lamb",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "m̂, v̂ corrected as adam's        u = m̂ ÷ (√v̂ + eps)        θ ← θ − lr·weight_decay·θ",
                "θ ← θ − lr·u·‖θ‖ ÷ ‖u‖   (norms of each variable; their ratio is 1 where one is 0)",
            ],
        },
        Form {
            dialect: Optax,
            library: "optax.lamb",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "m̂, v̂ corrected as adam's        u = m̂ ÷ (√v̂ + eps) + weight_decay·θ",
                "θ ← θ − lr·u·‖θ‖ ÷ ‖u‖   (norms of each variable; their ratio is 1 where one is 0)",
            ],
        },
    ],
    settings: &[
        beta1(&[(Keras, 0.9), (Optax, 0.9)]),
        beta2(&[(Keras, 0.999), (Optax, 0.999)]),
        eps(&[(Keras, 1e-7), (Optax, 1e-6)]),
        own_decay("share of θ that decays with lr; before (keras) or within (optax) the ratio", BOTH),
    ],
    differences: "Keras decays θ first, and its norm is that of the decayed θ; the ratio is of Adam's part alone. In \
                  Optax, as in the paper, decay is part of u. Optax has no default learning rate: 0.001 is this \
                  program's.",
    caution: "A variable that is 0, as biases are at first, has ratio 1: its first step is Adam's, lr a parameter, and \
              the next ones are tiny shares of that.",
    paper: "You et al. 2020, Large Batch Optimization for Deep Learning: Training BERT in 76 minutes, ICLR, \
            arXiv:1904.00962",
    memory: MEAN_GRADIENT,
    build_f32: build,
    build_f64: build,
};

const BOTH: PerDialect = &[(Keras, 0.0), (Optax, 0.0)];

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    // Both have the form of Adam in which m and v are corrected, eps outside the root.
    let mut of_adam = values.clone();
    of_adam.dialect = Torch;
    let adam = super::adam::build(&of_adam);
    Box::new(Lamb { adam, decay: Decay::own(values), decays_first: values.dialect == Keras })
}

struct Lamb<T> {
    adam: Box<dyn Rule<T>>,
    decay: Decay,
    decays_first: bool,
}

impl<T: Scalar> Rule<T> for Lamb<T> {
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        self.adam.slots(variable)
    }

    fn update(&self, step: &mut WholeStep<'_, T>) {
        let lr = std::mem::replace(&mut step.at.lr, 1.0);
        self.adam.update(step);
        for VariableStep { variable, parameters, update, .. } in &mut step.variables {
            let decay = self.decay.of(variable);
            let (before, within) = if self.decays_first { (lr * decay, 0.0) } else { (0.0, decay) };
            add_scaled(update, T::one(), parameters, -within);
            let ratio = trust_ratio((1.0 - before) * T::norm_and_square(parameters).0, update, 1.0, 0.0);
            add_scaled(update, T::of(lr * ratio), parameters, -before);
        }
    }
}
