//! Whole short trainings give the numbers that Keras and PyTorch give, step by step, from the same weights and the
//! same minibatches (`fixtures/training.py`; with schedules, weight decay and clipping `fixtures/schedules.py`), with
//! every engine that the processor has.

#![allow(clippy::expect_used)]

use optirace::geometry::Path;
use optirace::nn::{Activation, Architecture, Network};
use optirace::optim::{Spec, Stepper};
use optirace::race::worker::ApplyUpdate;
use optirace::simd::Engine;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    height: usize,
    width: usize,
    classes: usize,
    hidden: Vec<usize>,
    pixels: Vec<Vec<u8>>,
    labels: Vec<u8>,
    initial_weights: Vec<Layer>,
    batches: Vec<Vec<usize>>,
    window: u64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Trainings {
    trainings: Vec<Case>,
}

#[derive(Deserialize)]
struct Layer {
    kernel: Vec<Vec<f32>>,
    bias: Vec<f32>,
}

#[derive(Deserialize)]
struct Case {
    spec: String,
    dialect: String,
    loss: Vec<f64>,
    accuracy: Vec<f64>,
    grad_norm: Vec<f64>,
    update_norm: Vec<f64>,
    update_cosine: Vec<Option<f64>>,
    windows: Vec<Window>,
    final_weights: Vec<f32>,
}

#[derive(Deserialize)]
struct Window {
    step: usize,
    straightness: f64,
    distance: f64,
}

fn close(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    let error = (ours - theirs).abs() / theirs.abs().max(0.1);
    assert!(error <= tolerance, "{what}: {ours} and not {theirs}, off by {error:.1e}");
}

fn train(fixture: &Fixture, case: &Case, engine: Engine) {
    let architecture = Architecture {
        height: fixture.height,
        width: fixture.width,
        hidden: fixture.hidden.clone(),
        activation: Activation::Relu,
        classes: fixture.classes,
    };
    let separator = if case.spec.contains(':') { ',' } else { ':' };
    let spec: Spec = format!("{}{separator}dialect={}", case.spec, case.dialect).parse().expect("a valid spec");
    let mut network = Network::with_engine(architecture, engine);
    let mut parameters = network.layout().zeros();
    let values = fixture.initial_weights.iter().flat_map(|layer| layer.kernel.iter().flatten().chain(&layer.bias));
    parameters.iter_mut().zip(values).for_each(|(parameter, value)| *parameter = *value);
    let mut stepper = Stepper::with_engine(&spec, network.layout().variables(), engine);
    let mut path = Path::new(&parameters, fixture.window);
    let mut windows = case.windows.iter();
    let plan = spec.lr_curve(fixture.batches.len() as u64);
    for (step, batch) in fixture.batches.iter().enumerate() {
        let pixels: Vec<u8> = batch.iter().flat_map(|&sample| fixture.pixels[sample].iter().copied()).collect();
        let labels: Vec<u8> = batch.iter().map(|&sample| fixture.labels[sample]).collect();
        stepper.begin(plan.rate(step as u64));
        let statistics = network.forward_backward(&mut parameters, &pixels, &labels, &mut ApplyUpdate(&mut stepper));
        let measures = stepper.finish(&mut parameters, |_, _| {});
        let at = |what: &str| {
            format!("{} ({}, {:?}), step {}, {what}", case.spec, case.dialect, engine.instructions(), step + 1)
        };
        close(&at("loss"), f64::from(statistics.mean_loss()), case.loss[step], 1e-5);
        close(&at("accuracy"), f64::from(statistics.accuracy()), case.accuracy[step], 1e-6);
        close(&at("grad_norm"), measures.grad_norm, case.grad_norm[step], 1e-5);
        // The library's norm is of the difference of two rounded positions.
        close(&at("update_norm"), measures.update_norm, case.update_norm[step], 2e-5);
        match case.update_cosine[step] {
            Some(cosine) => close(&at("update_cosine"), measures.update_cosine, cosine, 1e-4),
            None => assert!(measures.update_cosine.is_nan(), "{}", at("update_cosine")),
        }
        if let Some(straightness) = path.step(&parameters, measures.update_norm) {
            let expected = windows.next().expect("as many windows as recorded");
            assert_eq!(expected.step, step + 1);
            close(&at("straightness"), straightness, expected.straightness, 1e-5);
            close(&at("distance"), path.distance_from_origin(&parameters), expected.distance, 1e-5);
        }
    }
    assert!(windows.next().is_none(), "every recorded window was compared");
    for (index, (ours, theirs)) in parameters.iter().zip(&case.final_weights).enumerate() {
        close(&format!("{} parameter {index}", case.spec), f64::from(*ours), f64::from(*theirs), 1e-5);
    }
}

#[test]
fn short_trainings_are_those_of_keras_and_pytorch() {
    let fixture: Fixture =
        serde_json::from_str(include_str!("../fixtures/training.json")).expect("the fixture is JSON");
    assert_eq!(fixture.cases.len(), 8);
    let schedules: Trainings = serde_json::from_str(include_str!("../fixtures/schedules.json")).expect("likewise");
    assert_eq!(schedules.trainings.len(), 15);
    for case in fixture.cases.iter().chain(&schedules.trainings) {
        for engine in Engine::available() {
            train(&fixture, case, engine);
        }
    }
}
