//! Gradient descent with momentum, also in Nesterov's form.

use crate::optim::definition::{Definition, Dialect, Domain, PerDialect, Setting};
use crate::optim::element::{Elementwise, Formula, Optimizer};
use crate::optim::number::{Number, Real};
use crate::optim::spec::Spec;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "momentum",
    title: "Momentum",
    idea: "A heavy ball: adds up past steps, so that what points the same way grows and zigzags cancel.",
    lr: PerDialect { keras: 0.01, torch: 0.001 },
    settings: &[
        MOMENTUM,
        Setting {
            key: "dampening",
            meaning: "share of each gradient, after the first, that is kept out of the buffer",
            domain: Domain::Fraction,
            default: PerDialect { keras: None, torch: Some(0.0) },
        },
    ],
    formula: PerDialect {
        keras: &["m ← momentum·m − lr·g", "θ ← θ + m"],
        torch: &["b ← momentum·b + (1 − dampening)·g      (first step: b ← g)", "θ ← θ − lr·b"],
    },
    differences: MOMENTUM_DIFFERENCES,
    caution: "Its steps grow to lr ÷ (1 − momentum) times a steady gradient: 10 × at 0.9. It overshoots.",
    paper: "Polyak 1964, Some methods of speeding up the convergence of iteration methods, \
            USSR Comput. Math. Math. Phys. 4(5):1–17",
    build_f32: build,
    build_f64: build,
};

/// The setting that heavy-ball and Nesterov momentum share.
pub const MOMENTUM: Setting = Setting {
    key: "momentum",
    meaning: "share of the last step that is taken again",
    domain: Domain::Fraction,
    default: PerDialect { keras: Some(0.9), torch: Some(0.9) },
};

/// How the libraries' two definitions of momentum differ.
pub const MOMENTUM_DIFFERENCES: &str = "Keras's velocity holds steps, PyTorch's buffer holds gradients: equal while lr is constant, different after a \
     change, which Keras lets act on new gradients only and PyTorch on all of the buffer. Both libraries default to \
     momentum 0 (plain SGD); 0.9 is this program's default.";

fn build<T: Real>(spec: &Spec) -> Box<dyn Optimizer<T>> {
    build_momentum(spec, false)
}

/// Momentum as the spec's dialect defines it, looking ahead if `nesterov`.
pub fn build_momentum<T: Real>(spec: &Spec, nesterov: bool) -> Box<dyn Optimizer<T>> {
    let momentum = T::of(spec.value("momentum"));
    let lr = T::zero();
    match spec.dialect {
        Dialect::Keras => Elementwise::boxed(spec, Velocity { lr, momentum, nesterov }, [T::zero()]),
        Dialect::Torch => {
            // Nesterov momentum knows no dampening: its value is 0 there.
            let kept = T::of(1.0 - spec.value("dampening"));
            Elementwise::boxed(
                spec,
                Buffer { lr, momentum, nesterov, kept, share: T::zero(), begun: false },
                [T::zero()],
            )
        }
    }
}

/// Keras's: the state holds the last step.
struct Velocity<T> {
    lr: T,
    momentum: T,
    nesterov: bool,
}

impl<T: Real> Formula<T, 1> for Velocity<T> {
    fn begin_step(&mut self, lr: f64) {
        self.lr = T::of(lr);
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, [velocity]: [N; 1]) -> (N, [N; 1]) {
        let downhill = gradient * self.lr;
        let velocity = (velocity * self.momentum - downhill).flushed();
        (if self.nesterov { velocity * self.momentum - downhill } else { velocity }, [velocity])
    }
}

/// PyTorch's: the state holds a sum of gradients.
struct Buffer<T> {
    lr: T,
    momentum: T,
    nesterov: bool,
    /// 1 − dampening.
    kept: T,
    /// Share of this step's gradient that enters the buffer: all of it in the first step.
    share: T,
    begun: bool,
}

impl<T: Real> Formula<T, 1> for Buffer<T> {
    fn begin_step(&mut self, lr: f64) {
        self.lr = T::of(lr);
        self.share = if self.begun { self.kept } else { T::one() };
        self.begun = true;
    }

    #[inline(always)]
    fn element<N: Number<T>>(&self, gradient: N, [buffer]: [N; 1]) -> (N, [N; 1]) {
        let buffer = (buffer * self.momentum + gradient * self.share).flushed();
        let direction = if self.nesterov { gradient + buffer * self.momentum } else { buffer };
        (-(direction * self.lr), [buffer])
    }
}
