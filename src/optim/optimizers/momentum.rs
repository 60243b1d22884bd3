//! Gradient descent with momentum, also in Nesterov's form.

use super::prelude::*;

/// What there is to know of it.
pub static DEFINITION: Definition = Definition {
    name: "momentum",
    title: "Momentum",
    idea: "A heavy ball: adds up past steps, so that what points the same way grows and zigzags cancel.",
    kind: OptimizerKind::Elementwise,
    forms: &[
        Form {
            dialect: Keras,
            library: "keras.optimizers.SGD(momentum=0.9)",
            lr: 0.01,
            weight_decay: None,
            formula: &["m ← momentum·m − lr·g", "θ ← θ + m"],
        },
        Form {
            dialect: Torch,
            library: "torch.optim.SGD(momentum=0.9)",
            lr: 0.001,
            weight_decay: None,
            formula: &["b ← momentum·b + (1 − dampening)·g      (first step: b ← g)", "θ ← θ − lr·b"],
        },
    ],
    settings: &[
        MOMENTUM,
        number(
            "dampening",
            "share of each gradient, after the first, that is kept out of the buffer",
            Domain::Fraction,
            &[(Torch, 0.0)],
        ),
    ],
    differences: MOMENTUM_DIFFERENCES,
    caution: "Its steps grow to lr ÷ (1 − momentum) times a steady gradient: 10 × at 0.9. It overshoots.",
    paper: "Polyak 1964, Some methods of speeding up the convergence of iteration methods, \
            USSR Comput. Math. Math. Phys. 4(5):1–17",
    memory: SUMMED_BY_MOMENTUM,
    build_f32: build,
    build_f64: build,
};

/// The setting that heavy-ball and Nesterov momentum share.
pub const MOMENTUM: Setting =
    number("momentum", "share of the last step that is taken again", Domain::Fraction, &[(Keras, 0.9), (Torch, 0.9)]);

/// How the libraries' two definitions of momentum differ.
pub const MOMENTUM_DIFFERENCES: &str = "Keras's velocity holds steps, PyTorch's buffer holds gradients: equal while lr \
                                        is constant, different after a \
     change, which Keras lets act on new gradients only and PyTorch on all of the buffer. Both libraries default to \
     momentum 0 (plain SGD); 0.9 is this program's default.";

fn build<T: Scalar>(values: &SettingValues) -> Box<dyn Rule<T>> {
    build_momentum(values, false)
}

/// Momentum as the dialect defines it, looking ahead if `nesterov`.
pub fn build_momentum<T: Scalar>(values: &SettingValues, nesterov: bool) -> Box<dyn Rule<T>> {
    let momentum = T::of(values.value("momentum"));
    match values.dialect {
        Dialect::Keras => Elementwise::boxed(Velocity { momentum, nesterov }, [T::zero()]),
        _ => {
            // Nesterov momentum knows no dampening: its value is 0 there.
            let kept = T::of(1.0 - values.value("dampening"));
            Elementwise::boxed(Buffer { momentum, nesterov, kept }, [T::zero()])
        }
    }
}

/// Keras's: the state holds the last step.
#[derive(Clone, Copy)]
struct Velocity<T> {
    momentum: T,
    nesterov: bool,
}

impl<T: Scalar> UpdateRule<T, 1> for Velocity<T> {
    type Shared = T;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, [velocity]: [N; 1]) -> (N, [N; 1]) {
        let downhill = gradient * lr;
        let velocity = (velocity * self.momentum - downhill).flushed();
        (if self.nesterov { velocity * self.momentum - downhill } else { velocity }, [velocity])
    }
}

/// PyTorch's: the state holds a sum of gradients.
#[derive(Clone, Copy)]
struct Buffer<T> {
    momentum: T,
    nesterov: bool,
    /// 1 − dampening.
    kept: T,
}

impl<T: Scalar> UpdateRule<T, 1> for Buffer<T> {
    /// The learning rate, and the share of this step's gradient that enters the buffer: all of it in the first step.
    type Shared = (T, T);

    fn shared(&self, at: StepContext, _: &mut [f64]) -> (T, T) {
        (T::of(at.lr), if at.t == 1 { T::one() } else { self.kept })
    }

    #[inline(always)]
    fn element<N: SimdFloat<T>>(&self, (lr, share): (T, T), gradient: N, [buffer]: [N; 1]) -> (N, [N; 1]) {
        let buffer = (buffer * self.momentum + gradient * share).flushed();
        let direction = if self.nesterov { gradient + buffer * self.momentum } else { buffer };
        (-(direction * lr), [buffer])
    }
}
