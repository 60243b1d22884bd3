//! Forward, backward: from pixels to a loss, and from the loss to a gradient.

use super::accumulator::{Accumulator, MinibatchPart};
use super::architecture::Architecture;
use super::init;
use super::layer::{DenseLayer, PixelLayer};
use super::loss::{BatchStatistics, cross_entropy};
use super::parameters::{ParameterLayout, Parameters};
use super::sink::GradientSink;
use crate::simd::Engine;

/// Samples that pass through the network at once; a larger minibatch passes in parts whose gradients add up.
pub const MICRO_BATCH: usize = 512;

/// A network without weights: its shape, and the buffers that a pass through it needs.
pub struct Network {
    architecture: Architecture,
    layout: ParameterLayout,
    engine: Engine,
    first: PixelLayer,
    above: Vec<DenseLayer>,
    /// Gradient of the outputs of the layer at hand before activation, and of those of the layer below.
    output_gradient: Vec<f32>,
    input_gradient: Vec<f32>,
    /// Gradient of all parameters, where it has to be summed.
    gradient: Parameters,
}

impl Network {
    /// A network of this shape, which must have passed [`Architecture::check`], with the engine in use.
    pub fn new(architecture: Architecture) -> Self {
        Self::with_engine(architecture, Engine::in_use())
    }

    /// A network of this shape, which must have passed [`Architecture::check`].
    pub fn with_engine(architecture: Architecture, engine: Engine) -> Self {
        let layout = ParameterLayout::new(architecture.dense_layers());
        let last = layout.layers.len() - 1;
        let activation = |layer: usize| (layer < last).then_some(architecture.activation);
        let above = (1..=last).map(|layer| DenseLayer::new(layout.layers[layer], activation(layer), engine));
        Self {
            first: PixelLayer::new(layout.layers[0], activation(0), engine),
            above: above.collect(),
            output_gradient: Vec::new(),
            input_gradient: Vec::new(),
            gradient: layout.zeros(),
            engine,
            architecture,
            layout,
        }
    }

    /// Its shape.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// Where its parameters are.
    pub fn layout(&self) -> &ParameterLayout {
        &self.layout
    }

    /// Weights to begin with, decided by `seed`: see [`init::glorot_uniform`].
    pub fn initial_parameters(&self, seed: u64) -> Parameters {
        init::glorot_uniform(&self.layout, seed)
    }

    /// Loss and hits over a minibatch, `pixels` as `[samples][inputs]`.
    pub fn evaluate(&mut self, parameters: &[f32], pixels: &[u8], labels: &[u8]) -> BatchStatistics {
        let mut statistics = BatchStatistics::default();
        for (pixels, labels) in self.micro_batches(pixels, labels) {
            self.forward(parameters, pixels);
            statistics.add(self.loss_and_logit_gradient(labels, 1.0));
        }
        statistics
    }

    /// Loss and hits over a minibatch, `pixels` as `[samples][inputs]`, and the gradient of its mean loss, which `sink`
    /// is handed: layer by layer from the last to the first, in each the kernel before the bias, every parameter once.
    /// The sink may move the parameters that it is handed, and only these: the layers below are still to be passed.
    pub fn forward_backward(
        &mut self,
        parameters: &mut [f32],
        pixels: &[u8],
        labels: &[u8],
        sink: &mut impl GradientSink,
    ) -> BatchStatistics {
        let mut statistics = BatchStatistics::default();
        let scale = 1.0 / labels.len() as f32;
        for (pixels, of_part) in self.micro_batches(pixels, labels) {
            self.forward(parameters, pixels);
            let is_first = statistics.samples == 0;
            statistics.add(self.loss_and_logit_gradient(of_part, scale));
            let part = MinibatchPart { is_first, is_last: statistics.samples == labels.len() };
            self.backward(parameters, pixels, part, sink);
        }
        statistics
    }

    fn micro_batches<'a>(
        &self,
        pixels: &'a [u8],
        labels: &'a [u8],
    ) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        pixels.chunks(MICRO_BATCH * self.architecture.inputs()).zip(labels.chunks(MICRO_BATCH))
    }

    /// Passes a micro-batch from layer to layer; the last one's outputs are logits.
    fn forward(&mut self, parameters: &[f32], pixels: &[u8]) {
        self.first.forward(parameters, pixels);
        let mut inputs = &self.first.outputs;
        for layer in &mut self.above {
            layer.forward(parameters, &inputs.values);
            inputs = &layer.outputs;
        }
    }

    /// Loss and hits of the logits that `forward` left; the gradient of `scale` × the summed loss takes their place.
    fn loss_and_logit_gradient(&mut self, labels: &[u8], scale: f32) -> BatchStatistics {
        let logits = self.above.last_mut().map_or(&mut self.first.outputs, |last| &mut last.outputs);
        cross_entropy(self.engine, &mut logits.values, self.architecture.classes, labels, scale)
    }

    /// From the gradient of the logits to that of every parameter, from layer to layer.
    fn backward(&mut self, parameters: &mut [f32], pixels: &[u8], part: MinibatchPart, sink: &mut impl GradientSink) {
        let Self { first, above, output_gradient, input_gradient, gradient, .. } = self;
        let mut gradients = Accumulator { part, parameters, sums: gradient, sink };
        let logits = above.last().map_or(&first.outputs, |last| &last.outputs);
        output_gradient.clone_from(&logits.values);
        let mut layers = above.as_mut_slice();
        while let Some((layer, below)) = layers.split_last_mut() {
            let inputs = below.last().map_or(&first.outputs, |below| &below.outputs);
            layer.backward(&inputs.values, output_gradient, input_gradient, &mut gradients);
            inputs.backward(input_gradient);
            std::mem::swap(input_gradient, output_gradient);
            layers = below;
        }
        first.backward(pixels, output_gradient, &mut gradients);
    }
}
