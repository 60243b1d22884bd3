//! Forward, backward: from pixels to a loss, and from the loss to a gradient.

use std::ops::Range;

use super::kernel::{InputLayer, Kernel};
use super::loss::{Tally, cross_entropy};
use super::parameters::{Layout, Parameters};
use super::product::Products;
use super::sink::GradientSink;
use super::{Architecture, init};
use crate::gradient::{Gradient, Outer};

/// Samples that pass through the network at once; a larger minibatch passes in pieces whose gradients add up.
pub const PIECE: usize = 512;

/// A network without weights: its shape, and the buffers that a pass through it needs.
pub struct Network {
    architecture: Architecture,
    layout: Layout,
    input: InputLayer,
    products: Products,
    /// For each layer, what it gave for the last minibatch, `[samples][units]`; after the backward pass the gradient
    /// of that.
    outputs: Vec<Vec<f32>>,
    /// For each layer with GELU, what went into it.
    pre_activations: Vec<Vec<f32>>,
    /// Gradient of the outputs of the layer at hand, and of the one below it.
    output_gradient: Vec<f32>,
    input_gradient: Vec<f32>,
    gradient: Parameters,
}

impl Network {
    /// A network of this shape, which must have passed [`Architecture::check`], with the best kernel here.
    pub fn new(architecture: Architecture) -> Self {
        Self::with_kernel(architecture, Kernel::best())
    }

    /// A network of this shape, which must have passed [`Architecture::check`].
    pub fn with_kernel(architecture: Architecture, kernel: Kernel) -> Self {
        let layout = Layout::new(architecture.dense_layers());
        Self {
            input: InputLayer::new(kernel, layout.layers[0].shape),
            products: Products::new(),
            outputs: vec![Vec::new(); layout.layers.len()],
            pre_activations: vec![Vec::new(); layout.layers.len()],
            output_gradient: Vec::new(),
            input_gradient: Vec::new(),
            gradient: layout.zeros(),
            architecture,
            layout,
        }
    }

    /// Its shape.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// Where its parameters stand.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Weights to begin with, decided by `seed`: see [`init::glorot_uniform`].
    pub fn initial_parameters(&self, seed: u64) -> Parameters {
        init::glorot_uniform(&self.layout, seed)
    }

    /// Judges a minibatch, `pixels` as `[samples][inputs]`, and changes nothing.
    pub fn evaluate(&mut self, parameters: &[f32], pixels: &[u8], labels: &[u8]) -> Tally {
        let mut tally = Tally::default();
        for (pixels, labels) in self.pieces(pixels, labels) {
            self.forward(parameters, pixels, labels.len());
            tally.add(self.judge(labels, 1.0));
        }
        tally
    }

    /// Judges a minibatch, `pixels` as `[samples][inputs]`, then hands `sink` the gradient of its mean loss.
    pub fn learn(
        &mut self,
        parameters: &mut [f32],
        pixels: &[u8],
        labels: &[u8],
        sink: &mut impl GradientSink,
    ) -> Tally {
        let mut tally = Tally::default();
        let scale = 1.0 / labels.len() as f32;
        for (pixels, piece) in self.pieces(pixels, labels) {
            self.forward(parameters, pixels, piece.len());
            let part = Part { first: tally.samples == 0, last: tally.samples + piece.len() == labels.len() };
            tally.add(self.judge(piece, scale));
            self.backward(parameters, pixels, part, sink);
        }
        tally
    }

