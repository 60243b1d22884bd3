//! Adafactor.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "adafactor",
    title: "Adafactor",
    idea: "RMSprop that keeps a mean square for each row and column of a kernel, not for each weight.",
    kind: OptimizerKind::Sums,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.Adafactor",
            lr: 0.001,
            weight_decay: None,
            formula: &[
                "θ ← θ − lr·weight_decay·θ        β = 1 − t^beta2_decay        α = max(eps2, RMS(θ))·min(lr, 1/√t)",
                "r, c ← β·r, β·c + (1 − β)·means of g² + eps1 over each row, each column   (a bias: each element)",
                "u = g ÷ √(r·c ÷ mean(r))        θ ← θ − α·u ÷ max(1, RMS(u) ÷ clip_threshold)",
            ],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.Adafactor",
            lr: 0.01,
            weight_decay: None,
            formula: &[
                "β = 1 − t^beta2_decay        α = max(eps2, RMS(θ))·min(lr, 1/√t)        θ ← θ − lr·weight_decay·θ",
                "r, c ← β·r, β·c + (1 − β)·means of g² over each row, each column   (a bias: each element)",
                "u = g ÷ max(√(r·c ÷ max(mean(r), eps1)), eps1)",
                "θ ← θ − α·u ÷ max(1, RMS(u) ÷ clip_threshold)",
            ],
        },
    ],
    settings: &[
        number(
            "beta2_decay",
            "β = 1 − t^beta2_decay of the means is kept in step t",
            Domain::NonPositive,
            &[(Keras, -0.8), (Torch, -0.8)],
        ),
        number(
            "eps1",
            "is added to g² (keras), or the least divisor (torch; 0: the precision of θ, 1.2e-7)",
            Domain::NonNegative,
            &[(Keras, 1e-30), (Torch, 0.0)],
        ),
        number("eps2", "least RMS(θ) that a step is a share of", Domain::NonNegative, &[(Keras, 1e-3), (Torch, 1e-3)]),
        number(
            "clip_threshold",
            "largest RMS of u (PyTorch calls it d)",
            Domain::Positive,
            &[(Keras, 1.0), (Torch, 1.0)],
        ),
        own_decay(
            "share of θ that decays with lr, before (keras) or after (torch) RMS(θ) is taken",
            &[(Keras, 0.0), (Torch, 0.0)],
        ),
    ],
    differences: "Keras adds eps1 (1e-30) to g², PyTorch has it (1.2e-7) as the least divisor. Keras's relative_step \
                  changes nothing: its rate is min(lr, 1/√t) either way. A row and a column of zeros, a \
                  pixel that is dark at a unit that rests, make Keras divide 0 by 0 in single precision, and all is \
                  NaN from then on: here such an update is 0.",
    caution: "Steps are shares of each variable's own size: a bias that is 0 moves by eps2·lr at first.",
    paper: "Shazeer & Stern 2018, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, \
            ICML, arXiv:1804.04235",
    memory: Memory::Weights(only_the_newest),
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let [beta2_decay, eps1, eps2, threshold] =
        ["beta2_decay", "eps1", "eps2", "clip_threshold"].map(|key| values.value(key));
    let keras = values.dialect == Keras;
    let eps1 = if keras || eps1 > 0.0 { eps1 } else { T::epsilon().to_f64().unwrap_or_default() };
    Box::new(Adafactor { beta2_decay, eps1, eps2, threshold, decay: Decay::own(values), keras })
}

struct Adafactor {
    beta2_decay: f64,
    eps1: f64,
    eps2: f64,
    threshold: f64,
    decay: Decay,
    keras: bool,
}

impl<T: Scalar> Rule<T> for Adafactor {
    /// A number for each column, and for each row of a kernel.
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        let rows = (variable.kind == VariableKind::Kernel).then_some(variable.rows);
        [Some(variable.columns), rows].into_iter().flatten().map(|length| Slot { length, initial: T::zero() }).collect()
    }

    fn update(&self, step: &mut WholeStep<'_, T>) {
        let StepContext { lr, t } = step.at;
        let new_share = (t as f64).powf(self.beta2_decay);
        let (added, least) = if self.keras { (self.eps1, 0.0) } else { (0.0, self.eps1) };
        for VariableStep { variable, parameters, gradient, update, state, .. } in &mut step.variables {
            let shrinkage = lr * self.decay.of(variable);
            let Variable { rows, columns, .. } = **variable;
            let mut squares = vec![0.0; columns];
            let mut row_means = Vec::with_capacity(rows);
            for row in gradient.chunks_exact(columns) {
                row_means.push(T::dot(row, row) / columns as f64 + added);
                let squares = squares.iter_mut().zip(row);
                squares.for_each(|(sum, &g)| *sum += (g * g).to_f64().unwrap_or(f64::NAN));
            }
            let column_means = squares.iter().map(|sum| sum / rows as f64 + added);
            let [of_columns, of_rows @ ..] = &mut state[..] else { continue };
            move_means(of_columns, column_means, new_share);
            // 1 ÷ √(r·c ÷ mean(r)) is a factor of the row × one of the column: a product that neither underflows nor
            // divides 0 by 0.
            let of_columns: Vec<T> = of_columns.iter().map(|c| SimdFloat::sqrt(*c).recip()).collect();
            let mut row_factors = vec![T::one(); rows];
            if let Some(of_rows) = of_rows.first_mut() {
                move_means(of_rows, row_means.into_iter(), new_share);
                let mean = of_rows.iter().filter_map(|r| r.to_f64()).sum::<f64>() / rows as f64;
                let mean = T::of(mean.max(least));
                row_factors.iter_mut().zip(of_rows.iter()).for_each(|(factor, &r)| *factor = SimdFloat::sqrt(mean / r));
            }
            let most = if least > 0.0 { T::of(1.0 / least) } else { T::max_value() };
            let rows = update.chunks_exact_mut(columns).zip(gradient.chunks_exact(columns)).zip(row_factors);
            for ((update, gradient), of_row) in rows {
                for ((update, &g), &of_column) in update.iter_mut().zip(gradient).zip(&of_columns) {
                    let factor = of_row * of_column;
                    *update = g * if factor < most { factor } else { most };
                }
            }
            let root_mean = |norm: f64| norm / (parameters.len() as f64).sqrt();
            let size = root_mean(T::norm_and_square(parameters).0) * if self.keras { 1.0 - shrinkage } else { 1.0 };
            let rate = self.eps2.max(size) * lr.min((t as f64).sqrt().recip());
            let excess = (root_mean(T::norm_and_square(update).0) / self.threshold).max(1.0);
            add_scaled(update, T::of(-rate / excess), parameters, -shrinkage);
        }
    }
}

/// Moves decaying means towards new values.
fn move_means<T: Scalar>(means: &mut [T], new: impl Iterator<Item = f64>, new_share: f64) {
    for (mean, new) in means.iter_mut().zip(new) {
        *mean = *mean + (T::of(new) - *mean) * T::of(new_share);
    }
}
