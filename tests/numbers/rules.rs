//! Optimizers of every kind fit behind one [`Rule`]: one of matrices, one that is evaluated elsewhere, one with a
//! second gradient, one with a sum over the whole network; none of them is this program's own. They go through the
//! stepper and through a race, and are compared with the same computed plainly.

#![allow(clippy::expect_used)]

use aligned_vec::AVec;
use optirace::gradient::{Gradient, Outer, Variable, VariableKind};
use optirace::nn::{Activation, Architecture, Network, WholeGradient};
use optirace::optim::chain::Chain;
use optirace::optim::definition::{Definition, Form, Memory, OptimizerKind};
use optirace::optim::driver::Driver;
use optirace::optim::elementwise::{Elementwise, UpdateRule};
use optirace::optim::kernel::Scalar;
use optirace::optim::rule::{GradientTransform, Received, Rule, Slot, StepContext, UpdateTransform, WholeStep};
use optirace::optim::setting::SettingValues;
use optirace::optim::simd_float::SimdFloat;
use optirace::optim::{Dialect, Spec, Stepper};
use optirace::race::history::RunHistory;
use optirace::race::worker::ApplyUpdate;
use optirace::simd::Engine;

use crate::race_support::{CLASSES, data, run_race, samples, settings};

type Build<T> = fn(&SettingValues) -> Box<dyn Rule<T>>;

const fn definition(name: &'static str, build_f32: Build<f32>, build_f64: Build<f64>) -> Definition {
    Definition {
        name,
        title: name,
        idea: "",
        kind: OptimizerKind::Elementwise,
        forms: &[Form { dialect: Dialect::Keras, library: "", lr: 0.1, weight_decay: None, formula: &[] }],
        settings: &[],
        differences: "",
        caution: "",
        paper: "",
        memory: Memory::Unknown,
        build_f32,
        build_f64,
    }
}

fn spec(definition: &'static Definition) -> Spec {
    Spec::new(definition, Dialect::Keras)
}

/// The steps of one run of a race by this optimizer, `clip_norm` or not.
fn raced(spec: Spec) -> RunHistory {
    let settings = optirace::race::settings::Settings { specs: vec![spec], ..settings(&[], 2, 1) };
    run_race(&settings, &data(160)).runs.remove(0)
}

/// A step over one minibatch from the first weights: these, those after the step, and the step's measures.
fn stepped(spec: &Spec) -> (Network, Vec<f32>, Vec<f32>, optirace::optim::StepMeasures) {
    let architecture =
        Architecture { height: 6, width: 6, hidden: vec![5], activation: Activation::Tanh, classes: CLASSES };
    let mut network = Network::new(architecture);
    let mut parameters = network.initial_parameters(1);
    let before = parameters.to_vec();
    let mut stepper = Stepper::new(spec, network.layout().variables());
    let (pixels, labels) = minibatch();
    stepper.begin(spec.lr);
    network.forward_backward(&mut parameters, &pixels, &labels, &mut ApplyUpdate(&mut stepper));
    let measures = stepper.finish(&mut parameters, |stepper, parameters| {
        network.forward_backward(parameters, &pixels, &labels, &mut ApplyUpdate(stepper));
    });
    (network, before, parameters.to_vec(), measures)
}

fn minibatch() -> (Vec<u8>, Vec<u8>) {
    let samples = samples(12, 5);
    let pixels = (0..12).flat_map(|sample| samples.image(sample).to_vec()).collect();
    (pixels, (0..12).map(|sample| samples.label(sample)).collect())
}

fn gradient(network: &mut Network, at: &[f32]) -> Vec<f32> {
    let (pixels, labels) = minibatch();
    let mut whole = WholeGradient::new(at.len());
    network.forward_backward(&mut at.to_vec(), &pixels, &labels, &mut whole);
    whole.0
}

fn norm(vector: &[f32]) -> f64 {
    vector.iter().map(|element| f64::from(*element).powi(2)).sum::<f64>().sqrt()
}

// ---- of matrices: the orthogonal matrix nearest to a kernel's gradient; plain descent for biases

static ORTHOGONAL: Definition = definition("orthogonal", |_| Box::new(Orthogonal), |_| Box::new(Orthogonal));

struct Orthogonal;

