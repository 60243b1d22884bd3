//! Schedule-Free AdamW.

use super::prelude::*;
use super::schedule_free::{DECAY, Factors, PAPER, ScheduleFree};

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "schedulefree-adamw",
    title: "Schedule-Free AdamW",
    idea: "Divides the gradient as Adam does, and averages its way in place of momentum and of a falling rate.",
    kind: OptimizerKind::EvaluatedElsewhere,
    forms: &[
        Form {
            dialect: Reference,
            library: "schedulefree.AdamWScheduleFree (the authors')",
            lr: 0.0025,
            weight_decay: None,
            formula: &[
                "v ← beta2·v + (1 − beta2)·g(y)²         v̂ = v ÷ (1 − beta2ᵗ)",
                "ĝ = g(y) ÷ (√v̂ + eps) + weight_decay·y  z ← z − lr·ĝ",
                "x ← (1 − c)·x + c·z                     c = lrₘ² ÷ Σ lrₘ², lrₘ the largest lr so far",
                "θ = y ← (1 − beta1)·z + beta1·x         evaluated at x",
            ],
        },
        Form {
            dialect: Keras,
            library: "keras.optimizers.ScheduleFreeAdamW",
            lr: 0.0025,
            weight_decay: None,
            formula: &["as reference, with c = 1 ÷ t, after y ← y − y·weight_decay·lr; evaluated at y"],
        },
    ],
    settings: &[
        number(
            "beta1",
            "weight of the average x in y, where gradients are taken",
            Domain::Share,
            &[(Reference, 0.9), (Keras, 0.9)],
        ),
        beta2(&[(Reference, 0.999), (Keras, 0.999)]),
        eps(&[(Reference, 1e-8), (Keras, 1e-8)]),
        own_decay(DECAY, &[(Reference, 0.0), (Keras, 0.0)]),
    ],
    differences: "Keras weighs all steps alike, whatever their rate, and evaluates at y, although the average x \
                  is what the method is about; on TensorFlow its version 3.15 takes the new z where its \
                  formula has the old one, on JAX it does not: these are JAX's steps. PyTorch has none.",
    caution: "Its rate is 1 to 10 times that of AdamW with a schedule. Where it walks, at y, it zigzags; only x is \
              smooth.",
    paper: PAPER,
    memory: Memory::Unknown,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    let average = ScheduleFree::new(values, values.value("beta1"));
    Elementwise::boxed(ScheduleFreeAdamW { average, moments: Moments::new(values) }, [T::zero(); 2])
}

#[derive(Clone, Copy)]
struct ScheduleFreeAdamW<T> {
    average: ScheduleFree,
    /// Of these, only the mean square.
    moments: Moments<T>,
}

impl<T: Scalar> UpdateRule<T, 2> for ScheduleFreeAdamW<T> {
    /// With what √v is to be multiplied by.
    type Shared = (Factors<T>, T);

    fn kept(&self) -> Vec<f64> {
        ScheduleFree::kept()
    }

    fn shared(&self, at: StepContext, kept: &mut [f64]) -> (Factors<T>, T) {
        (self.average.factors(at, kept), self.moments.scales(at).1)
    }

    /// Of a parameter that is 0.
    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, shared: (Factors<T>, T), gradient: N, state: [N; 2]) -> (N, [N; 2]) {
        self.element_at(shared, gradient * T::zero(), gradient, state)
    }

    #[inline(always)]
    fn element_at<N: SimdFloat<T>>(
        &self,
        (factors, root_scale): (Factors<T>, T),
        y: N,
        gradient: N,
        [ahead, v]: [N; 2],
    ) -> (N, [N; 2]) {
        let v = self.moments.mean_square(gradient, v);
        let (update, ahead) =
            ScheduleFree::step(factors, y, gradient / (v.sqrt() * root_scale + self.moments.eps), ahead);
        (update, [ahead, v])
    }

    fn evaluated(&self, y: T, [ahead, _]: [T; 2]) -> Option<T> {
        self.average.average(y, ahead)
    }
}
