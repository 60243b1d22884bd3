//! The layers of a network, each with the buffers that a pass through it needs.

use super::accumulator::Accumulator;
use super::activation::Activation;
use super::matrix::MatrixProducts;
use super::parameters::DenseLayout;
use super::pixels::PixelProducts;
use super::sink::GradientSink;
use crate::gradient::{Gradient, Outer};
use crate::simd::Engine;

/// The first layer, whose inputs are pixels.
pub struct PixelLayer {
    layout: DenseLayout,
    products: PixelProducts,
    /// What it gave for the last micro-batch.
    pub outputs: LayerOutputs,
}

/// Any other layer, whose inputs are the outputs of the layer below.
pub struct DenseLayer {
    layout: DenseLayout,
    products: MatrixProducts,
    /// What it gave for the last micro-batch.
    pub outputs: LayerOutputs,
}

/// What a layer gave for a micro-batch, with an activation or, in the last layer, without.
pub struct LayerOutputs {
    activation: Option<Activation>,
    /// `[samples][units]`.
    pub values: Vec<f32>,
    /// What went into a GELU, `[samples][units]`.
    pre_activations: Vec<f32>,
}

impl LayerOutputs {
    fn new(activation: Option<Activation>) -> Self {
        Self { activation, values: Vec::new(), pre_activations: Vec::new() }
    }

    fn resize(&mut self, length: usize) {
        self.values.resize(length, 0.0);
        if self.activation.is_some() {
            self.pre_activations.resize(length, 0.0);
        }
    }

    fn activate(&mut self) {
        if let Some(activation) = self.activation {
            activation.apply(&mut self.values, &mut self.pre_activations);
        }
    }

    /// Turns the gradient of these outputs into that of what the activation was given.
    pub fn backward(&self, gradient: &mut [f32]) {
        if let Some(activation) = self.activation {
            activation.backward(gradient, &self.values, &self.pre_activations);
        }
    }
}

impl PixelLayer {
    /// A layer with its parameters at `layout`.
    pub fn new(layout: DenseLayout, activation: Option<Activation>, engine: Engine) -> Self {
        Self { products: PixelProducts::new(engine, layout.shape), outputs: LayerOutputs::new(activation), layout }
    }

    /// Fills `outputs` for a micro-batch, `[samples][inputs]`.
    pub fn forward(&mut self, parameters: &[f32], pixels: &[u8]) {
        let Self { layout, products, outputs } = self;
        outputs.resize(pixels.len() / layout.shape.inputs * layout.shape.units);
        products.forward(pixels, &parameters[layout.weights()], &parameters[layout.biases()], &mut outputs.values);
        outputs.activate();
    }

    /// Leaves the gradient of its parameters, given that of its outputs before activation for the micro-batch `pixels`.
    pub fn backward(
        &mut self,
        pixels: &[u8],
        output_gradient: &[f32],
        gradients: &mut Accumulator<'_, impl GradientSink>,
    ) {
        let weights = self.layout.weights();
        // The first layer's weights are the first of all parameters: a place among the ones is one among the others.
        self.products.backward(pixels, output_gradient, |place, gradient| gradients.piece(place, gradient));
        gradients.end_pieces(weights);
        gradients.sum(self.layout.biases(), |sums| add_rows(output_gradient, sums));
    }
}

impl DenseLayer {
    /// A layer with its parameters at `layout`.
    pub fn new(layout: DenseLayout, activation: Option<Activation>, engine: Engine) -> Self {
        Self { layout, products: MatrixProducts::new(engine), outputs: LayerOutputs::new(activation) }
    }

    /// Fills `outputs` for a micro-batch, `[samples][inputs]`.
    pub fn forward(&mut self, parameters: &[f32], inputs: &[f32]) {
        let Self { layout, products, outputs } = self;
        let biases = &parameters[layout.biases()];
        outputs.resize(inputs.len() / layout.shape.inputs * layout.shape.units);
        outputs.values.chunks_exact_mut(biases.len()).for_each(|row| row.copy_from_slice(biases));
        products.forward(layout.shape, inputs, &parameters[layout.weights()], &mut outputs.values);
        outputs.activate();
    }

    /// Leaves the gradient of its parameters, given that of its outputs before activation for the micro-batch
    /// `inputs`, and puts that of the inputs into `input_gradient`.
    pub fn backward(
        &mut self,
        inputs: &[f32],
        output_gradient: &[f32],
        input_gradient: &mut Vec<f32>,
        gradients: &mut Accumulator<'_, impl GradientSink>,
    ) {
        let Self { layout, products, .. } = self;
        let (shape, weights) = (layout.shape, layout.weights());
        input_gradient.resize(inputs.len(), 0.0);
        // First: the layer below learns from the weights as they were before the sink moves them.
        products.input_gradient(shape, output_gradient, &gradients.parameters[weights.clone()], input_gradient);
        if output_gradient.len() == shape.units {
            let outer = Outer { rows: inputs, columns: output_gradient };
            gradients.piece(weights.clone(), Gradient::Outer(outer));
            gradients.end_pieces(weights);
        } else {
            gradients.sum(weights, |sums| products.weights_gradient(shape, inputs, output_gradient, sums));
        }
        gradients.sum(layout.biases(), |sums| add_rows(output_gradient, sums));
    }
}

/// Adds the rows of a matrix to `sums`, which has as many places as a row.
fn add_rows(values: &[f32], sums: &mut [f32]) {
    for row in values.chunks_exact(sums.len()) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
}