impl<T: Scalar> Rule<T> for Orthogonal {
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        match variable.kind {
            // Not a number for each parameter: its square of rows.
            VariableKind::Kernel => vec![Slot { length: variable.rows * variable.rows, initial: T::zero() }],
            VariableKind::Bias => Vec::new(),
        }
    }

    fn update(&self, step: &mut WholeStep<'_, T>) {
        let lr = T::of(step.at.lr);
        for variable in &mut step.variables {
            let (rows, columns) = (variable.variable.rows, variable.variable.columns);
            let mut direction = variable.gradient.to_vec();
            if let [products] = &mut *variable.state {
                let scale = T::of(1.0 / variable.gradient_norm);
                direction.iter_mut().for_each(|element| *element = *element * scale);
                // Newton and Schulz: X ← 1.5·X − 0.5·X·Xᵀ·X.
                for _ in 0..60 {
                    for (index, product) in products.iter_mut().enumerate() {
                        let (a, b) = (index / rows * columns, index % rows * columns);
                        *product = (0..columns).fold(T::zero(), |sum, k| sum + direction[a + k] * direction[b + k]);
                    }
                    let last = direction.clone();
                    for (index, element) in direction.iter_mut().enumerate() {
                        let (row, column) = (index / columns, index % columns);
                        let cube = (0..rows)
                            .fold(T::zero(), |sum, k| sum + products[row * rows + k] * last[k * columns + column]);
                        *element = T::of(1.5) * last[index] - T::of(0.5) * cube;
                    }
                }
            }
            variable.update.iter_mut().zip(direction).for_each(|(update, element)| *update = -(element * lr));
        }
    }
}

#[test]
fn a_rule_of_matrices_has_their_shapes() {
    let (mut network, before, after, _) = stepped(&spec(&ORTHOGONAL));
    let gradient = gradient(&mut network, &before);
    for variable in network.layout().variables() {
        let update: Vec<f64> = variable.place.clone().map(|index| f64::from(after[index] - before[index])).collect();
        if variable.kind == VariableKind::Bias {
            let wrong = variable
                .place
                .clone()
                .zip(update)
                .find(|(at, step)| (step + 0.1 * f64::from(gradient[*at])).abs() > 1e-6);
            assert_eq!(wrong, None);
            continue;
        }
        // UᵀU = lr² for a tall one, UUᵀ = lr² for a wide one: all directions are equally long.
        let (rows, columns) = (variable.rows, variable.columns);
        let at = |row: usize, column: usize| update[row * columns + column];
        let size = rows.min(columns);
        for a in 0..size {
            for b in 0..size {
                let product: f64 = match rows > columns {
                    true => (0..rows).map(|row| at(row, a) * at(row, b)).sum(),
                    false => (0..columns).map(|column| at(a, column) * at(b, column)).sum(),
                };
                let expected = if a == b { 0.01 } else { 0.0 };
                assert!((product - expected).abs() < 1e-4, "{rows} × {columns}, {a} and {b}: {product}");
            }
        }
    }
    let run = raced(spec(&ORTHOGONAL));
    assert_eq!(run.steps.len(), 20);
    assert!(run.steps.last().expect("steps").loss < run.steps[0].loss);
}

// ---- evaluated elsewhere: Schedule-Free SGD (Defazio et al. 2024, arXiv:2405.15682), and one evaluated at 0

#[derive(Clone, Copy)]
struct ScheduleFree<T> {
    beta: T,
}

impl<T: Scalar> UpdateRule<T, 1> for ScheduleFree<T> {
    /// lr, and the share of z in the next mean.
    type Shared = (T, T);

    fn kept(&self) -> Vec<f64> {
        vec![0.0]
    }

    fn shared(&self, at: StepContext, kept: &mut [f64]) -> (T, T) {
        let weight = at.lr * at.lr;
        kept[0] += weight;
        (T::of(at.lr), T::of(weight / kept[0]))
    }

    fn element<N: SimdFloat<T>>(&self, _: (T, T), gradient: N, state: [N; 1]) -> (N, [N; 1]) {
        (gradient, state)
    }

    /// The parameter is y = beta·x + (1 − beta)·z; the state is z − y, which is 0 at first.
    fn element_at<N: SimdFloat<T>>(&self, (lr, c): (T, T), y: N, gradient: N, [z]: [N; 1]) -> (N, [N; 1]) {
        let z = y + z;
        let x = (y + -(z * (T::one() - self.beta))) * (T::one() / self.beta);
        let z = z - gradient * lr;
        let x = x * (T::one() - c) + z * c;
        let next = x * self.beta + z * (T::one() - self.beta);
        (next - y, [z - next])
    }

