//! Effective learning rates are those that NumPy finds (`fixtures/effective_lr.py`).

#![allow(clippy::expect_used)]

use optirace::gradient::{Gradient, Variable};
use optirace::optim::{Spec, Stepper};
use optirace::race::measure::{EffectiveLr, EffectiveLrMeter};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    layers: Vec<usize>,
    steps: usize,
    measured: Vec<usize>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    spec: String,
    /// For each measured step: all parameters, then each layer.
    rows: Vec<Vec<Measured>>,
}

#[derive(Deserialize)]
struct Measured {
    quantiles: [f64; 3],
    still: u32,
}

/// Learning rate of all cases.
const LR: f64 = 0.01;

/// As the fixture's script has it.
fn gradient(count: usize, step: usize) -> Vec<f32> {
    let value = |index: usize| {
        let is_zero = index.is_multiple_of(3) || (index + step).is_multiple_of(5);
        let size = ((index * 37 + step * 101) % 257) as f32 - 128.0;
        if is_zero { 0.0 } else { size * ((index * 11) % 17 + 1) as f32 / 1024.0 }
    };
    (0..count).map(value).collect()
}

fn compare(what: &str, ours: &EffectiveLr, theirs: &Measured) {
    assert_eq!(ours.still, theirs.still, "{what}: left out");
    for (ours, theirs) in [ours.p10, ours.p50, ours.p90].into_iter().zip(theirs.quantiles) {
        let error = (f64::from(ours) - theirs).abs();
        // Single precision has 1 − 0.999 to 2e-5; where weight decay takes back a step, little is left of many digits.
        assert!(error < 3e-5 * theirs + 1e-5 * LR, "{what}: {ours} and not {theirs}, off by {error:.1e}");
    }
}

#[test]
fn quantiles_of_effective_learning_rates_are_those_of_numpy() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/effective_lr.json")).expect("JSON");
    let count: usize = fixture.layers.iter().sum();
    let mut start = 0;
    let places: Vec<_> = fixture
        .layers
        .iter()
        .map(|length| {
            start += length;
            start - length..start
        })
        .collect();
    assert_eq!(fixture.cases.len(), 16);
    for case in &fixture.cases {
        let spec: Spec = case.spec.parse().expect("a valid spec");
        let variables = places.iter().map(|place| Variable::bias(place.start, place.len())).collect();
        let mut stepper = Stepper::new(&spec, variables);
        let mut meter = EffectiveLrMeter::new(places.clone());
        let mut parameters = vec![0.5; count];
        let mut rows = case.rows.iter();
        for step in 1..=fixture.steps {
            let gradient = gradient(count, step);
            stepper.begin(spec.lr);
            meter.begin();
            for place in &places {
                let gradient = Gradient::Dense(&gradient[place.clone()]);
                meter.take(place, gradient);
                stepper.apply(place.clone(), &mut parameters[place.clone()], gradient);
            }
            stepper.finish(&mut parameters, |_, _| {});
            if fixture.measured.contains(&step) {
                let (whole, layers) = meter.end(stepper.last_update());
                let row = rows.next().expect("as many rows as measured steps");
                assert_eq!(row.len(), 1 + layers.len());
                for (part, (ours, theirs)) in [whole].iter().chain(&layers).zip(row).enumerate() {
                    compare(&format!("{}, step {step}, part {part}", case.spec), ours, theirs);
                }
            }
        }
        assert!(rows.next().is_none());
    }
}
