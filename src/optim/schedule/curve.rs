//! A schedule laid out over a race.

/// A schedule laid out over a race: every length in steps. A family reads what it has settings for.
#[derive(Debug, Clone)]
pub struct LrCurve {
    /// Learning rate before it decays, and after the warm-up.
    pub lr: f64,
    /// Steps that the race was planned to have.
    pub steps: f64,
    /// Steps of the warm-up.
    pub warmup: f64,
    /// Share of `lr` with which the warm-up begins.
    pub start: f64,
    /// Steps over which the rate decays, or in which it falls once.
    pub decay_steps: f64,
    /// How strongly it decays.
    pub decay_rate: f64,
    /// Whether it falls in stairs.
    pub staircase: bool,
    /// Share of `lr` with which the decay ends.
    pub end: f64,
    /// Exponent of a polynomial.
    pub power: f64,
    /// Whether a polynomial begins anew each time it has ended.
    pub cycle: bool,
    /// The last step of each piece but the last.
    pub boundaries: Vec<f64>,
    /// The learning rate of each piece.
    pub values: Vec<f64>,
    /// The learning rate of a step.
    pub(super) formula: fn(&Self, f64) -> f64,
}

impl LrCurve {
    /// The same rate at every step.
    pub fn constant(lr: f64, steps: u64) -> Self {
        Self {
            lr,
            steps: steps.max(1) as f64,
            warmup: 0.0,
            start: 0.0,
            decay_steps: 1.0,
            decay_rate: 1.0,
            staircase: false,
            end: 1.0,
            power: 1.0,
            cycle: false,
            boundaries: Vec::new(),
            values: Vec::new(),
            formula: |curve, _| curve.lr,
        }
    }

    /// The learning rate of a step, counted from 0. Steps beyond the planned ones follow the same formula.
    pub fn rate(&self, step: u64) -> f64 {
        (self.formula)(self, step as f64)
    }

    /// The warm-up, in a straight line from `start`·`peak` to `peak`, and after it what `decay` says of the steps since
    /// then: as in Keras's `CosineDecay` with `warmup_target`.
    pub(super) fn warmed_up(&self, peak: f64, step: f64, decay: impl Fn(f64) -> f64) -> f64 {
        if step < self.warmup {
            let start = self.start * peak;
            (peak - start) * (step / self.warmup) + start
        } else {
            decay(step - self.warmup)
        }
    }

    /// How many times the length of the decay has passed; whole times only, if the rate falls in stairs.
    pub(super) fn decays(&self, step: f64) -> f64 {
        let decays = step / self.decay_steps;
        if self.staircase { decays.floor() } else { decays }
    }
}
