//! A step takes as long whatever its numbers are: none of them becomes denormal, with which processors are slow.
//! Run with `cargo test --release --test numbers numeric_time -- --ignored --nocapture`.
#![allow(clippy::expect_used)]

use std::ops::Range;
use std::time::Duration;

use optirace::data::Dataset;
use optirace::gradient::Gradient;
use optirace::nn::{Activation, Architecture, GradientSink, Network, Parameters};
use optirace::optim::{Spec, Stepper};
use rustix::time::{ClockId, clock_gettime};

/// Samples of a minibatch.
const BATCH: usize = 32;

/// Minibatches that are trained on in turn.
const MINIBATCHES: usize = 16;

/// A step may take this much longer than one of a run that has just begun.
const LIMIT: f64 = 1.1;

/// How a run came to where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// It has trained for a few steps.
    Fresh,
    /// All its ReLUs are dead, long enough for all moments to have decayed.
    Dead,
    /// Its gradients are so small that their squares are denormal.
    Tiny,
    /// It is so sure of itself that probabilities are denormal.
    Sure,
}

/// Scales each gradient on its way to the optimizer.
struct Scaled<'a> {
    stepper: &'a mut Stepper,
    scale: f32,
    scaled: &'a mut Vec<f32>,
}

impl GradientSink for Scaled<'_> {
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>) {
        let Gradient::Dense(elements) = gradient else { return self.stepper.apply(place, parameters, gradient) };
        self.scaled.clear();
        self.scaled.extend(elements.iter().map(|element| element * self.scale));
        self.stepper.apply(place, parameters, Gradient::Dense(self.scaled));
    }
}

struct Run {
    network: Network,
    parameters: Parameters,
    stepper: Stepper,
    lr: f64,
    scale: f32,
    scaled: Vec<f32>,
    times: Vec<Duration>,
}

impl Run {
    fn new(spec: &Spec, state: State, minibatches: &[(Vec<u8>, Vec<u8>)]) -> Self {
        let architecture =
            Architecture { height: 28, width: 28, hidden: vec![100], activation: Activation::Relu, classes: 10 };
        let network = Network::new(architecture);
        let parameters = network.initial_parameters(0);
        let stepper = Stepper::new(spec, network.layout().variables());
        let mut run =
            Self { stepper, network, parameters, lr: 1e-3, scale: 1.0, scaled: Vec::new(), times: Vec::new() };
        run.train(minibatches, 2);
        match state {
            State::Fresh => {}
            State::Dead => {
                let hidden = run.network.layout().layers[0].biases();
                run.parameters[hidden].fill(-1e6);
                // 0.9 to the power of 3,200 is 1e-146: no number can be that small.
                run.train(minibatches, 200);
            }
            State::Tiny => run.scale = 1e-19,
            State::Sure => {
                let output = run.network.layout().layers[1].weights();
                run.parameters[output].iter_mut().for_each(|weight| *weight *= 40.0);
                // It must stay so.
                run.lr = 1e-7;
            }
        }
        run
    }

    fn train(&mut self, minibatches: &[(Vec<u8>, Vec<u8>)], rounds: usize) {
        for (pixels, labels) in minibatches.iter().cycle().take(rounds * minibatches.len()) {
            self.stepper.begin(self.lr);
            let mut sink = Scaled { stepper: &mut self.stepper, scale: self.scale, scaled: &mut self.scaled };
            self.network.forward_backward(&mut self.parameters, pixels, labels, &mut sink);
            self.stepper.finish(&mut self.parameters, |_, _| {});
        }
    }

    /// Trains on every minibatch once, and notes the time.
    fn round(&mut self, minibatches: &[(Vec<u8>, Vec<u8>)]) {
        let began = cpu_time();
        self.train(minibatches, 1);
        self.times.push(cpu_time() - began);
    }

    /// Seconds that a step takes, in the median.
    fn median(&mut self) -> f64 {
        self.times.sort();
        self.times[self.times.len() / 2].as_secs_f64() / MINIBATCHES as f64
    }
}

fn cpu_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("time goes forward")
}

#[test]
#[ignore = "measures time; needs a release build and a quiet machine"]
fn a_step_takes_as_long_whatever_its_numbers_are() {
    let dataset = Dataset::fashion_mnist().expect("embedded data");
    let minibatch = |first: usize| {
        let samples = first * BATCH..(first + 1) * BATCH;
        let pixels = samples.clone().flat_map(|sample| dataset.train.image(sample).iter().copied());
        (pixels.collect(), samples.map(|sample| dataset.train.label(sample)).collect())
    };
    let minibatches: Vec<(Vec<u8>, Vec<u8>)> = (0..MINIBATCHES).map(minibatch).collect();
    let states = [State::Fresh, State::Dead, State::Tiny, State::Sure];
    let mut slow = Vec::new();
    for text in [
        "sgd",
        "sgd:weight_decay=0.01",
        "sgd:clip_norm=1",
        "momentum",
        "nesterov",
        "adagrad",
        "rmsprop:rho=0.9",
        "rmsprop:rho=0.9,centered=true,momentum=0.9",
        "adam:beta2=0.9",
        "adam:beta2=0.9,amsgrad=true",
        "adam:beta2=0.9,dialect=torch",
    ] {
        let spec: Spec = text.parse().expect("a spec");
        let mut runs = states.map(|state| Run::new(&spec, state, &minibatches));
        for _ in 0..60 {
            runs.iter_mut().for_each(|run| run.round(&minibatches));
        }
        let medians = runs.each_mut().map(Run::median);
        let shares = medians.map(|median| median / medians[0]);
        let [fresh, dead, tiny, sure] = shares;
        let micros = medians[0] * 1e6;
        println!("{text:46} {micros:6.1} µs  fresh {fresh:.2}  dead {dead:.2}  tiny {tiny:.2}  sure {sure:.2}");
        let over = shares.into_iter().zip(states).filter(|(share, _)| *share > LIMIT);
        slow.extend(over.map(|(share, state)| format!("{text} {state:?}: {share:.2}")));
    }
    assert!(slow.is_empty(), "slower than a fresh step: {slow:#?}");
}