    fn evaluated(&self, y: T, [z]: [T; 1]) -> Option<T> {
        let z = y + z;
        Some((y - z * (T::one() - self.beta)) * (T::one() / self.beta))
    }
}

fn schedule_free<T: Scalar>(_: &SettingValues) -> Box<dyn Rule<T>> {
    Elementwise::boxed(ScheduleFree { beta: T::of(0.9) }, [T::zero()])
}

static SCHEDULE_FREE: Definition = definition("schedule-free", schedule_free, schedule_free);

#[test]
fn an_elementwise_rule_may_keep_a_sum_and_be_evaluated_elsewhere() {
    // f(x) = (x₁ − 3)² + 10·(x₂ + 1)², by the paper's own recursion beside ours.
    let slope = |at: &[f64]| vec![2.0 * (at[0] - 3.0), 20.0 * (at[1] + 1.0)];
    let variables = vec![Variable::bias(0, 2)];
    let mut driver = Driver::new(spec(&SCHEDULE_FREE).chain_f64(), variables, Engine::in_use());
    let mut parameters = [0.0, 0.0];
    let (mut x, mut z, mut weights) = ([0.0, 0.0], [0.0, 0.0], 0.0);
    for step in 0..200 {
        let lr = if step < 10 { 0.005 * f64::from(step + 1) } else { 0.05 };
        let y: Vec<f64> = (0..2).map(|i| 0.9 * x[i] + 0.1 * z[i]).collect();
        assert!((0..2).all(|i| (y[i] - parameters[i]).abs() < 1e-9), "step {step}: {y:?} {parameters:?}");
        weights += lr * lr;
        for (i, slope) in slope(&y).into_iter().enumerate() {
            z[i] -= lr * slope;
            x[i] += lr * lr / weights * (z[i] - x[i]);
        }
        driver.step(lr, &mut parameters, slope);
        let evaluated = driver.evaluated(&parameters).expect("a point of its own");
        assert!((0..2).all(|i| (x[i] - evaluated[i]).abs() < 1e-9), "step {step}: {x:?} {evaluated:?}");
    }
    let run = raced(spec(&SCHEDULE_FREE));
    assert!(run.epochs[2].val.loss < run.epochs[0].val.loss);
}

#[derive(Clone, Copy)]
struct EvaluatedAtZero;

impl<T: Scalar> UpdateRule<T, 0> for EvaluatedAtZero {
    type Shared = T;

    fn shared(&self, at: StepContext, _: &mut [f64]) -> T {
        T::of(at.lr)
    }

    fn element<N: SimdFloat<T>>(&self, lr: T, gradient: N, state: [N; 0]) -> (N, [N; 0]) {
        (-(gradient * lr), state)
    }

    fn evaluated(&self, _: T, _: [T; 0]) -> Option<T> {
        Some(T::zero())
    }
}

static AT_ZERO: Definition =
    definition("at zero", |_| Elementwise::boxed(EvaluatedAtZero, []), |_| Elementwise::boxed(EvaluatedAtZero, []));

#[test]
fn a_race_validates_and_tests_where_the_optimizer_says() {
    let (run, sgd) = (raced(spec(&AT_ZERO)), raced("sgd:lr=0.1".parse().expect("valid")));
    let uniform = (CLASSES as f32).ln();
    assert!(run.epochs.iter().all(|epoch| (epoch.val.loss - uniform).abs() < 1e-6));
    assert!((run.test.expect("a test").loss - uniform).abs() < 1e-6);
    assert!((sgd.epochs[2].val.loss - uniform).abs() > 1e-3);
    let losses = |run: &RunHistory| run.steps.iter().map(|step| step.loss.to_bits()).collect::<Vec<_>>();
    assert_eq!(losses(&run), losses(&sgd), "it trains where it stands");
}

// ---- a second gradient: sharpness-aware minimisation (Foret et al. 2021, arXiv:2010.01412), as rule and as transform

const RHO: f64 = 0.05;

struct SharpnessAware {
    rho: f64,
}

