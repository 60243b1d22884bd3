//! The measures of a way through weight space are those that NumPy and PyTorch take of the saved weights of small
//! trainings (`fixtures/geometry.py`).

#![allow(clippy::expect_used)]

use std::ops::Range;

use optirace::geometry::{Products, Roughness, Turn};
use optirace::nn::{Activation, Architecture, GradientSink, Kernel, Network};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    height: usize,
    width: usize,
    classes: usize,
    hidden: Vec<usize>,
    pixels: Vec<Vec<u8>>,
    labels: Vec<u8>,
    window: usize,
    probe: Vec<usize>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    spec: String,
    loss: Vec<f32>,
    weights: Vec<Vec<f32>>,
    windows: Vec<Window>,
}

#[derive(Deserialize)]
struct Window {
    step: usize,
    roughness: f64,
    turn: f64,
    gradient_cosine: Option<f64>,
}

impl Fixture {
    fn read() -> Self {
        serde_json::from_str(include_str!("fixtures/geometry.json")).expect("the fixture is JSON")
    }

    fn architecture(&self) -> Architecture {
        Architecture {
            height: self.height,
            width: self.width,
            hidden: self.hidden.clone(),
            activation: Activation::Relu,
            classes: self.classes,
        }
    }
}

fn close(what: &str, ours: f64, theirs: f64) {
    let error = (ours - theirs).abs() / theirs.abs().max(1e-3);
    assert!(error <= 1e-5, "{what}: {ours} and not {theirs}, off by {error:.1e}");
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let mut products = Products::default();
    products.add(a, b);
    products.cosine()
}

/// Keeps a gradient.
struct Keep(Vec<f32>);

impl GradientSink for Keep {
    fn take(&mut self, place: Range<usize>, _: &mut [f32], gradient: &[f32]) {
        self.0[place].copy_from_slice(gradient);
    }

    fn take_unlit(&mut self, place: Range<usize>, _: &mut [f32]) {
        self.0[place].fill(0.0);
    }
}

fn gradient(fixture: &Fixture, network: &mut Network, weights: &[f32]) -> Vec<f32> {
    let pixels: Vec<u8> = fixture.probe.iter().flat_map(|&sample| fixture.pixels[sample].iter().copied()).collect();
    let labels: Vec<u8> = fixture.probe.iter().map(|&sample| fixture.labels[sample]).collect();
    let mut parameters = network.layout().zeros();
    parameters.copy_from_slice(weights);
    let mut gradient = Keep(vec![f32::NAN; weights.len()]);
    network.learn(&mut parameters, &pixels, &labels, &mut gradient);
    gradient.0
}

#[test]
fn zigzag_is_measured_as_numpy_measures_it() {
    let fixture = Fixture::read();
    assert_eq!(fixture.cases.len(), 2);
    for case in &fixture.cases {
        let (mut roughness, mut turn) = (Roughness::default(), Turn::default());
        let mut windows = case.windows.iter();
        let mut last: Option<Vec<f32>> = None;
        for (index, ends) in case.weights.windows(2).enumerate() {
            let update: Vec<f32> = ends[1].iter().zip(&ends[0]).map(|(end, start)| end - start).collect();
            roughness.step(case.loss[index].into());
            turn.step(last.map_or(f64::NAN, |last| cosine(&update, &last)));
            last = Some(update);
            if (index + 1) % fixture.window == 0 {
                let expected = windows.next().expect("as many windows as recorded");
                assert_eq!(expected.step, index + 1);
                close(&format!("{} roughness", case.spec), roughness.end_window(), expected.roughness);
                close(&format!("{} turn", case.spec), turn.end_window(), expected.turn);
            }
        }
        assert!(windows.next().is_none(), "every recorded window was compared");
    }
}

#[test]
fn the_cosine_of_a_probes_gradients_is_that_of_pytorchs() {
    let fixture = Fixture::read();
    let mut compared = 0;
    for kernel in [Kernel::General, Kernel::SparseInput] {
        let mut network = Network::with_kernel(fixture.architecture(), kernel);
        for case in &fixture.cases {
            for window in &case.windows {
                let Some(expected) = window.gradient_cosine else { continue };
                let [here, before] = [window.step, window.step - fixture.window]
                    .map(|step| gradient(&fixture, &mut network, &case.weights[step]));
                close(&format!("{} gradient_cosine", case.spec), cosine(&here, &before), expected);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 4);
}
