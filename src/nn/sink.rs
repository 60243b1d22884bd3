//! Where gradients go.

use std::ops::Range;

/// Receives the gradient of a minibatch, piece by piece, until every parameter was covered once; it may change the
/// parameters it is handed.
pub trait GradientSink {
    /// Some parameters, that stand at `place` among all, and their gradient.
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: &[f32]);

    /// Some parameters, that stand at `place` among all, whose gradient is 0: none of their inputs was lit.
    fn take_unlit(&mut self, place: Range<usize>, parameters: &mut [f32]);
}

/// A piece of a layer's weights that the gradient of a minibatch covers.
pub enum Piece<'a> {
    /// The place of some weights among the layer's, and their gradient.
    Gradient(Range<usize>, &'a [f32]),
    /// The place of some weights among the layer's whose gradient is 0.
    Unlit(Range<usize>),
}
