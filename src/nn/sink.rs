//! Where gradients go.

use std::ops::Range;

use crate::gradient::Gradient;

/// Receives the gradient of a minibatch, piece by piece, until every parameter was covered once; it may change the
/// parameters it is handed.
pub trait GradientSink {
    /// Some parameters, that stand at `place` among all, and their gradient.
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>);
}
