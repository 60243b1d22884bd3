//! The shape of a network.

use std::fmt;

use super::activation::Activation;
use crate::text::grouped;

/// Shape of a network: Flatten of height × width, Dense hidden layers with one activation, Dense to the classes with
/// softmax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Architecture {
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Classes to tell apart.
    pub classes: usize,
}

/// Why a network of some shape cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchitectureError {
    /// A layer without units.
    #[error("hidden layer {layer} has 0 units; every hidden layer needs at least 1, or say `--hidden none`")]
    EmptyLayer {
        /// Number of the hidden layer, from 1.
        layer: usize,
    },
    /// More parameters than [`MOST_PARAMETERS`].
    #[error(
        "the network would have more than {} parameters; name fewer hidden layers or units (--hidden)",
        grouped(MOST_PARAMETERS as u64)
    )]
    TooLarge,
}

/// The most parameters a network may have: 400 MB of weights.
pub const MOST_PARAMETERS: usize = 100_000_000;

/// Shape of a Dense layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DenseShape {
    /// Numbers in.
    pub inputs: usize,
    /// Units, numbers out.
    pub units: usize,
}

impl DenseShape {
    /// Weights and biases.
    pub fn parameters(self) -> usize {
        (self.inputs + 1) * self.units
    }
}

impl Architecture {
    /// Checks that such a network can be made.
    ///
    /// # Errors
    /// When a layer is empty or the network too large.
    pub fn check(&self) -> Result<(), ArchitectureError> {
        if let Some(empty) = self.hidden.iter().position(|&units| units == 0) {
            return Err(ArchitectureError::EmptyLayer { layer: empty + 1 });
        }
        let parameters = self.dense_layers().try_fold(0_usize, |sum, layer| {
            (layer.inputs + 1).checked_mul(layer.units).and_then(|count| count.checked_add(sum))
        });
        parameters.filter(|&count| count <= MOST_PARAMETERS).map(|_| ()).ok_or(ArchitectureError::TooLarge)
    }

    /// Numbers that Flatten makes of an image.
    pub fn inputs(&self) -> usize {
        self.height * self.width
    }

    /// The Dense layers, from the input on.
    pub fn dense_layers(&self) -> impl Iterator<Item = DenseShape> + '_ {
        let inputs = std::iter::once(self.inputs()).chain(self.hidden.iter().copied());
        let units = self.hidden.iter().copied().chain(std::iter::once(self.classes));
        inputs.zip(units).map(|(inputs, units)| DenseShape { inputs, units })
    }

    /// Weights and biases of all layers.
    pub fn parameters(&self) -> usize {
        self.dense_layers().map(DenseShape::parameters).sum()
    }
}

/// `Flatten→Dense 100 relu→Dense 10 softmax`
impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flatten")?;
        for units in &self.hidden {
            write!(f, "→Dense {units} {}", self.activation)?;
        }
        write!(f, "→Dense {} softmax", self.classes)
    }
}
