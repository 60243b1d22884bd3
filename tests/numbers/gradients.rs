//! The gradient is the slope of the loss: checked against central differences, and against PyTorch
//! (`fixtures/gradients.py`).

#![allow(clippy::expect_used)]

use optirace::nn::loss::cross_entropy;
use optirace::nn::{Activation, Architecture, Network, Parameters, WholeGradient};
use optirace::simd::Engine;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

/// A network of this shape with random weights and biases, and a minibatch for it, a third of its pixels 0.
fn example(architecture: &Architecture, samples: usize) -> (Network, Parameters, Vec<u8>, Vec<u8>) {
    let mut random = ChaCha8Rng::seed_from_u64(samples as u64);
    let network = Network::new(architecture.clone());
    let mut parameters = network.initial_parameters(1);
    for layer in &network.layout().layers {
        parameters[layer.biases()].fill_with(|| random.random_range(-0.5..0.5));
    }
    let pixel = |random: &mut ChaCha8Rng| if random.random_bool(0.33) { 0 } else { random.random() };
    let pixels = (0..samples * architecture.inputs()).map(|_| pixel(&mut random)).collect();
    let labels = (0..samples).map(|_| random.random_range(0..architecture.classes as u8)).collect();
    (network, parameters, pixels, labels)
}

fn gradient(network: &mut Network, parameters: &mut [f32], pixels: &[u8], labels: &[u8]) -> Vec<f32> {
    let mut whole = WholeGradient::new(parameters.len());
    network.forward_backward(parameters, pixels, labels, &mut whole);
    whole.0
}

#[test]
fn the_gradient_is_the_slope_of_the_loss() {
    for activation in Activation::ALL {
        for hidden in [vec![], vec![1], vec![5], vec![17, 6], vec![4, 3, 5]] {
            for samples in [1, 2, 33] {
                let architecture = Architecture { height: 3, width: 5, hidden: hidden.clone(), activation, classes: 4 };
                let (mut network, mut parameters, pixels, labels) = example(&architecture, samples);
                let gradient = gradient(&mut network, &mut parameters, &pixels, &labels);
                let norm = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
                let mut wrong = 0;
                for index in 0..parameters.len() {
                    // Small enough for the curve to be straight, large enough for single precision.
                    let step = 4e-3;
                    let here = parameters[index];
                    let mut loss_at = |value: f32| {
                        parameters[index] = value;
                        network.evaluate(&parameters, &pixels, &labels).loss / samples as f64
                    };
                    let slope = (loss_at(here + step) - loss_at(here - step)) / f64::from(2.0 * step);
                    parameters[index] = here;
                    let error = (slope - f64::from(gradient[index])).abs();
                    wrong += usize::from(error > 1e-3 * f64::from(norm.max(0.1)));
                }
                // A few steps may cross the kink of a ReLU, where the slope jumps.
                let allowed = if activation == Activation::Relu { parameters.len() / 20 } else { 0 };
                assert!(wrong <= allowed, "{activation} {hidden:?}, {samples} samples: {wrong} slopes are wrong");
            }
        }
    }
}

#[test]
fn a_large_minibatch_has_the_mean_gradient_of_its_parts() {
    let architecture = Architecture { height: 4, width: 4, hidden: vec![9], activation: Activation::Relu, classes: 3 };
    let (mut network, mut parameters, pixels, labels) = example(&architecture, 1100);
    let whole = gradient(&mut network, &mut parameters, &pixels, &labels);
    let mut mean = vec![0.0; whole.len()];
    for (pixels, labels) in pixels.chunks(16 * 100).zip(labels.chunks(100)) {
        let part = gradient(&mut network, &mut parameters, pixels, labels);
        mean.iter_mut().zip(part).for_each(|(sum, share)| *sum += share / 11.0);
    }
    for (whole, mean) in whole.iter().zip(&mean) {
        assert!((whole - mean).abs() < 1e-6, "{whole} is not {mean}");
    }
}

