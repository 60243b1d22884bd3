//! Schedule-Free SGD.

use super::prelude::*;
use super::schedule_free::{DECAY, Factors, PAPER, ScheduleFree};

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "schedulefree-sgd",
    title: "Schedule-Free SGD",
    idea: "SGD that averages its way in place of lowering its rate; the average is what counts.",
    kind: OptimizerKind::EvaluatedElsewhere,
    forms: &[Form {
        dialect: Reference,
        library: "schedulefree.SGDScheduleFree (the authors')",
        lr: 1.0,
        weight_decay: None,
        formula: &[
            "ĝ = g(y) + weight_decay·y               z ← z − lr·ĝ",
            "x ← (1 − c)·x + c·z                     c = lrₘ² ÷ Σ lrₘ², lrₘ the largest lr so far",
            "θ = y ← (1 − beta)·z + beta·x           evaluated at x",
        ],
    }],
    settings: &[
        number("beta", "weight of the average x in y, where gradients are taken", Domain::Share, &[(Reference, 0.9)]),
        own_decay(DECAY, &[(Reference, 0.0)]),
    ],
    differences: "Neither Keras nor PyTorch has it.",
    caution: "Its rate is 10 to 50 times that of SGD with a schedule, and it may want a warm-up. Where it walks, at y, \
              it zigzags; only x is smooth.",
    paper: PAPER,
    memory: Memory::Unknown,
    build_f32: build,
    build_f64: build,
};

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    Elementwise::boxed(ScheduleFreeSgd { average: ScheduleFree::new(values, values.value("beta")) }, [T::zero()])
}

#[derive(Clone, Copy)]
struct ScheduleFreeSgd {
    average: ScheduleFree,
}

impl<T: Scalar> UpdateRule<T, 1> for ScheduleFreeSgd {
    type Shared = Factors<T>;

    fn kept(&self) -> Vec<f64> {
        ScheduleFree::kept()
    }

    fn shared(&self, at: StepContext, kept: &mut [f64]) -> Factors<T> {
        self.average.factors(at, kept)
    }

    /// Of a parameter that is 0.
    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, shared: Factors<T>, gradient: N, state: [N; 1]) -> (N, [N; 1]) {
        self.element_at(shared, gradient * T::zero(), gradient, state)
    }

    #[inline(always)]
    fn element_at<N: SimdFloat<T>>(&self, factors: Factors<T>, y: N, gradient: N, [ahead]: [N; 1]) -> (N, [N; 1]) {
        let (update, ahead) = ScheduleFree::step(factors, y, gradient, ahead);
        (update, [ahead])
    }

    fn evaluated(&self, y: T, [ahead]: [T; 1]) -> Option<T> {
        self.average.average(y, ahead)
    }
}
