//! Prodigy.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "prodigy",
    title: "Prodigy",
    idea: "Adam that finds its own rate: d, an estimate of how far the way to the minimum is, grows as it goes.",
    kind: OptimizerKind::Sums,
    forms: &[Form {
        dialect: Reference,
        library: "prodigyopt.Prodigy",
        lr: 1.0,
        weight_decay: None,
        formula: &[
            "γ = d·lr   (bias_correction: ·√(1 − beta2ᵗ) ÷ (1 − beta1ᵗ))        β₃ = beta3, or √beta2",
            "n ← β₃·n + γ·d/d0·⟨g, θ₀ − θ⟩        s ← β₃·s + γ·d/d0·g   (safeguard_warmup: d in place of γ)",
            "m ← beta1·m + (1 − beta1)·d·g        v ← beta2·v + (1 − beta2)·d²·g²",
            "d ← max(d, d_coef·n ÷ ‖s‖₁)   (sums over all variables; d grows at most growth_rate-fold)",
            "θ ← θ − γ·weight_decay·θ − γ·m ÷ (√v + d·eps)",
        ],
    }],
    settings: &[
        beta1(&[(Reference, 0.9)]),
        beta2(&[(Reference, 0.999)]),
        number("beta3", "share of n and s that is kept each step; 0: √beta2", Domain::Fraction, &[(Reference, 0.0)]),
        eps(&[(Reference, 1e-8)]),
        Setting {
            live: false,
            ..number(
                "d0",
                "what d begins with: less than the way from θ₀ to the minimum",
                Domain::Positive,
                &[(Reference, 1e-6)],
            )
        },
        number("d_coef", "what d is multiplied by", Domain::Positive, &[(Reference, 1.0)]),
        number(
            "growth_rate",
            "most that d is multiplied by in a step; 0: no limit",
            Domain::NonNegative,
            &[(Reference, 0.0)],
        ),
        Setting { live: true, ..flag("bias_correction", "correct m and v as Adam does", &[(Reference, 0.0)]) },
        Setting {
            live: true,
            ..flag(
                "safeguard_warmup",
                "leave lr out of s: for schedules that begin with tiny rates",
                &[(Reference, 0.0)],
            )
        },
        own_decay("share of θ that decays with γ", &[(Reference, 0.0)]),
    ],
    differences: "Neither Keras nor PyTorch has it; Optax has it in contrib, always with bias corrections. The \
                  authors' beta3 = None and growth_rate = inf are 0 here; their decoupled=False is l2.",
    caution: "lr is a factor of d, not a rate: leave it at 1, or let a schedule lower it. The first steps are as short \
              as d0; a run so short that d is still growing says nothing of it.",
    paper: "Mishchenko & Defazio 2024, Prodigy: An Expeditiously Adaptive Parameter-Free Learner, \
            ICML, arXiv:2306.06101",
    memory: MEAN_GRADIENT,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let [beta1, beta2, beta3, eps, d0] = ["beta1", "beta2", "beta3", "eps", "d0"].map(|key| values.value(key));
    Box::new(Prodigy {
        beta1,
        beta2,
        beta3: if beta3 > 0.0 { beta3 } else { beta2.sqrt() },
        eps,
        d0,
        d_coef: values.value("d_coef"),
        growth_rate: Some(values.value("growth_rate")).filter(|rate| *rate > 0.0).unwrap_or(f64::INFINITY),
        corrects: values.flag("bias_correction"),
        safeguards: values.flag("safeguard_warmup"),
        decay: Decay::own(values),
    })
}

struct Prodigy {
    beta1: f64,
    beta2: f64,
    beta3: f64,
    eps: f64,
    d0: f64,
    d_coef: f64,
    growth_rate: f64,
    corrects: bool,
    safeguards: bool,
    decay: Decay,
}

impl<T: Scalar> Rule<T> for Prodigy {
    /// m ÷ d0, v ÷ d0², s, θ₀. With d0 = 1e-6 v itself would be too small for single precision.
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        vec![Slot::of(variable, T::zero()); 4]
    }

    /// d, the largest estimate of it, n, and steps that were taken.
    fn kept(&self) -> Vec<f64> {
        vec![self.d0, self.d0, 0.0, 0.0]
    }

    fn update(&self, step: &mut WholeStep<'_, T>) {
        let [d, largest, n, taken] = &mut *step.kept else { return };
        let corrected = |beta: f64| correction(beta, *taken as u64 + 1);
        let bias = if self.corrects { corrected(self.beta2).sqrt() / corrected(self.beta1) } else { 1.0 };
        let rate = *d * step.at.lr * bias;
        let grown = *d / self.d0;
        let [keep1, keep2, keep3] = [self.beta1, self.beta2, self.beta3].map(T::of);
        let new1 = T::of(grown * (1.0 - self.beta1));
        let new2 = T::of(grown * grown * (1.0 - self.beta2));
        let new3 = T::of(grown * if self.safeguards { *d } else { rate });
        let (mut ahead, mut size) = (0.0, 0.0);
        for VariableStep { parameters, gradient, update, state, .. } in &mut step.variables {
            let [m, v, s, start] = &mut state[..] else { continue };
            if step.at.t == 1 {
                start.copy_from_slice(parameters);
            }
            let way = update.iter_mut().zip(start.iter().zip(*parameters));
            way.for_each(|(way, (&start, &parameter))| *way = start - parameter);
            ahead += T::dot(gradient, update);
            let means = m.iter_mut().zip(v.iter_mut()).zip(s.iter_mut()).zip(gradient.iter());
            for (((m, v), s), &g) in means {
                *m = (*m * keep1 + g * new1).flushed();
                *v = (*v * keep2 + g.squared() * new2).flushed();
                *s = *s * keep3 + g * new3;
            }
            size += s.iter().filter_map(|&s| SimdFloat::abs(s).to_f64()).sum::<f64>();
        }
        if size == 0.0 {
            step.variables.iter_mut().for_each(|variable| variable.update.fill(T::zero()));
            return;
        }
        *n = self.beta3 * *n + grown * rate * ahead;
        let estimate = self.d_coef * *n / size;
        if *d == self.d0 {
            *d = d.max(estimate);
        }
        *largest = largest.max(estimate);
        *d = largest.min(*d * self.growth_rate);
        *taken += 1.0;
        let eps = T::of(*d / self.d0 * self.eps);
        for VariableStep { variable, parameters, update, state, .. } in &mut step.variables {
            let [m, v, ..] = &mut state[..] else { continue };
            let (scale, shrinkage) = (T::of(-rate), rate * self.decay.of(variable));
            let means = update.iter_mut().zip(m.iter().zip(v.iter()));
            means.for_each(|(update, (&m, &v))| *update = m / (SimdFloat::sqrt(v) + eps));
            add_scaled(update, scale, parameters, -shrinkage);
        }
    }
}
