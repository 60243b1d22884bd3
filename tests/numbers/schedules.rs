//! Every schedule gives the learning rates that Keras and PyTorch give, step by step (`fixtures/schedules.py`). The
//! trainings of that file are in `training.rs`.

#![allow(clippy::expect_used)]

use optirace::optim::Spec;
use optirace::optim::schedule;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    rates: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    spec: String,
    total: u64,
    library: String,
    rates: Vec<f64>,
}

fn spec(text: &str) -> Spec {
    text.parse().expect("a valid spec")
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("../fixtures/schedules.json")).expect("the fixture is JSON")
}

#[test]
fn every_schedule_gives_the_rates_of_keras_and_pytorch() {
    let cases = fixture().rates;
    for case in &cases {
        let spec = spec(&case.spec);
        let plan = spec.lr_curve(case.total);
        // Keras computes in single precision, PyTorch in double.
        let tolerance = if case.library == "keras" { 1e-6 } else { 1e-12 };
        let largest = case.rates.iter().copied().fold(0.0, f64::max);
        for (step, theirs) in (0..).zip(&case.rates) {
            let error = (plan.rate(step) - theirs).abs() / largest;
            assert!(error <= tolerance, "{}, step {step}: {} and not {theirs}", case.spec, plan.rate(step));
        }
    }
    for family in schedule::all() {
        let name = format!("schedule={}", family.name);
        assert!(cases.iter().any(|case| case.spec.contains(&name)), "{name} has no recorded case");
    }
}

#[test]
fn a_rate_set_by_a_person_scales_the_rest_of_the_schedule() {
    let planned = spec("sgd:lr=0.1,schedule=cosine").rate(100);
    let mut rate = planned.clone();
    rate.set(40, 0.02);
    assert_eq!(rate.at(40), 0.02);
    assert_eq!(rate.scale(), 0.02 / planned.at(40));
    for step in 41..120 {
        let expected = planned.at(step) * rate.scale();
        assert!((rate.at(step) - expected).abs() <= 1e-15, "step {step}: {} and not {expected}", rate.at(step));
    }
    // A second change counts from the schedule, not from the first.
    rate.set(60, planned.at(60));
    assert_eq!(rate.scale(), 1.0);
    assert_eq!(rate.at(80), planned.at(80));
}

#[test]
fn where_a_schedule_stands_at_0_a_new_rate_is_compared_with_lr() {
    let mut rate = spec("sgd:lr=0.1,schedule=constant,warmup=10").rate(100);
    rate.set(0, 0.2);
    assert_eq!((rate.at(0), rate.at(5), rate.at(10), rate.scale()), (0.0, 0.1, 0.2, 2.0));
    let mut rate = spec("sgd:lr=0.1,schedule=cosine").rate(100);
    rate.set(100, 0.2);
    assert_eq!((rate.at(100), rate.at(150), rate.scale()), (0.0, 0.0, 2.0));
}

#[test]
fn without_a_schedule_a_rate_is_exactly_the_one_set() {
    let mut rate = spec("adam:lr=0.003").rate(100);
    assert_eq!(rate.at(7), 0.003);
    rate.set(8, 0.07);
    assert_eq!((rate.at(8), rate.at(9999)), (0.07, 0.07));
}

#[test]
fn every_schedule_lasts_as_long_as_the_race() {
    for family in schedule::all() {
        for steps in [1, 2, 21, 7500] {
            for warmup in ["0", "0.1", "1", "1.0", "100"] {
                let text = format!("sgd:lr=0.5,schedule={},warmup={warmup}", family.name);
                let plan = spec(&text).lr_curve(steps);
                let rates = (0..steps + 10).map(|step| plan.rate(step));
                assert!(rates.clone().all(|rate| (0.0..=0.5 + 1e-12).contains(&rate)), "{text} over {steps} steps");
                assert!(steps < 200 || rates.fold(0.0, f64::max) > 0.49, "{text} over {steps} steps");
            }
        }
        let plan = spec(&format!("sgd:lr=0.5,schedule={}", family.name)).lr_curve(7500);
        assert!(family.name == "constant" || plan.rate(7499) < 0.05, "{} has fallen by the end", family.name);
    }
}
