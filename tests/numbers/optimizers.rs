//! Every optimizer walks as Keras and PyTorch walk: trajectories recorded from the libraries themselves
//! (`fixtures/optimizers.py`), under the same sequence of gradients.

#![allow(clippy::expect_used)]

use optirace::gradient::{Gradient, Variable};
use optirace::optim::chain::Chain;
use optirace::optim::driver::Driver;
use optirace::optim::kernel::Scalar;
use optirace::optim::{Dialect, Spec, StepMeasures, Stepper, all};
use optirace::simd::Engine;
use serde_json::Value;

/// Of the list: those of this fixture. The others are those of `trajectories`.
const FIRST_SIX: usize = 6;

const FIXTURE: &str = include_str!("../fixtures/optimizers.json");

fn fixture() -> Value {
    serde_json::from_str(FIXTURE).expect("the fixture is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("an array of arrays").iter().map(numbers).collect()
}

/// A recorded case: the spec, and where the library's parameters stood after each step.
struct Case {
    spec: Spec,
    precision: String,
    initial: Vec<f64>,
    lr_change: Option<(usize, f64)>,
    trajectory: Vec<Vec<f64>>,
}

fn cases(fixture: &Value) -> Vec<Case> {
    let cases = fixture["cases"].as_array().expect("cases").iter().map(|case| {
        let (spec, dialect) = (case["spec"].as_str().expect("spec"), case["dialect"].as_str().expect("dialect"));
        let separator = if spec.contains(':') { ',' } else { ':' };
        let change = &case["lr_change"];
        Case {
            spec: format!("{spec}{separator}dialect={dialect}").parse().expect("a recorded spec is valid"),
            precision: case["precision"].as_str().expect("precision").to_owned(),
            initial: numbers(&case["initial"]),
            lr_change: change["step"].as_u64().map(|step| (step as usize, change["lr"].as_f64().expect("lr"))),
            trajectory: rows(&case["trajectory"]),
        }
    });
    cases.collect()
}

/// Walks the case and gives the largest error of any parameter at any step, relative to that parameter's largest
/// value on the way.
fn largest_error<T: Scalar + Into<f64>>(case: &Case, gradients: &[Vec<f64>], chain: Chain<T>) -> f64 {
    let count = case.initial.len();
    let mut parameters: Vec<T> = case.initial.iter().copied().map(T::of).collect();
    let mut driver = Driver::new(chain, vec![Variable::bias(0, count)], Engine::in_use());
    let scales: Vec<f64> = (0..count)
        .map(|index| case.trajectory.iter().fold(case.initial[index].abs(), |most, row| most.max(row[index].abs())))
        .collect();
    let mut lr = case.spec.lr;
    let mut largest = 0.0_f64;
    for (step, expected) in case.trajectory.iter().enumerate() {
        if case.lr_change.is_some_and(|(at, _)| at == step + 1) {
            lr = case.lr_change.map_or(lr, |(_, lr)| lr);
        }
        driver.step(lr, &mut parameters, |_| gradients[step].iter().copied().map(T::of).collect());
        for index in 0..count {
            let error = (parameters[index].into() - expected[index]).abs() / scales[index].max(1e-30);
            largest = largest.max(error);
        }
    }
    largest
}

#[test]
fn every_optimizer_walks_as_in_keras_and_pytorch() {
    let fixture = fixture();
    let gradients = rows(&fixture["gradients"]);
    let cases = cases(&fixture);
    let mut failures = Vec::new();
    for case in &cases {
        let (error, tolerance) = match (case.precision.as_str(), case.spec.dialect) {
            ("f32", _) => (largest_error(case, &gradients, case.spec.chain_f32()), 1e-5),
            // Keras keeps its hyperparameters in single precision even for double-precision parameters.
            (_, Dialect::Keras) => (largest_error(case, &gradients, case.spec.chain_f64()), 1e-5),
            (_, _) => (largest_error(case, &gradients, case.spec.chain_f64()), 1e-9),
        };
        if error > tolerance || error.is_nan() {
            failures.push(format!("{} {}: {error:.1e} over {tolerance:.0e}", case.spec, case.precision));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    for definition in all().iter().take(FIRST_SIX) {
        for dialect in definition.dialects() {
            let of_kind = cases.iter().filter(|case| {
                case.spec.optimizer.name == definition.name
                    && case.spec.dialect == dialect
                    && case.trajectory.len() >= 50
            });
            assert!(of_kind.count() >= 6, "{} has too few recorded cases in {dialect}", definition.name);
        }
    }
}

/// Each setting, rate and weight decay that nobody gave (`fixtures/defaults.py`).
#[test]
fn the_defaults_are_the_libraries_own() {
    let fixture: Value = serde_json::from_str(include_str!("../fixtures/defaults.json")).expect("the fixture is JSON");
    let mut compared = 0;
    for definition in all() {
        for dialect in definition.dialects() {
            let library = &fixture[dialect.name()][definition.name];
            assert!(library.is_object(), "{} in {dialect} is not compared", definition.name);
            let spec = Spec::new(definition, dialect);
            let decay = spec.common.value("weight_decay");
            let own = definition.settings_in(dialect).map(|(setting, default)| (setting.key, default));
            for (key, value) in own.chain([("lr", spec.lr)]).chain(decay.map(|decay| ("weight_decay", decay))) {
                // Optax has no default rates, and SGD no momentum.
                let is_ours = match key {
                    "lr" => dialect == Dialect::Optax,
                    "momentum" => ["momentum", "nesterov"].contains(&definition.name),
                    _ => false,
                };
                if !is_ours {
                    // 1e-30 is read with an error in its last digit.
                    let differs = |theirs: f64| (theirs - value).abs() > 1e-12 * value.abs();
                    let theirs = library[key].as_f64();
                    assert!(
                        theirs.is_some_and(|theirs| !differs(theirs)),
                        "{key} of {} in {dialect}: {value}, not {theirs:?}",
                        definition.name
                    );
                    compared += 1;
                }
            }
            let decays = library["weight_decay"].as_f64().is_some_and(|decay| decay != 0.0);
            assert_eq!(decays, decay.is_some(), "weight decay of {} in {dialect}", definition.name);
        }
    }
    assert!(compared > 140, "{compared} defaults compared");
}

/// Whose root of E[g²] − E[g]² is none says so; what has another cause, or none, says nothing.
#[test]
fn a_centered_rmsprop_says_why_its_steps_are_no_numbers() {
    let dies = |text: &str| {
        let spec: Spec = text.parse().expect("valid");
        let gradient: Vec<f32> = (1..=50).map(|index| 0.003 * index as f32).collect();
        let (mut stepper, mut parameters) = (Stepper::new(&spec, vec![Variable::bias(0, 50)]), vec![0.0; 50]);
        for _ in 0..5000 {
            stepper.begin(spec.lr);
            stepper.apply(0..50, &mut parameters, Gradient::Dense(&gradient));
            if !stepper.finish(&mut parameters, |_, _| {}).update_norm.is_finite() {
                return (true, stepper.why_not_finite());
            }
        }
        (false, stepper.why_not_finite())
    };
    let (has_died, why) = dies("rmsprop:centered=true,dialect=torch,lr=1e-9");
    assert!(has_died && why.is_some_and(|why| why.contains("E[g²] − E[g]²")), "{why:?}");
    assert_eq!(dies("rmsprop:centered=true,lr=1e-9"), (false, None));
    assert_eq!(dies("rmsprop:dialect=torch"), (false, None));
    assert_eq!(dies("sgd:lr=3e38"), (true, None));
}

/// The textbook example of the two kinds of momentum: g = 1, momentum 0.9, lr 0.1, then 0.01.
#[test]
fn after_a_change_of_lr_keras_and_pytorch_part_ways() {
    for (dialect, expected) in [(Dialect::Keras, -0.200), (Dialect::Torch, -0.119)] {
        let spec: Spec = format!("momentum:dialect={dialect}").parse().expect("valid");
        let (mut driver, mut parameter) = (spec.driver_f64(1), [0.0]);
        for lr in [0.1, 0.01] {
            driver.step(lr, &mut parameter, |_| vec![1.0]);
        }
        let [parameter] = parameter;
        assert!((parameter - expected).abs() < 1e-12, "{dialect}: {parameter}");
    }
}

/// Each goes to the minimum of a bowl, (x − 3)² + 10·(y + 1)².
#[test]
fn every_optimizer_finds_the_bottom_of_a_bowl() {
    for definition in all() {
        for dialect in definition.dialects() {
            let spec = Spec::new(definition, dialect);
            let (mut driver, mut position) = (spec.driver_f64(2), [0.0, 0.0]);
            let lr = match definition.name {
                "adagrad" | "adadelta" | "ftrl" => 1.0,
                // As long as their rate, their steps go to and fro about the bottom.
                "lion" | "signsgd" | "signum" => 0.005,
                // A factor of what it finds out itself.
                "prodigy" | "lars" => 1.0,
                _ => 0.01,
            };
            for _ in 0..3000 {
                driver.step(lr, &mut position, |at| vec![2.0 * (at[0] - 3.0), 20.0 * (at[1] + 1.0)]);
            }
            let distance = (position[0] - 3.0).hypot(position[1] + 1.0);
            let most = match definition.name {
                // AdEMAMix's slow mean still holds what it saw on the way down; a share of ‖θ‖ long, the steps of the
                // others go to and fro.
                "ademamix" | "lamb" | "lars" => 0.1,
                _ => 0.02,
            };
            assert!(distance < most, "{} in {dialect} stopped at {position:?}", definition.name);
        }
    }
}

/// One step from 37 ones in two variables: the first 20 have no gradient, the others have `gradient`.
fn one_step(spec: &str, gradient: f32) -> (Vec<f32>, StepMeasures) {
    let (count, rest) = (37, 20);
    let spec: Spec = spec.parse().expect("a valid spec");
    let mut stepper = Stepper::new(&spec, vec![Variable::kernel(0, 6, 5), Variable::bias(30, 7)]);
    let mut parameters = vec![1.0; count];
    stepper.begin(spec.lr);
    stepper.apply(0..rest, &mut parameters[..rest], Gradient::Zero);
    for place in [rest..30, 30..count] {
        stepper.apply(place.clone(), &mut parameters[place.clone()], Gradient::Dense(&vec![gradient; place.len()]));
    }
    let measures = stepper.finish(&mut parameters, |_, _| {});
    (parameters, measures)
}

#[test]
fn weight_decay_reaches_parameters_without_gradient_too() {
    for name in ["sgd", "momentum", "adagrad", "adam"] {
        let (parameters, _) = one_step(&format!("{name}:lr=0.5,weight_decay=0.1"), 0.0);
        assert!(parameters.iter().all(|parameter| (parameter - 0.95).abs() < 1e-6), "{name}: {parameters:?}");
        let (parameters, _) = one_step(&format!("{name}:lr=0.5,clip_value=0.1"), 0.0);
        assert_eq!(parameters, [1.0; 37], "{name} rests");
    }
}

#[test]
fn clipping_bounds_the_update_and_leaves_the_measured_gradient() {
    let measured = |measures: &StepMeasures| (measures.grad_norm - 17_f64.sqrt() * 4.0).abs() < 1e-6;
    let (parameters, measures) = one_step("sgd:lr=1,clip_value=0.5", -4.0);
    assert!(parameters[..20].iter().all(|p| *p == 1.0) && parameters[20..].iter().all(|p| *p == 1.5));
    assert!(measured(&measures));
    // Ten elements of the first variable and seven of the second have a gradient.
    let (parameters, measures) = one_step("sgd:lr=1,clip_norm=2", 4.0);
    for (count, place) in [(10.0_f32, 20..30), (7.0, 30..37)] {
        let expected = 1.0 - 2.0 / count.sqrt();
        assert!(parameters[place].iter().all(|parameter| (parameter - expected).abs() < 1e-6), "{parameters:?}");
    }
    assert!(measured(&measures) && (measures.update_norm - 8_f64.sqrt()).abs() < 1e-5);
}

#[test]
fn clipping_hides_no_number_that_is_none() {
    for spec in ["sgd:clip_value=1", "sgd:clip_norm=1", "adam:clip_value=1,weight_decay=0.1"] {
        let (_, measures) = one_step(spec, f32::NAN);
        assert!(measures.grad_norm.is_nan() && measures.update_norm.is_nan(), "{spec}");
    }
}
