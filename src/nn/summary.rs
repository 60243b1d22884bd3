//! A table of a network's layers, as Keras prints it.

use std::fmt;

use super::architecture::Architecture;
use crate::text::grouped;

/// A table of a network's layers, as Keras's `model.summary()` prints it; shown through [`fmt::Display`].
pub struct Summary<'a>(pub &'a Architecture);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let architecture = self.0;
        let mut row =
            |layer: &str, shape: String, parameters: String| writeln!(f, " {layer:24} {shape:>18} {parameters:>14}");
        row("Layer", "Output shape".to_owned(), "Parameters".to_owned())?;
        row("Flatten", format!("(batch, {})", architecture.inputs()), "0".to_owned())?;
        let last = architecture.hidden.len();
        for (index, layer) in architecture.dense_layers().enumerate() {
            let activation = if index == last { "softmax" } else { architecture.activation.name() };
            let shape = format!("(batch, {})", layer.units);
            row(&format!("Dense, {activation}"), shape, grouped(layer.parameters() as u64))?;
        }
        let parameters = architecture.parameters();
        let kibibytes = parameters as f64 * 4.0 / 1024.0;
        write!(f, " Parameters in all: {} ({kibibytes:.2} KiB), all trained", grouped(parameters as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Activation;

    #[test]
    fn the_lessons_network_has_79510_parameters_and_flatten_none() {
        let lesson =
            Architecture { height: 28, width: 28, hidden: vec![100], activation: Activation::Relu, classes: 10 };
        insta::assert_snapshot!(Summary(&lesson));
        assert_eq!(lesson.to_string(), "Flatten→Dense 100 relu→Dense 10 softmax");
    }
}
