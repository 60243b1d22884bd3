//! Where gradients go.

use std::ops::Range;

use crate::gradient::Gradient;

/// Receives the gradient of a minibatch, piece by piece, each piece of one variable, until every parameter was covered
/// once. It may move the parameters that it is handed.
pub trait GradientSink {
    /// Some parameters, at `place` among all, and their gradient.
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>);
}

/// Collects the whole gradient, and moves nothing.
#[derive(Debug, Clone, Default)]
pub struct WholeGradient(pub Vec<f32>);

impl WholeGradient {
    /// For so many parameters; NaN where none was handed over.
    pub fn new(parameters: usize) -> Self {
        Self(vec![f32::NAN; parameters])
    }
}

impl GradientSink for WholeGradient {
    fn take(&mut self, place: Range<usize>, _: &mut [f32], gradient: Gradient<'_>) {
        gradient.write(0, &mut self.0[place]);
    }
}
