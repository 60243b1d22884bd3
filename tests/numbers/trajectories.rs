//! Optimizers walk as the library walks that defines them, over two functions and a network with matrices
//! (`fixtures/trajectories.py`): with several settings, a changed rate, and a schedule.

#![allow(clippy::expect_used)]

use optirace::gradient::Variable;
use optirace::optim::chain::Chain;
use optirace::optim::driver::Driver;
use optirace::optim::kernel::Scalar;
use optirace::optim::{Dialect, Spec, all};
use optirace::simd::Engine;
use optirace::surface::{self, Point};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    all_steps: u64,
    steps: Vec<u64>,
    starts: std::collections::HashMap<String, Vec<Vec<f64>>>,
    network: SmallNetwork,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct SmallNetwork {
    sizes: Vec<usize>,
    inputs: Vec<Vec<f64>>,
    labels: Vec<usize>,
    weights: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Case {
    spec: String,
    problem: String,
    precision: String,
    lr_change: Option<LrChange>,
    points: Vec<Vec<f64>>,
    /// Where the network is evaluated, if that is asked.
    evaluated: Option<Vec<Vec<f64>>>,
}

/// Optimizers that are evaluated elsewhere, or take their gradient elsewhere (`fixtures/elsewhere.py`).
#[derive(Deserialize)]
struct Elsewhere {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct LrChange {
    step: u64,
    lr: f64,
}

impl SmallNetwork {
    fn variables(&self) -> Vec<Variable> {
        let mut variables = Vec::new();
        let mut start = 0;
        for pair in self.sizes.windows(2) {
            variables.push(Variable::kernel(start, pair[0], pair[1]));
            start += pair[0] * pair[1];
            variables.push(Variable::bias(start, pair[1]));
            start += pair[1];
        }
        variables
    }

    /// The gradient of the mean cross-entropy: one hidden layer of tanh units.
    fn gradient(&self, at: &[f64]) -> Vec<f64> {
        let [inputs, units, classes] = [self.sizes[0], self.sizes[1], self.sizes[2]];
        let (kernel1, rest) = at.split_at(inputs * units);
        let (bias1, rest) = rest.split_at(units);
        let (kernel2, bias2) = rest.split_at(units * classes);
        let mut gradient = vec![0.0; at.len()];
        for (input, &label) in self.inputs.iter().zip(&self.labels) {
            let hidden: Vec<f64> = (0..units)
                .map(|unit| {
                    let sum: f64 = (0..inputs).map(|index| input[index] * kernel1[index * units + unit]).sum();
                    (sum + bias1[unit]).tanh()
                })
                .collect();
            let logits: Vec<f64> = (0..classes)
                .map(|class| {
                    let sum: f64 = (0..units).map(|unit| hidden[unit] * kernel2[unit * classes + class]).sum();
                    sum + bias2[class]
                })
                .collect();
            let total: f64 = logits.iter().map(|logit| logit.exp()).sum();
            let out: Vec<f64> = (0..classes)
                .map(|class| {
                    let hit = if class == label { 1.0 } else { 0.0 };
                    (logits[class].exp() / total - hit) / self.labels.len() as f64
                })
                .collect();
            let second = (inputs + 1) * units;
            for unit in 0..units {
                let back: f64 = (0..classes).map(|class| out[class] * kernel2[unit * classes + class]).sum();
                let back = back * (1.0 - hidden[unit] * hidden[unit]);
                (0..inputs).for_each(|index| gradient[index * units + unit] += input[index] * back);
                gradient[inputs * units + unit] += back;
                (0..classes).for_each(|class| gradient[second + unit * classes + class] += hidden[unit] * out[class]);
            }
            (0..classes).for_each(|class| gradient[second + units * classes + class] += out[class]);
        }
        gradient
    }
}

/// The largest difference of any parameter from the library's, relative to the largest it takes there.
fn largest_error<T: Scalar + Into<f64>>(fixture: &Fixture, case: &Case, spec: &Spec, chain: Chain<T>) -> f64 {
    let is_network = case.problem == "network";
    let start = if is_network { &fixture.network.weights } else { &fixture.starts[&case.problem] };
    let start: Vec<f64> = start.concat();
    let variables = if is_network { fixture.network.variables() } else { vec![Variable::bias(0, start.len())] };
    let gradient = |at: &[T]| -> Vec<T> {
        let at: Vec<f64> = at.iter().map(|&parameter| parameter.into()).collect();
        let gradient = if is_network {
            fixture.network.gradient(&at)
        } else {
            let surface = surface::find(&case.problem).expect("a known surface");
            let gradient = (surface.gradient)(Point::new(at[0], at[1]));
            vec![gradient.x, gradient.y]
        };
        gradient.into_iter().map(T::of).collect()
    };
    let mut parameters: Vec<T> = start.iter().copied().map(T::of).collect();
    let mut driver = Driver::new(chain, variables, Engine::in_use());
    let curve = spec.lr_curve(fixture.all_steps);
    let mut points = fixture.steps.iter().zip(0..case.points.len()).peekable();
    let mut largest = 0.0_f64;
    let mut compare = |ours: &[T], expected: &[Vec<f64>], point: usize| {
        for index in 0..start.len() {
            let reach = expected.iter().fold(start[index].abs(), |most, point| most.max(point[index].abs()));
            let error = (ours[index].into() - expected[point][index]).abs() / reach.max(1e-30);
            largest = if error.is_nan() { f64::INFINITY } else { largest.max(error) };
        }
    };
    for step in 1..=fixture.all_steps {
        let changed = case.lr_change.as_ref().filter(|change| change.step <= step);
        driver.step(changed.map_or(curve.rate(step - 1), |change| change.lr), &mut parameters, gradient);
        if let Some((_, point)) = points.next_if(|(at, _)| **at == step) {
            compare(&parameters, &case.points, point);
            if let Some(evaluated) = &case.evaluated {
                compare(driver.evaluated(&parameters).as_deref().unwrap_or(&parameters), evaluated, point);
            }
        }
    }
    largest
}

#[test]
fn every_optimizer_walks_as_in_the_library_that_defines_it() {
    let fixture: Fixture =
        serde_json::from_str(include_str!("../fixtures/trajectories.json")).expect("the fixture is JSON");
    let elsewhere: Elsewhere =
        serde_json::from_str(include_str!("../fixtures/elsewhere.json")).expect("the fixture is JSON");
    let mut failures = Vec::new();
    let mut seen = Vec::new();
    for case in fixture.cases.iter().chain(&elsewhere.cases) {
        let spec: Spec = case.spec.parse().expect("a recorded spec is valid");
        let (error, tolerance) = match (case.precision.as_str(), spec.dialect) {
            ("float32", dialect) => {
                let tolerance = if dialect == Dialect::Keras { 5e-5 } else { 1e-5 };
                (largest_error(&fixture, case, &spec, spec.chain_f32()), tolerance)
            }
            // Keras keeps its bias corrections in single precision.
            (_, Dialect::Keras) => (largest_error(&fixture, case, &spec, spec.chain_f64()), 5e-5),
            _ => (largest_error(&fixture, case, &spec, spec.chain_f64()), 1e-8),
        };
        if error > tolerance {
            failures.push(format!("{} {} {}: {error:.1e}", case.spec, case.problem, case.precision));
        }
        seen.push((spec.optimizer.name, spec.dialect, case.problem.as_str()));
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), seen.len(), failures.join("\n"));
    // The first six have a fixture of their own.
    for definition in all().iter().skip(6) {
        for dialect in definition.dialects() {
            for problem in ["ravine", "rosenbrock", "network"] {
                let name = definition.name;
                assert!(seen.contains(&(name, dialect, problem)), "{name} in {dialect} on {problem}");
            }
        }
    }
}
