//! The measures of a way through weight space are those that NumPy and PyTorch take of the saved weights of small
//! trainings (`fixtures/geometry.py`).

#![allow(clippy::expect_used)]

use optirace::geometry::{
    Plane, Products, Roughness, SKETCH, Sketch, SketchedPath, Sketcher, Spot, Turn, UpdateRing, distance,
};
use optirace::nn::{Activation, Architecture, Network, WholeGradient};
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
    window: usize,
    probe: Vec<usize>,
    windowed: Windowed,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Windowed {
    steps: usize,
    explained: [f64; 2],
    spots: Vec<Vec<[f64; 2]>>,
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
        serde_json::from_str(include_str!("../fixtures/geometry.json")).expect("the fixture is JSON")
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

fn gradient(fixture: &Fixture, network: &mut Network, weights: &[f32]) -> Vec<f32> {
    let pixels: Vec<u8> = fixture.probe.iter().flat_map(|&sample| fixture.pixels[sample].iter().copied()).collect();
    let labels: Vec<u8> = fixture.probe.iter().map(|&sample| fixture.labels[sample]).collect();
    let mut parameters = network.layout().zeros();
    parameters.copy_from_slice(weights);
    let mut gradient = WholeGradient::new(weights.len());
    network.forward_backward(&mut parameters, &pixels, &labels, &mut gradient);
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
    for engine in Engine::available() {
        let mut network = Network::with_engine(fixture.architecture(), engine);
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
    assert_eq!(compared, 2 * Engine::available().len());
}

#[test]
fn the_plane_of_two_windows_is_that_of_numpy() {
    let fixture = Fixture::read();
    let last = |case: &Case| -> Vec<Vec<f32>> {
        let weights = &case.weights[case.weights.len() - fixture.windowed.steps - 1..];
        let weights: Vec<Vec<f64>> = weights.iter().map(|w| w.iter().map(|&w| f64::from(w)).collect()).collect();
        let mean = |i: usize| weights.iter().map(|w| w[i]).sum::<f64>() / weights.len() as f64;
        weights.iter().map(|w| w.iter().enumerate().map(|(i, w)| (w - mean(i)) as f32).collect()).collect()
    };
    let points: Vec<Vec<f32>> = fixture.cases.iter().flat_map(last).collect();
    let plane = Plane::of_points(&points, None).expect("there are points");
    for (ours, theirs) in plane.explained.iter().zip(&fixture.windowed.explained) {
        close("explained variance", *ours, *theirs);
    }
    let expected = fixture.windowed.spots.iter().flatten();
    for (point, expected) in points.iter().zip(expected) {
        let spot = plane.project(point);
        assert!((spot.x - expected[0]).abs() < 1e-6 && (spot.y - expected[1]).abs() < 1e-6, "{spot:?} {expected:?}");
    }
}

/// The sketch of every update of a case.
fn sketches(case: &Case) -> Vec<Sketch> {
    let sketcher = Sketcher::new(case.weights[0].len());
    let update = |ends: &[Vec<f32>]| ends[1].iter().zip(&ends[0]).map(|(end, start)| end - start).collect::<Vec<_>>();
    case.weights.windows(2).map(|ends| sketcher.sketch(&update(ends))).collect()
}

#[test]
fn sketched_paths_keep_the_distances_between_their_positions() {
    let fixture = Fixture::read();
    for case in &fixture.cases {
        let mut position = [0.0_f32; SKETCH];
        let mut positions = vec![position];
        for update in sketches(case) {
            position.iter_mut().zip(&update).for_each(|(sum, step)| *sum += step);
            positions.push(position);
        }
        let mut errors = Vec::new();
        for a in 0..positions.len() {
            for b in 0..a {
                let exact = distance(&case.weights[a], &case.weights[b]);
                errors.push(distance(&positions[a], &positions[b]) / exact - 1.0);
            }
        }
        // A standard deviation of at most 1.6 %: none is off by four of them.
        let largest = errors.iter().fold(0.0_f64, |most, error| most.max(error.abs()));
        assert!(largest < 0.064, "{}: {largest}", case.spec);
        let typical = (errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64).sqrt();
        assert!(typical < 0.032, "{}: {typical}", case.spec);
        println!("{}: distances off by {:.1} % (rms), at most {:.1} %", case.spec, 100.0 * typical, 100.0 * largest);
    }
}

#[test]
fn sketched_paths_are_laid_on_the_plane_that_shows_them_best() {
    let fixture = Fixture::read();
    let paths: Vec<SketchedPath> = fixture
        .cases
        .iter()
        .map(|case| SketchedPath::new(sketches(case).iter().skip(6).map(|sketch| &**sketch)))
        .collect();
    let plane = SketchedPath::plane(&paths, None).expect("there are positions");
    assert!(plane.explained[0] >= plane.explained[1] && plane.explained.iter().sum::<f64>() > 0.7);
    let mut shares = [0.0; 2];
    for path in &paths {
        let spots = path.on(&plane).spots;
        assert_eq!(spots.len(), 16, "a position more than steps");
        let sum = |square: fn(&Spot) -> f64| spots.iter().map(square).sum::<f64>();
        let along = [sum(|spot| spot.x * spot.x), sum(|spot| spot.y * spot.y)];
        let whole = along[0] + along[1] + sum(|spot| spot.off * spot.off);
        shares = [shares[0] + along[0] / whole, shares[1] + along[1] / whole];
    }
    for (share, explained) in shares.into_iter().zip(plane.explained) {
        close("share of the variance", share / paths.len() as f64, explained);
    }
}

/// Not a check, a figure: what the measures and sketches of a network of 79,510 parameters take.
#[test]
#[ignore = "measures: run with --release --nocapture"]
fn measure_a_probe_and_a_sketch() {
    let architecture =
        Architecture { height: 28, width: 28, hidden: vec![100], activation: Activation::Relu, classes: 10 };
    let dataset = optirace::data::Dataset::fashion_mnist().expect("it is part of the program");
    let mut network = Network::new(architecture);
    let mut parameters = network.initial_parameters(0);
    let pixels: Vec<u8> = (0..512).flat_map(|sample| dataset.train.image(sample).iter().copied()).collect();
    let labels = &dataset.train.labels()[..512];
    let mut gradient = WholeGradient::new(parameters.len());
    let sketcher = Sketcher::new(parameters.len());
    let microseconds = |what: &str, act: &mut dyn FnMut()| {
        let times = (0..200).map(|_| {
            let begin = std::time::Instant::now();
            act();
            begin.elapsed().as_secs_f64() * 1e6
        });
        println!("{what}: {:.1} µs", times.fold(f64::INFINITY, f64::min));
    };
    microseconds("a sketch", &mut || assert!(sketcher.sketch(&parameters)[0].is_finite()));
    microseconds("a snapshot", &mut || assert!(!std::sync::Arc::<[f32]>::from(&parameters[..]).is_empty()));
    microseconds("a gradient of 512 samples", &mut || {
        network.forward_backward(&mut parameters, &pixels, labels, &mut gradient);
    });
    let updates: Vec<&[f32]> = (0..2000).map(|step| &gradient.0[7 * step..][..SKETCH]).collect();
    microseconds("the plane of two runs' 2,000 sketched steps", &mut || {
        let paths = [(); 2].map(|()| SketchedPath::new(updates.iter().copied()));
        assert!(SketchedPath::plane(&paths, None).is_some());
    });
    let mut ring = UpdateRing::new(40);
    microseconds("an update that is kept", &mut || ring.push(&gradient.0));
    microseconds("the path of 40 updates", &mut || assert_eq!(ring.trail(40).spots.len(), 41));
}
