//! Where the weights and biases of a network are in memory.

use std::ops::Range;

use aligned_vec::{AVec, avec};

use super::architecture::DenseShape;
use crate::gradient::Variable;

/// All weights and biases of a network in one buffer that begins on a cache line: layer by layer, weights
/// (`[inputs][units]`, row by row) before biases, as Keras orders them.
pub type Parameters = AVec<f32>;

/// Where a Dense layer's parameters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DenseLayout {
    /// Its shape.
    pub shape: DenseShape,
    /// Index of its first weight.
    start: usize,
}

impl DenseLayout {
    /// Where its weights stand, `[inputs][units]` row by row.
    pub fn weights(&self) -> Range<usize> {
        self.start..self.start + self.shape.inputs * self.shape.units
    }

    /// Where its biases stand.
    pub fn biases(&self) -> Range<usize> {
        let start = self.weights().end;
        start..start + self.shape.units
    }
}

/// Where the parameters of every layer stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterLayout {
    /// The Dense layers, from the input on.
    pub layers: Vec<DenseLayout>,
    /// Parameters in all.
    pub parameters: usize,
}

impl ParameterLayout {
    /// The layout of Dense layers of these shapes.
    pub fn new(shapes: impl IntoIterator<Item = DenseShape>) -> Self {
        let mut parameters = 0;
        let layers = shapes
            .into_iter()
            .map(|shape| {
                let start = parameters;
                parameters += shape.parameters();
                DenseLayout { shape, start }
            })
            .collect();
        Self { layers, parameters }
    }

    /// Every variable: the kernel and the bias of each layer.
    pub fn variables(&self) -> Vec<Variable> {
        let variables = self.layers.iter().flat_map(|layer| {
            let DenseShape { inputs, units } = layer.shape;
            [Variable::kernel(layer.weights().start, inputs, units), Variable::bias(layer.biases().start, units)]
        });
        variables.collect()
    }

    /// A buffer of zeros for all parameters.
    pub fn zeros(&self) -> Parameters {
        avec![0.0; self.parameters]
    }
}
