//! The same step written with `ndarray` alone, as anybody would: what the general kernel must not fall behind.
//! It measures loss and accuracy, but neither norms nor cosines.

use ndarray::{Array1, Array2, Axis, Zip};
use optirace::nn::Parameters;

const HIDDEN: usize = 100;
const CLASSES: usize = 10;

/// Flatten → Dense 100 relu → Dense 10 softmax.
pub struct Plain {
    layers: [Layer; 2],
    adam_steps: Option<i32>,
}

struct Layer {
    weights: Array2<f32>,
    biases: Array1<f32>,
    moments: [Array2<f32>; 2],
}

impl Layer {
    fn new(weights: &[f32], units: usize) -> Self {
        let shape = (weights.len() / units, units);
        let weights = Array2::from_shape_fn(shape, |(row, column)| weights[row * units + column]);
        Self { weights, biases: Array1::zeros(units), moments: [Array2::zeros(shape), Array2::zeros(shape)] }
    }

    fn update(&mut self, gradient: &Array2<f32>, output_gradient: &Array2<f32>, adam_steps: Option<i32>) {
        self.biases.scaled_add(-0.01, &output_gradient.sum_axis(Axis(0)));
        let Some(step) = adam_steps else {
            self.weights.scaled_add(-0.01, gradient);
            return;
        };
        let rate = 0.001 * (1.0 - 0.999_f32.powi(step)).sqrt() / (1.0 - 0.9_f32.powi(step));
        let [mean, square] = &mut self.moments;
        Zip::from(&mut self.weights).and(mean).and(square).and(gradient).for_each(|weight, mean, square, &gradient| {
            *mean += (gradient - *mean) * 0.1;
            *square += (gradient * gradient - *square) * 0.001;
            *weight -= *mean * rate / (square.sqrt() + 1e-7);
        });
    }
}

impl Plain {
    /// With the weights of `parameters`, trained by Adam or by SGD.
    pub fn new(parameters: &Parameters, is_adam: bool) -> Self {
        let second = parameters.len() - CLASSES - HIDDEN * CLASSES;
        let first = &parameters[..second - HIDDEN];
        let second = &parameters[second..parameters.len() - CLASSES];
        Self { layers: [Layer::new(first, HIDDEN), Layer::new(second, CLASSES)], adam_steps: is_adam.then_some(0) }
    }

    /// Trains on a minibatch, `pixels` as `[samples][inputs]`: its summed loss, and how many were right.
    pub fn step(&mut self, pixels: &[u8], labels: &[u8]) -> (f32, usize) {
        self.adam_steps = self.adam_steps.map(|steps| steps + 1);
        let [first, second] = &mut self.layers;
        let features = pixels.len() / labels.len();
        let shape = (labels.len(), features);
        let inputs = Array2::from_shape_fn(shape, |(row, column)| f32::from(pixels[row * features + column]) / 255.0);
        let mut hidden = inputs.dot(&first.weights) + &first.biases;
        hidden.mapv_inplace(|value| value.max(0.0));
        let mut logits = hidden.dot(&second.weights) + &second.biases;
        let (mut loss, mut correct) = (0.0, 0);
        for (mut row, &label) in logits.outer_iter_mut().zip(labels) {
            let label = usize::from(label);
            let largest = row.fold(f32::NEG_INFINITY, |largest, &logit| largest.max(logit));
            correct += usize::from(row[label] == largest);
            loss -= row[label] - largest;
            row.mapv_inplace(|logit| (logit - largest).exp());
            let sum = row.sum();
            loss += sum.ln();
            row.mapv_inplace(|share| share / sum / labels.len() as f32);
            row[label] -= 1.0 / labels.len() as f32;
        }
        let mut hidden_gradient = logits.dot(&second.weights.t());
        Zip::from(&mut hidden_gradient).and(&hidden).for_each(|gradient, &output| {
            if output <= 0.0 {
                *gradient = 0.0;
            }
        });
        second.update(&hidden.t().dot(&logits), &logits, self.adam_steps);
        first.update(&inputs.t().dot(&hidden_gradient), &hidden_gradient, self.adam_steps);
        (loss, correct)
    }
}
