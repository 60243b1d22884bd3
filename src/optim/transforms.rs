//! What any optimizer may be given around its own rule.

use super::kernel::Scalar;
use super::rule::{Fused, GradientTransform, Received, StepContext, UpdateTransform, WholeStep};
use super::setting::SettingValues;
use crate::gradient::{Variable, VariableKind};

/// How much of itself a parameter loses, or adds to its gradient.
#[derive(Debug, Clone, Copy)]
pub struct Decay {
    /// The share.
    pub share: f64,
    /// Whether biases do so, too.
    pub of_biases: bool,
}

impl Decay {
    /// The optimizer's own `weight_decay`.
    pub fn own(values: &SettingValues) -> Self {
        Self { share: values.value("weight_decay"), of_biases: values.decay_bias }
    }

    /// The share of `variable`'s parameters.
    pub fn of(self, variable: &Variable) -> f64 {
        if self.of_biases || variable.kind == VariableKind::Kernel { self.share } else { 0.0 }
    }
}

/// Keeps each element of the gradient from −limit to limit, as Keras's `clipvalue`.
pub struct ClipValue {
    /// Largest size of an element.
    pub limit: f64,
}

impl<T: Scalar> GradientTransform<T> for ClipValue {
    fn fuse(&self, _: StepContext, fused: &mut Fused<T>) -> bool {
        fused.clip_value = Some(T::of(self.limit));
        true
    }

    fn transform(&self, _: u32, step: &mut WholeStep<'_, T>) -> Received {
        let limit = T::of(self.limit);
        let elements = step.variables.iter_mut().flat_map(|variable| variable.gradient.iter_mut());
        elements.for_each(|element| *element = element.clipped(limit));
        Received::Complete
    }
}

/// Scales down each variable's gradient that is longer than a limit: g ← g·limit ÷ max(‖g‖₂, limit), as Keras's
/// `clipnorm`.
pub struct ClipNorm {
    /// Largest norm of a variable's gradient.
    pub limit: f64,
}

impl<T: Scalar> GradientTransform<T> for ClipNorm {
    fn transform(&self, _: u32, step: &mut WholeStep<'_, T>) -> Received {
        for variable in &mut step.variables {
            // This is the first transform of all: the gradient is as it came.
            let norm = variable.gradient_norm;
            shorten(variable.gradient, norm, self.limit);
        }
        Received::Complete
    }
}

/// Scales down the gradient of all variables together where it is longer than a limit, as Keras's `global_clipnorm`.
pub struct GlobalClipNorm {
    /// Largest norm of the whole gradient.
    pub limit: f64,
}

impl<T: Scalar> GradientTransform<T> for GlobalClipNorm {
    fn transform(&self, _: u32, step: &mut WholeStep<'_, T>) -> Received {
        // This is the first transform of all: the gradient is as it came.
        let norm = step.variables.iter().fold(0.0, |norm: f64, variable| norm.hypot(variable.gradient_norm));
        step.variables.iter_mut().for_each(|variable| shorten(variable.gradient, norm, self.limit));
        Received::Complete
    }
}

/// Scales a gradient by what makes `norm` at most `limit`.
fn shorten<T: Scalar>(gradient: &mut [T], norm: f64, limit: f64) {
    // NaN compares as neither: it stays, and the run is found to have diverged.
    if norm > limit {
        let scale = T::of(limit / norm);
        gradient.iter_mut().for_each(|element| *element = *element * scale);
    }
}

/// An L2 penalty: g ← g + l2·θ, which is what PyTorch's SGD and Adam call weight decay.
pub struct L2Penalty {
    /// How much of itself each parameter adds to its gradient.
    pub l2: Decay,
}

impl<T: Scalar> GradientTransform<T> for L2Penalty {
    fn fuse(&self, _: StepContext, fused: &mut Fused<T>) -> bool {
        fused.l2 = Some(T::of(self.l2.share));
        fused.spares_biases = !self.l2.of_biases;
        true
    }

    fn transform(&self, _: u32, step: &mut WholeStep<'_, T>) -> Received {
        for variable in &mut step.variables {
            let l2 = T::of(self.l2.of(variable.variable));
            for (element, &parameter) in variable.gradient.iter_mut().zip(variable.parameters) {
                *element = *element + parameter * l2;
            }
        }
        Received::Complete
    }
}

/// Sharpness-aware minimisation: the gradient is that at θ + ρ·g ÷ (‖g‖₂ + 1e-12), with the norm over all variables
/// (Foret, Kleiner, Mobahi & Neyshabur 2021, *Sharpness-Aware Minimization for Efficiently Improving Generalization*,
/// ICLR, arXiv:2010.01412).
pub struct SharpnessAware {
    /// ρ: how far away the second gradient is taken.
    pub radius: f64,
}

impl<T: Scalar> GradientTransform<T> for SharpnessAware {
    fn transform(&self, count: u32, step: &mut WholeStep<'_, T>) -> Received {
        if count > 1 {
            return Received::Complete;
        }
        // Clipping and a penalty have changed the gradient since its norm was taken.
        let norms = step.variables.iter().map(|variable| T::norm_and_square(variable.gradient).0);
        let scale = T::of(self.radius / (norms.fold(0.0, f64::hypot) + 1e-12));
        for variable in &mut step.variables {
            for (update, &element) in variable.update.iter_mut().zip(&*variable.gradient) {
                *update = element * scale;
            }
        }
        Received::WantsAnother
    }
}

/// A cautious mask: where the update would go up the gradient it is 0, and the rest of its variable's is scaled up by
/// as much as that takes of their number (Liang et al. 2024, arXiv:2411.16085; the authors' C-AdamW).
pub struct Cautious;

impl<T: Scalar> UpdateTransform<T> for Cautious {
    fn transform(&self, step: &mut WholeStep<'_, T>) {
        /// Of the share of elements that agree, as in the authors' program.
        const LEAST_SHARE: f64 = 1e-3;
        for variable in &mut step.variables {
            let goes_down = |update: T, gradient: T| update * gradient < T::zero();
            let pairs = variable.update.iter().zip(variable.gradient.iter());
            let kept = pairs.filter(|&(&update, &gradient)| goes_down(update, gradient)).count();
            let share = kept as f64 / variable.update.len() as f64;
            let scale = T::of(1.0 / share.max(LEAST_SHARE));
            for (update, &gradient) in variable.update.iter_mut().zip(variable.gradient.iter()) {
                // NaN is no reason to stay: the run is to be found to have diverged.
                let is_kept = goes_down(*update, gradient) || update.is_nan();
                *update = if is_kept { *update * scale } else { T::zero() };
            }
        }
    }
}

/// Decoupled weight decay: θ ← θ − θ·weight_decay·lr beside the update of the rule (Loshchilov & Hutter 2019,
/// arXiv:1711.05101), as Keras's `weight_decay`.
pub struct DecoupledDecay {
    /// Share that is lost where the learning rate is 1.
    pub weight_decay: Decay,
}

impl<T: Scalar> UpdateTransform<T> for DecoupledDecay {
    fn fuse(&self, at: StepContext, fused: &mut Fused<T>) -> bool {
        fused.shrinkage = Some(T::of(self.weight_decay.share * at.lr));
        fused.spares_biases = !self.weight_decay.of_biases;
        true
    }

    fn transform(&self, step: &mut WholeStep<'_, T>) {
        for variable in &mut step.variables {
            let shrinkage = T::of(self.weight_decay.of(variable.variable) * step.at.lr);
            for (update, &parameter) in variable.update.iter_mut().zip(variable.parameters) {
                *update = *update - parameter * shrinkage;
            }
        }
    }
}