    fn pieces<'a>(&self, pixels: &'a [u8], labels: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        pixels.chunks(PIECE * self.architecture.inputs()).zip(labels.chunks(PIECE))
    }

    /// Fills `outputs` for a minibatch; the last layer's are logits.
    fn forward(&mut self, parameters: &[f32], pixels: &[u8], samples: usize) {
        let last = self.layout.layers.len() - 1;
        for (index, layer) in self.layout.layers.iter().enumerate() {
            let (below, from_here) = self.outputs.split_at_mut(index);
            let output = &mut from_here[0];
            output.resize(samples * layer.shape.units, 0.0);
            let (weights, biases) = (&parameters[layer.weights()], &parameters[layer.biases()]);
            match below.last() {
                None => self.input.forward(pixels, weights, biases, output),
                Some(below) => {
                    output.chunks_exact_mut(biases.len()).for_each(|row| row.copy_from_slice(biases));
                    self.products.forward(layer.shape, below, weights, output);
                }
            }
            if index < last {
                self.pre_activations[index].resize(output.len(), 0.0);
                self.architecture.activation.apply(output, &mut self.pre_activations[index]);
            }
        }
    }

    /// Judges the logits that `forward` left, and turns them into the gradient of `scale` × the summed loss.
    fn judge(&mut self, labels: &[u8], scale: f32) -> Tally {
        let classes = self.architecture.classes;
        self.outputs.last_mut().map_or_else(Tally::default, |logits| cross_entropy(logits, classes, labels, scale))
    }

    /// From what `judge` left to the gradient of every parameter, which `sink` is handed after the last part.
    fn backward(&mut self, parameters: &mut [f32], pixels: &[u8], part: Part, sink: &mut impl GradientSink) {
        let last = self.layout.layers.len() - 1;
        self.output_gradient.clone_from(&self.outputs[last]);
        for (index, layer) in self.layout.layers.iter().enumerate().rev() {
            sum_rows(&self.output_gradient, &mut self.gradient[layer.biases()], part.first);
            match index.checked_sub(1) {
                None => {
                    let sums = &mut self.gradient[layer.weights()];
                    // The first layer's weights are the first of all parameters: a place among the one is one among
                    // the others. A minibatch in one part, the usual case, needs no sum.
                    self.input.backward(pixels, &self.output_gradient, |place, gradient| {
                        if part.is_whole() {
                            sink.take(place.clone(), &mut parameters[place], gradient);
                        } else if part.first {
                            gradient.write(0, &mut sums[place]);
                        } else {
                            gradient.add_to(&mut sums[place]);
                        }
                    });
                    if part.last && !part.is_whole() {
                        self.hand_over(layer.weights(), parameters, sink);
                    }
                }
                Some(below) => {
                    let (inputs, output_gradient) = (&self.outputs[below], &self.output_gradient);
                    let is_outer = part.is_whole() && output_gradient.len() == layer.shape.units;
                    if !is_outer {
                        let gradient = &mut self.gradient[layer.weights()];
                        if part.first {
                            gradient.fill(0.0);
                        }
                        self.products.weights_gradient(layer.shape, inputs, output_gradient, gradient);
                    }
                    // The layer below learns from the weights as they were.
                    self.input_gradient.resize(inputs.len(), 0.0);
                    let weights = &parameters[layer.weights()];
                    self.products.input_gradient(layer.shape, output_gradient, weights, &mut self.input_gradient);
                    let (outputs, pre_activations) = (&self.outputs[below], &self.pre_activations[below]);
                    self.architecture.activation.backward(&mut self.input_gradient, outputs, pre_activations);
                    if is_outer {
                        let outer = Outer { rows: inputs, columns: output_gradient };
                        let place = layer.weights();
                        sink.take(place.clone(), &mut parameters[place], Gradient::Outer(outer));
                    } else if part.last {
                        self.hand_over(layer.weights(), parameters, sink);
                    }
                    std::mem::swap(&mut self.input_gradient, &mut self.output_gradient);
                }
            }
            if part.last {
                self.hand_over(layer.biases(), parameters, sink);
            }
        }
    }

    /// Hands `sink` the gradient that was summed of the parameters at `place`.
    fn hand_over(&self, place: Range<usize>, parameters: &mut [f32], sink: &mut impl GradientSink) {
        sink.take(place.clone(), &mut parameters[place.clone()], Gradient::Dense(&self.gradient[place]));
    }
}

/// Which part of a minibatch a pass is about.
#[derive(Clone, Copy)]
struct Part {
    first: bool,
    last: bool,
}

impl Part {
    fn is_whole(self) -> bool {
        self.first && self.last
    }
}

/// Sums the rows of a matrix with as many columns as `sums` has places; adds to what is there unless `first`.
fn sum_rows(values: &[f32], sums: &mut [f32], first: bool) {
    if first {
        sums.fill(0.0);
    }
    for row in values.chunks_exact(sums.len()) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
}