impl<T: Scalar> GradientTransform<T> for SharpnessAware {
    fn transform(&self, count: u32, step: &mut WholeStep<'_, T>) -> Received {
        if count > 1 {
            return Received::Complete;
        }
        let squares = step.variables.iter().map(|variable| T::norm_and_square(variable.gradient).1);
        let scale = T::of(self.rho / (squares.sum::<f64>().sqrt() + 1e-12));
        for variable in &mut step.variables {
            for (offset, &element) in variable.update.iter_mut().zip(&*variable.gradient) {
                *offset = element * scale;
            }
        }
        Received::WantsAnother
    }
}

struct SharpDescent(SharpnessAware);

impl<T: Scalar> Rule<T> for SharpDescent {
    fn slots(&self, _: &Variable) -> Vec<Slot<T>> {
        Vec::new()
    }

    fn receive(&self, count: u32, step: &mut WholeStep<'_, T>) -> Received {
        self.0.transform(count, step)
    }

    fn update(&self, step: &mut WholeStep<'_, T>) {
        let lr = T::of(step.at.lr);
        for variable in &mut step.variables {
            let pairs = variable.update.iter_mut().zip(&*variable.gradient);
            pairs.for_each(|(update, &element)| *update = -(element * lr));
        }
    }
}

fn sharp<T: Scalar>(rho: f64) -> Box<dyn Rule<T>> {
    Box::new(SharpDescent(SharpnessAware { rho }))
}

static SHARP: Definition = definition("sharp", |_| sharp(RHO), |_| sharp(RHO));
static NOT_SHARP: Definition = definition("not sharp", |_| sharp(0.0), |_| sharp(0.0));

#[test]
fn a_rule_may_want_a_second_gradient_of_the_same_minibatch() {
    let (mut network, before, after, measures) = stepped(&spec(&SHARP));
    let first = gradient(&mut network, &before);
    let scale = RHO / norm(&first);
    let point: Vec<f32> = before.iter().zip(&first).map(|(here, g)| here + (f64::from(*g) * scale) as f32).collect();
    let second = gradient(&mut network, &point);
    for index in 0..before.len() {
        let expected = before[index] - 0.1 * second[index];
        assert!((after[index] - expected).abs() < 1e-7, "{index}: {} and not {expected}", after[index]);
    }
    // What is said of the step's gradient is said of the one where the parameters stood.
    assert!((measures.grad_norm - norm(&first)).abs() < 1e-6 * measures.grad_norm);
}

#[test]
fn a_race_gives_a_rule_its_second_gradient() {
    let [sharp, still, sgd] =
        [spec(&SHARP), spec(&NOT_SHARP), "sgd:lr=0.1,clip_norm=1e9".parse().expect("valid")].map(raced);
    let numbers = |run: &RunHistory| crate::race_support::bits(run);
    assert_eq!(numbers(&still), numbers(&sgd), "without a distance it is SGD, bit for bit");
    let (ours, theirs) = (&sharp.steps, &sgd.steps);
    assert_eq!((ours[0].loss, ours[0].grad_norm), (theirs[0].loss, theirs[0].grad_norm));
    assert_ne!(ours[0].update_norm, theirs[0].update_norm);
    assert_ne!(ours[1].loss, theirs[1].loss);
}

/// Averages the parameters over all steps, and has the network evaluated at their mean.
struct Mean;

impl<T: Scalar> UpdateTransform<T> for Mean {
    fn slots(&self, variable: &Variable) -> Vec<Slot<T>> {
        vec![Slot::of(variable, T::zero())]
    }

    fn transform(&self, step: &mut WholeStep<'_, T>) {
        let share = T::of(1.0 / step.at.t as f64);
        for variable in &mut step.variables {
            let ends = variable.parameters.iter().zip(&*variable.update);
            for (mean, (&parameter, &update)) in variable.state[0].iter_mut().zip(ends) {
                *mean = *mean + (parameter + update - *mean) * share;
            }
        }
    }

    fn evaluated(&self, _: &Variable, _: &[T], state: &[AVec<T>]) -> Option<Vec<T>> {
        Some(state[0].to_vec())
    }
}