#[derive(Deserialize)]
struct Fixture {
    classes: usize,
    pixels: Vec<Vec<u8>>,
    labels: Vec<u8>,
    networks: Vec<Weights>,
    cases: Vec<Case>,
    cross_entropy: Vec<CrossEntropy>,
}

#[derive(Deserialize)]
struct Weights {
    hidden: Vec<usize>,
    weights: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    kernel: Vec<Vec<f32>>,
    bias: Vec<f32>,
}

#[derive(Deserialize)]
struct Case {
    hidden: Vec<usize>,
    activation: String,
    batch: Vec<usize>,
    loss: f64,
    gradient: Vec<f64>,
}

#[derive(Deserialize)]
struct CrossEntropy {
    logits: Vec<Vec<f32>>,
    labels: Vec<u8>,
    loss: f64,
    dlogits: Vec<Vec<f64>>,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("../fixtures/gradients.json")).expect("the fixture is JSON")
}

#[test]
fn loss_and_gradient_are_those_of_pytorch() {
    let fixture = fixture();
    assert_eq!(fixture.cases.len(), 48);
    for case in &fixture.cases {
        let architecture = Architecture {
            height: 5,
            width: 6,
            hidden: case.hidden.clone(),
            activation: case.activation.parse().expect("an activation"),
            classes: fixture.classes,
        };
        let mut network = Network::new(architecture);
        let mut parameters = network.layout().zeros();
        let weights = fixture.networks.iter().find(|weights| weights.hidden == case.hidden).expect("weights");
        let values = weights.weights.iter().flat_map(|layer| layer.kernel.iter().flatten().chain(&layer.bias));
        parameters.iter_mut().zip(values).for_each(|(parameter, value)| *parameter = *value);
        let pixels: Vec<u8> = case.batch.iter().flat_map(|&sample| fixture.pixels[sample].iter().copied()).collect();
        let labels: Vec<u8> = case.batch.iter().map(|&sample| fixture.labels[sample]).collect();
        let loss = network.evaluate(&parameters, &pixels, &labels).mean_loss();
        let name = format!("{} {:?}, {} samples", case.activation, case.hidden, labels.len());
        assert!((f64::from(loss) - case.loss).abs() < 1e-6 * case.loss.max(1.0), "{name}: {loss}, not {}", case.loss);
        let gradient = gradient(&mut network, &mut parameters, &pixels, &labels);
        let largest = case.gradient.iter().fold(0.0_f64, |most, g| most.max(g.abs()));
        for (index, (ours, theirs)) in gradient.iter().zip(&case.gradient).enumerate() {
            let error = (f64::from(*ours) - theirs).abs();
            assert!(error < 2e-6 * largest, "{name}, parameter {index}: {ours}, not {theirs}");
        }
    }
}

#[test]
fn cross_entropy_is_stable_for_logits_of_ten_thousand() {
    let fixture = fixture();
    let extremes = fixture.cross_entropy.iter().flat_map(|case| case.logits.iter().flatten());
    assert!(extremes.fold(0.0_f32, |most, logit| most.max(logit.abs())) >= 1e4, "the fixture has extreme logits");
    for case in &fixture.cross_entropy {
        let mut logits: Vec<f32> = case.logits.iter().flatten().copied().collect();
        let classes = case.logits[0].len();
        let tally = cross_entropy(Engine::in_use(), &mut logits, classes, &case.labels, 1.0 / case.labels.len() as f32);
        let loss = f64::from(tally.mean_loss());
        assert!((loss - case.loss).abs() <= 1e-6 * case.loss.max(1.0), "{loss}, not {}", case.loss);
        for (ours, theirs) in logits.iter().zip(case.dlogits.iter().flatten()) {
            assert!((f64::from(*ours) - theirs).abs() < 1e-6, "{ours}, not {theirs}");
        }
    }
}
