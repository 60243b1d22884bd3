//! What an optimizer is to whoever drives it: a [`Rule`], from the gradients of variables to their updates, with
//! transforms before and after it.
//!
//! None of them has a memory of its own: what they keep from step to step is in slots that the
//! [`Driver`](super::driver::Driver) owns, some for each variable, and in a few numbers for all of them, so that it can
//! be saved and restored.

use aligned_vec::AVec;

use super::kernel::{Chunk, StepSums};
use crate::gradient::Variable;
use crate::simd::Engine;

/// What changes from step to step and is the same for every parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepContext {
    /// Learning rate.
    pub lr: f64,
    /// Number of the step, from 1.
    pub t: u64,
}

/// Numbers that are kept of a variable: as many as it has parameters for a moment, rows² for a factor of Shampoo's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot<T> {
    /// How many.
    pub length: usize,
    /// What each begins with.
    pub initial: T,
}

impl<T> Slot<T> {
    /// A number for each parameter of `variable`.
    pub fn of(variable: &Variable, initial: T) -> Self {
        Self { length: variable.place.len(), initial }
    }
}

/// A step of all variables at once.
pub struct WholeStep<'a, T> {
    /// Its learning rate and number.
    pub at: StepContext,
    /// The vector instructions to compute with.
    pub engine: Engine,
    /// Every variable, in the order of the network.
    pub variables: Vec<VariableStep<'a, T>>,
    /// The numbers that are kept once for all of them.
    pub kept: &'a mut [f64],
}

/// A variable in a step, in whole.
pub struct VariableStep<'a, T> {
    /// Its place and shape.
    pub variable: &'a Variable,
    /// Its parameters before the step.
    pub parameters: &'a [T],
    /// Its gradient, as transforms before have left it.
    pub gradient: &'a mut [T],
    /// ‖g‖₂ of the gradient as it came.
    pub gradient_norm: f64,
    /// Its update, θ(t+1) − θ(t), as far as it is known.
    pub update: &'a mut [T],
    /// What is kept of it.
    pub state: &'a mut [AVec<T>],
}

/// Whether a step can go on with the gradient it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It can.
    Complete,
    /// It wants another one first: of the same minibatch, at the parameters + what was written in place of their
    /// update.
    WantsAnother,
}

/// From gradients to updates.
pub trait Rule<T>: Send + Sync {
    /// What it keeps of a variable.
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>>;

    /// What it keeps once for all variables, at first.
    fn kept(&self) -> Vec<f64> {
        Vec::new()
    }

    /// The rule at one step, for single elements, with `fused` done in the same pass; `None` for a rule that needs
    /// whole variables. Asked once a step.
    fn streamed(&self, _at: StepContext, _kept: &mut [f64], _fused: Fused<T>) -> Option<Box<dyn Streamed<T>>> {
        None
    }

    /// Whether [`Rule::streamed`] gives something.
    fn is_streamed(&self) -> bool {
        false
    }

    /// Takes in the gradient of a step, the first or another one that was wanted: `count` so far. Not asked of a rule
    /// whose gradients are not collected.
    fn receive(&self, _count: u32, _step: &mut WholeStep<'_, T>) -> Received {
        Received::Complete
    }

    /// Writes the update of every variable, and moves the state on.
    fn update(&self, step: &mut WholeStep<'_, T>);

    /// Where a variable is evaluated, if that is not at its parameters.
    fn evaluated(&self, _variable: &Variable, _parameters: &[T], _state: &[AVec<T>]) -> Option<Vec<T>> {
        None
    }

    /// What in the state of a variable makes updates that are no finite numbers, in words that follow a colon.
    fn why_not_finite(&self, _state: &[AVec<T>]) -> Option<&'static str> {
        None
    }
}

/// A rule at one step that acts on single elements: what all of them share is computed.
pub trait Streamed<T>: Send {
    /// Updates a chunk, and moves its state on.
    fn apply(&self, engine: Engine, chunk: Chunk<'_, T>) -> StepSums;

    /// Whether a parameter whose gradient is 0 stays where it is, and its state as it is.
    fn skips_zero_gradient(&self) -> bool {
        false
    }

    /// What the gradient is multiplied by, if that is all there is to an update.
    fn linear_scale(&self) -> Option<T> {
        None
    }
}

/// Transforms of single elements that are done in the same pass as the rule's own formula.
#[derive(Debug, Clone, Copy)]
pub struct Fused<T> {
    /// The largest size of an element of the gradient.
    pub clip_value: Option<T>,
    /// What part of itself each parameter adds to its gradient, once that is clipped: an L2 penalty.
    pub l2: Option<T>,
    /// Which part of itself each parameter loses before its update: weight decay × learning rate.
    pub shrinkage: Option<T>,
    /// Whether penalty and shrinkage are those of kernels only.
    pub spares_biases: bool,
}

impl<T> Fused<T> {
    /// None of them.
    pub const NONE: Self = Self { clip_value: None, l2: None, shrinkage: None, spares_biases: false };
}

/// Changes the gradient before the rule sees it.
pub trait GradientTransform<T>: Send + Sync {
    /// Joins `fused`, if it acts on single elements; `false` if it needs whole gradients.
    fn fuse(&self, _at: StepContext, _fused: &mut Fused<T>) -> bool {
        false
    }

    /// Changes the gradient of every variable, the first of a step or another one that was wanted: `count` so far.
    fn transform(&self, count: u32, step: &mut WholeStep<'_, T>) -> Received;
}

/// Changes the update that a rule has made, before the parameters move by it.
pub trait UpdateTransform<T>: Send + Sync {
    /// What it keeps of a variable.
    fn slots(&self, _variable: &Variable) -> Vec<Slot<T>> {
        Vec::new()
    }

    /// Joins `fused`, if it acts on single elements; `false` if it needs whole updates.
    fn fuse(&self, _at: StepContext, _fused: &mut Fused<T>) -> bool {
        false
    }

    /// Changes the update of every variable.
    fn transform(&self, step: &mut WholeStep<'_, T>);

    /// As [`Rule::evaluated`].
    fn evaluated(&self, _variable: &Variable, _parameters: &[T], _state: &[AVec<T>]) -> Option<Vec<T>> {
        None
    }
}
