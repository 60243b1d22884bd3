//! Initial weights.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::parameters::{ParameterLayout, Parameters};

/// The stream of random numbers that weights are drawn from; the order of samples uses others of the same seed.
const WEIGHTS_STREAM: u64 = u64::MAX;

/// Keras's defaults: weights uniform in ±√(6 ÷ (inputs + units)) (Glorot & Bengio 2010, *Understanding the difficulty
/// of training deep feedforward neural networks*), biases 0. The same seed gives the same weights.
pub fn glorot_uniform(layout: &ParameterLayout, seed: u64) -> Parameters {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(WEIGHTS_STREAM);
    let mut parameters = layout.zeros();
    for layer in &layout.layers {
        let limit = (6.0 / (layer.shape.inputs + layer.shape.units) as f32).sqrt();
        for weight in &mut parameters[layer.weights()] {
            *weight = random.random_range(-limit..=limit);
        }
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::DenseShape;

    #[test]
    fn weights_fill_the_glorot_range_evenly_and_biases_are_zero() {
        let layout =
            ParameterLayout::new([DenseShape { inputs: 784, units: 100 }, DenseShape { inputs: 100, units: 10 }]);
        let parameters = glorot_uniform(&layout, 0);
        for layer in &layout.layers {
            let limit = (6.0 / (layer.shape.inputs + layer.shape.units) as f32).sqrt();
            let weights = &parameters[layer.weights()];
            let largest = weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
            assert!(largest <= limit && largest > 0.98 * limit, "{largest} of {limit}");
            // The variance of a uniform distribution on ±limit is limit²/3.
            let variance = weights.iter().map(|w| w * w).sum::<f32>() / weights.len() as f32;
            assert!((variance / (limit * limit / 3.0) - 1.0).abs() < 0.05, "{variance}");
            assert!(parameters[layer.biases()].iter().all(|bias| *bias == 0.0));
        }
    }

    #[test]
    fn a_seed_decides_the_weights() {
        let layout = ParameterLayout::new([DenseShape { inputs: 3, units: 2 }]);
        assert_eq!(glorot_uniform(&layout, 7), glorot_uniform(&layout, 7));
        assert_ne!(glorot_uniform(&layout, 7), glorot_uniform(&layout, 8));
    }
}
