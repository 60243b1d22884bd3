//! Gradients of micro-batches, added up on their way to a sink.

use std::ops::Range;

use super::sink::GradientSink;
use crate::gradient::Gradient;

/// Stands between the layers and a sink: a layer leaves the gradient of one micro-batch here, and the sink is handed
/// that of the whole minibatch. A minibatch of one micro-batch, the usual case, passes through as it is.
pub struct Accumulator<'a, S> {
    /// Which micro-batch of the minibatch this is.
    pub part: MinibatchPart,
    /// All parameters of the network, as the layers that have been handed over have left them.
    pub parameters: &'a mut [f32],
    /// For each parameter, the gradient so far.
    pub sums: &'a mut [f32],
    /// Where the gradient goes.
    pub sink: &'a mut S,
}

/// Which part of a minibatch a micro-batch is.
#[derive(Clone, Copy)]
pub struct MinibatchPart {
    /// Nothing came before it.
    pub is_first: bool,
    /// Nothing comes after it.
    pub is_last: bool,
}

impl MinibatchPart {
    fn is_whole(self) -> bool {
        self.is_first && self.is_last
    }
}

impl<S: GradientSink> Accumulator<'_, S> {
    /// Lets `add` add a gradient to that of the parameters at `place`, all of one variable.
    pub fn sum(&mut self, place: Range<usize>, add: impl FnOnce(&mut [f32])) {
        let sums = &mut self.sums[place.clone()];
        if self.part.is_first {
            sums.fill(0.0);
        }
        add(sums);
        if self.part.is_last {
            self.hand_over(place);
        }
    }

    /// Takes in the gradient of a piece of a variable; [`Accumulator::end_pieces`] ends that variable.
    pub fn piece(&mut self, place: Range<usize>, gradient: Gradient<'_>) {
        if self.part.is_whole() {
            self.sink.take(place.clone(), &mut self.parameters[place], gradient);
        } else if self.part.is_first {
            gradient.write(0, &mut self.sums[place]);
        } else {
            gradient.add_to(&mut self.sums[place]);
        }
    }

    /// Ends the variable at `place`, whose gradient came in pieces.
    pub fn end_pieces(&mut self, place: Range<usize>) {
        if self.part.is_last && !self.part.is_whole() {
            self.hand_over(place);
        }
    }

    fn hand_over(&mut self, place: Range<usize>) {
        let Self { sums, parameters, sink, .. } = self;
        sink.take(place.clone(), &mut parameters[place.clone()], Gradient::Dense(&sums[place]));
    }
}
