//! All engines that this processor has compute the same, whatever the shape, the minibatch and the pixels.

#![allow(clippy::expect_used)]

use std::ops::Range;

use optirace::gradient::Gradient;
use optirace::nn::{Activation, Architecture, GradientSink, Network};
use optirace::simd::{Engine, Instructions};
use proptest::prelude::*;

use crate::aloud::not_tested;

/// Keeps the gradient of every parameter, and how often it was handed over.
struct Whole {
    gradient: Vec<f32>,
    handed: Vec<u32>,
}

impl Whole {
    fn new(parameters: usize) -> Self {
        Self { gradient: vec![f32::NAN; parameters], handed: vec![0; parameters] }
    }
}

impl GradientSink for Whole {
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>) {
        assert_eq!(parameters.len(), place.len());
        gradient.write(0, &mut self.gradient[place.clone()]);
        self.handed[place].iter_mut().for_each(|count| *count += 1);
    }
}

/// Loss and hits of a minibatch, and the gradient of every parameter.
fn forward_backward(
    engine: Engine,
    architecture: &Architecture,
    pixels: &[u8],
    labels: &[u8],
) -> (f32, usize, Vec<f32>) {
    let mut network = Network::with_engine(architecture.clone(), engine);
    let mut parameters = network.initial_parameters(3);
    let mut whole = Whole::new(parameters.len());
    let statistics = network.forward_backward(&mut parameters, pixels, labels, &mut whole);
    assert!(whole.handed.iter().all(|&count| count == 1), "every parameter is handed over once");
    (statistics.mean_loss(), statistics.correct, whole.gradient)
}

fn agree(architecture: &Architecture, pixels: &[u8], labels: &[u8]) -> Result<(), TestCaseError> {
    let engines = Engine::available();
    let (loss, correct, gradient) = forward_backward(engines[0], architecture, pixels, labels);
    let largest = gradient.iter().fold(1e-3_f32, |most, g| most.max(g.abs()));
    for &engine in &engines {
        let name = engine.instructions();
        let (its_loss, its_correct, its_gradient) = forward_backward(engine, architecture, pixels, labels);
        prop_assert!((loss - its_loss).abs() <= 1e-5 * loss.max(1.0), "{name:?}: loss {its_loss}, not {loss}");
        // A tie between two classes may fall either way.
        prop_assert!(correct.abs_diff(its_correct) <= 1);
        for (index, (g, its)) in gradient.iter().zip(&its_gradient).enumerate() {
            prop_assert!((g - its).abs() <= 1e-5 * largest, "{name:?}, parameter {index}: {its}, not {g}");
        }
        let again = forward_backward(engine, architecture, pixels, labels).2;
        let is_same = again.iter().zip(&its_gradient).all(|(a, b)| a.to_bits() == b.to_bits());
        prop_assert!(is_same, "{name:?} is not deterministic");
    }
    Ok(())
}

fn network(height: usize, width: usize, hidden: Vec<usize>, classes: usize) -> Architecture {
    // A smooth activation: with a ReLU, a sum that is 0 but for rounding may fall on either side of the kink.
    Architecture { height, width, hidden, activation: Activation::Tanh, classes }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn engines_agree_on_random_networks_and_pixels(
        height in 1_usize..9,
        width in 1_usize..9,
        hidden in prop::collection::vec(1_usize..260, 0..3),
        classes in 1_usize..12,
        samples in prop_oneof![1 => Just(1_usize), 3 => 1_usize..150],
        dark in 0.0_f64..1.0,
        seed: u64,
    ) {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let pixel = |random: &mut rand_chacha::ChaCha8Rng| if random.random_bool(dark) { 0 } else { random.random() };
        let pixels: Vec<u8> = (0..samples * height * width).map(|_| pixel(&mut random)).collect();
        let labels: Vec<u8> = (0..samples).map(|_| random.random_range(0..classes) as u8).collect();
        agree(&network(height, width, hidden, classes), &pixels, &labels)?;
    }
}

#[test]
fn engines_agree_when_no_pixel_or_every_pixel_is_nonzero_and_on_minibatches_in_pieces() {
    for samples in [1, 63, 64, 65, 511, 512, 513, 1100] {
        for pixel in [0, 1, 255] {
            let architecture = network(5, 5, vec![100], 10);
            let labels: Vec<u8> = (0..samples).map(|sample| (sample % 10) as u8).collect();
            agree(&architecture, &vec![pixel; samples * 25], &labels).expect("the engines agree");
        }
    }
}

#[test]
fn there_is_a_general_engine_and_the_one_in_use() {
    let available: Vec<Instructions> = Engine::available().into_iter().map(Engine::instructions).collect();
    assert_eq!(available[0], Instructions::General);
    assert!(available.contains(&Engine::in_use().instructions()));
    if available.len() == 1 {
        not_tested("this processor has general instructions only: there is no engine to compare with");
    }
}
