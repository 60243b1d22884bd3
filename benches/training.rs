//! How long training takes: a step for each optimizer, minibatch and engine, an epoch, a validation.
//! `cargo bench --bench training [FILTER]`

#![allow(clippy::expect_used, missing_docs)]

mod plain;

use std::ops::Range;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use optirace::data::{Dataset, Order};
use optirace::gradient::Gradient;
use optirace::nn::{Activation, Architecture, GradientSink, Network, Parameters};
use optirace::optim::{Spec, Stepper, all};
use optirace::race::measure::EffectiveLrMeter;
use optirace::race::worker::ApplyUpdate;
use optirace::simd::{Engine, Instructions};

use plain::Plain;

const TRAINING_SAMPLES: usize = 48_000;
const VALIDATION_SAMPLES: usize = 12_000;

/// A run as a race has it, without what a race does around it.
struct Run {
    network: Network,
    parameters: Parameters,
    stepper: Stepper,
    lr: f64,
}

impl Run {
    fn new(spec: &Spec, engine: Engine) -> Self {
        let architecture =
            Architecture { height: 28, width: 28, hidden: vec![100], activation: Activation::Relu, classes: 10 };
        let network = Network::with_engine(architecture, engine);
        let parameters = network.initial_parameters(0);
        Self {
            stepper: Stepper::with_engine(spec, network.layout().variables(), engine),
            network,
            parameters,
            lr: spec.lr,
        }
    }

    fn step(&mut self, minibatch: &Minibatch) {
        self.stepper.begin(self.lr);
        self.network.forward_backward(
            &mut self.parameters,
            &minibatch.pixels,
            &minibatch.labels,
            &mut ApplyUpdate(&mut self.stepper),
        );
        self.stepper.finish(&mut self.parameters, |_, _| {});
    }
}

struct Minibatch {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

/// The training samples in the order of an epoch, as minibatches of this size.
fn minibatches(dataset: &Dataset, size: usize) -> Vec<Minibatch> {
    let order = Order::new(0, TRAINING_SAMPLES).epoch(1);
    let gather = |samples: &[u32]| Minibatch {
        pixels: samples.iter().flat_map(|&sample| dataset.train.image(sample as usize).iter().copied()).collect(),
        labels: samples.iter().map(|&sample| dataset.train.label(sample as usize)).collect(),
    };
    order.chunks_exact(size).map(gather).collect()
}

fn engine_name(engine: Engine) -> &'static str {
    match engine.instructions() {
        Instructions::General => "general",
        Instructions::Avx2 => "avx2",
        Instructions::Avx512 => "avx512",
    }
}

fn steps(criterion: &mut Criterion) {
    let dataset = Dataset::fashion_mnist().expect("the embedded data");
    for size in [1, 32, 512] {
        let minibatches = minibatches(&dataset, size);
        let mut group = criterion.benchmark_group(format!("step/batch {size}"));
        group.throughput(Throughput::Elements(size as u64));
        for definition in all() {
            for engine in Engine::available() {
                let spec = definition.name.parse().expect("a name is a spec");
                let mut run = Run::new(&spec, engine);
                let mut next = minibatches.iter().cycle();
                let id = BenchmarkId::new(definition.name, engine_name(engine));
                group.bench_function(id, |bencher| {
                    bencher.iter(|| run.step(next.next().expect("an endless cycle")));
                });
            }
        }
        for (name, is_adam) in [("sgd", false), ("adam", true)] {
            let start = Run::new(&name.parse().expect("a valid spec"), Engine::up_to(Instructions::General)).parameters;
            let mut plain = Plain::new(&start, is_adam);
            let mut next = minibatches.iter().cycle();
            group.bench_function(BenchmarkId::new(name, "plain ndarray"), |bencher| {
                bencher.iter(|| {
                    let Minibatch { pixels, labels } = next.next().expect("an endless cycle");
                    plain.step(pixels, labels)
                });
            });
        }
        group.finish();
    }
}