#[test]
fn transforms_go_around_any_rule_in_their_order() {
    // Clip to 1, sharpness with the clipped gradient, momentum, decay, mean: by hand beside it.
    let spec: Spec = "momentum:lr=0.1,clip_norm=1,weight_decay=0.5".parse().expect("valid");
    let mut chain: Chain<f64> = spec.chain_f64();
    chain.before.push(Box::new(SharpnessAware { rho: 0.2 }));
    chain.after.push(Box::new(Mean));
    let mut driver = Driver::new(chain, vec![Variable::bias(0, 1)], Engine::in_use());
    let slope = |x: f64| 4.0 * (x - 1.0).powi(3);
    let clip = |g: f64| g.clamp(-1.0, 1.0);
    let (mut x, mut velocity, mut sum, mut parameters) = (3.0, 0.0, 0.0, [3.0]);
    for step in 1..=30 {
        let there = x + 0.2 * clip(slope(x)).signum();
        velocity = 0.9 * velocity - 0.1 * clip(slope(there));
        x += velocity - 0.05 * x;
        sum += x;
        driver.step(0.1, &mut parameters, |at| vec![slope(at[0])]);
        assert!((parameters[0] - x).abs() < 1e-6, "step {step}: {} and not {x}", parameters[0]);
        let mean = driver.evaluated(&parameters).expect("a mean")[0];
        assert!((mean - sum / f64::from(step)).abs() < 1e-6, "step {step}: {mean}");
    }
}

// ---- a sum over the whole network: steps of equal length, and a number kept of all steps

struct EqualSteps;

impl<T: Scalar> Rule<T> for EqualSteps {
    fn slots(&self, _: &Variable) -> Vec<Slot<T>> {
        Vec::new()
    }

    fn kept(&self) -> Vec<f64> {
        vec![0.0]
    }

    fn update(&self, step: &mut WholeStep<'_, T>) {
        let squares = step.variables.iter().map(|variable| T::norm_and_square(variable.gradient).1);
        let norm = squares.sum::<f64>().sqrt();
        // Never longer than the mean gradient so far.
        step.kept[0] += norm;
        let scale = T::of(step.at.lr / norm.max(step.kept[0] / step.at.t as f64));
        for variable in &mut step.variables {
            let pairs = variable.update.iter_mut().zip(&*variable.gradient);
            pairs.for_each(|(update, &element)| *update = -(element * scale));
        }
    }
}

static EQUAL_STEPS: Definition = definition("equal steps", |_| Box::new(EqualSteps), |_| Box::new(EqualSteps));

#[test]
fn a_rule_may_sum_over_the_whole_network_and_keep_the_sum() {
    let run = raced(spec(&EQUAL_STEPS));
    let mut sum = 0.0;
    for step in &run.steps {
        let norm = f64::from(step.grad_norm);
        sum += norm;
        let expected = 0.1 * norm / norm.max(sum / f64::from(step.step));
        assert!((f64::from(step.update_norm) - expected).abs() < 1e-5, "step {}: {}", step.step, step.update_norm);
    }
}

// ---- all of them

/// A gradient that is different in each step, with an outer product and one that is 0 in places, handed to a stepper.
pub fn hand(stepper: &mut Stepper, parameters: &mut [f32], step: usize) {
    let factor = |index: usize| ((index * 7 + step * step * 3) % 13) as f32 / 13.0 - 0.4;
    let (rows, columns): (Vec<f32>, Vec<f32>) = ((0..7).map(factor).collect(), (3..8).map(factor).collect());
    let outer = Gradient::Outer(Outer { rows: &rows, columns: &columns });
    let mut elements = vec![0.0; 35];
    outer.write(0, &mut elements);
    match step % 4 {
        1 => {
            let (place, rest) = (0..20, 20..35);
            stepper.apply(place.clone(), &mut parameters[place.clone()], Gradient::Dense(&elements[place]));
            stepper.apply(rest.clone(), &mut parameters[rest], Gradient::Zero);
        }
        2 => stepper.apply(0..35, &mut parameters[..35], Gradient::Dense(&elements)),
        _ => stepper.apply(0..35, &mut parameters[..35], outer),
    }
    let bias: Vec<f32> = (20..25).map(factor).collect();
    stepper.apply(35..40, &mut parameters[35..40], Gradient::Dense(&bias));
}

/// Optimizers that are none of this program's own, for what has to hold for any.
pub fn foreign() -> Vec<Spec> {
    [&ORTHOGONAL, &SCHEDULE_FREE, &SHARP, &EQUAL_STEPS].map(spec).to_vec()
}