/// What it saves that gradients of single samples, and those that are 0, are not written down: a step with them as they
/// come, and with all of them written down first.
fn single_samples(criterion: &mut Criterion) {
    let dataset = Dataset::fashion_mnist().expect("the embedded data");
    for size in [1, 32] {
        let minibatches = minibatches(&dataset, size);
        let mut group = criterion.benchmark_group(format!("gradients not written down/batch {size}"));
        for definition in all() {
            for is_written in [false, true] {
                let mut run = Run::new(&definition.name.parse().expect("a name is a spec"), Engine::in_use());
                let mut elements = Vec::new();
                let mut next = minibatches.iter().cycle();
                let id = BenchmarkId::new(definition.name, if is_written { "written" } else { "as they come" });
                group.bench_function(id, |bencher| {
                    bencher.iter(|| {
                        let minibatch = next.next().expect("an endless cycle");
                        if !is_written {
                            return run.step(minibatch);
                        }
                        let Run { network, parameters, stepper, lr } = &mut run;
                        stepper.begin(*lr);
                        let mut sink = WrittenDown { stepper, elements: &mut elements };
                        network.forward_backward(parameters, &minibatch.pixels, &minibatch.labels, &mut sink);
                        stepper.finish(parameters, |_, _| {});
                    });
                });
            }
        }
        group.finish();
    }
}

/// Hands every gradient on as a number for each parameter.
struct WrittenDown<'a> {
    stepper: &'a mut Stepper,
    elements: &'a mut Vec<f32>,
}

impl GradientSink for WrittenDown<'_> {
    fn take(&mut self, place: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>) {
        match gradient {
            Gradient::Dense(_) => self.stepper.apply(place, parameters, gradient),
            _ => {
                self.elements.resize(place.len(), 0.0);
                gradient.write(0, self.elements);
                self.stepper.apply(place, parameters, Gradient::Dense(self.elements));
            }
        }
    }
}

fn epoch(criterion: &mut Criterion) {
    let dataset = Dataset::fashion_mnist().expect("the embedded data");
    let minibatches = minibatches(&dataset, 32);
    let mut group = criterion.benchmark_group("epoch/batch 32");
    group.sample_size(10);
    for name in ["sgd", "adam"] {
        let mut run = Run::new(&name.parse().expect("a valid spec"), Engine::in_use());
        group.bench_function(name, |bencher| {
            bencher.iter(|| minibatches.iter().for_each(|minibatch| run.step(minibatch)));
        });
    }
    group.finish();
}

fn validation(criterion: &mut Criterion) {
    let dataset = Dataset::fashion_mnist().expect("the embedded data");
    let minibatches = minibatches(&dataset, 500);
    let mut group = criterion.benchmark_group("validation");
    group.sample_size(20);
    for engine in Engine::available() {
        let mut run = Run::new(&"sgd".parse().expect("a valid spec"), engine);
        group.bench_function(engine_name(engine), |bencher| {
            bencher.iter(|| {
                for minibatch in &minibatches[..VALIDATION_SAMPLES / 500] {
                    run.network.evaluate(&run.parameters, &minibatch.pixels, &minibatch.labels);
                }
            });
        });
    }
    group.finish();
}

/// What the effective learning rates of a step add to it, once in 50 steps.
fn effective_lr(criterion: &mut Criterion) {
    let dataset = Dataset::fashion_mnist().expect("the embedded data");
    let mut group = criterion.benchmark_group("effective learning rates");
    for size in [1, 32] {
        let minibatch = &minibatches(&dataset, size)[0];
        let mut run = Run::new(&"adam".parse().expect("a valid spec"), Engine::in_use());
        run.step(minibatch);
        let mut gradient = Pieces(Vec::new());
        run.network.forward_backward(&mut run.parameters, &minibatch.pixels, &minibatch.labels, &mut gradient);
        let layers = run.network.layout().layers.iter().map(|layer| layer.weights().start..layer.biases().end);
        let mut meter = EffectiveLrMeter::new(layers);
        group.bench_function(BenchmarkId::new("batch", size), |bencher| {
            bencher.iter(|| {
                meter.begin();
                for (place, gradient) in &gradient.0 {
                    let gradient = if gradient.is_empty() { Gradient::Zero } else { Gradient::Dense(gradient) };
                    meter.take(place, gradient);
                }
                meter.end(run.stepper.last_update())
            });
        });
    }
    group.finish();
}

/// The pieces of a gradient, those without one empty.
struct Pieces(Vec<(Range<usize>, Vec<f32>)>);

impl GradientSink for Pieces {
    fn take(&mut self, place: Range<usize>, _: &mut [f32], gradient: Gradient<'_>) {
        let mut elements = Vec::new();
        if !matches!(gradient, Gradient::Zero) {
            elements.resize(place.len(), 0.0);
            gradient.write(0, &mut elements);
        }
        self.0.push((place, elements));
    }
}

criterion_group!(benches, steps, single_samples, epoch, validation, effective_lr);
criterion_main!(benches);
