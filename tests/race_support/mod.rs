//! A small race, and somebody who watches it.

#![allow(dead_code, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use optirace::data::{Dataset, Samples, Split};
use optirace::nn::Activation;
use optirace::race::history::{History, RunHistory};
use optirace::race::measure::StepRecord;
use optirace::race::measure::{MEASURES, MeasuredValue, Unit};
use optirace::race::protocol::{Command, Target};
use optirace::race::scheduler::Pace;
use optirace::race::settings::{RaceSetup, Settings};
use optirace::race::{EventSource, Race, RaceData, follow};
use rand::{RngExt, SeedableRng};

pub const CLASSES: usize = 4;

/// Pictures of 6 × 6 pixels, brighter in the quarter that their class says, and noisy.
pub fn samples(count: usize, seed: u64) -> Samples {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut pixels = Vec::new();
    let mut labels = Vec::new();
    for index in 0..count {
        let class = index % CLASSES;
        labels.push(class as u8);
        for pixel in 0..36 {
            let bright = pixel / 9 == class;
            pixels.push(random.random_range(0..if bright { 255 } else { 120 }));
        }
    }
    Samples::new(pixels, labels, 6, 6).expect("consistent samples")
}

pub fn data(training_samples: usize) -> Arc<RaceData> {
    let train = samples(training_samples + 200, 1);
    let split = Split { val: (0..200).collect(), train: (200..(training_samples + 200) as u32).collect() };
    let class_names = (0..CLASSES).map(|class| class.to_string()).collect();
    let dataset = Dataset { name: "quarters".into(), class_names, train, test: samples(100, 2), files: Vec::new() };
    Arc::new(RaceData { dataset, split, split_seed: 0, val_fraction: 0.1 })
}

pub fn settings(specs: &[&str], epochs: u32, threads: usize) -> Settings {
    Settings {
        specs: specs.iter().map(|spec| spec.parse().expect("a valid spec")).collect(),
        epochs,
        batch_size: "16".parse().expect("a batch size"),
        hidden: vec![8],
        activation: Activation::Relu,
        seed: 7,
        threads: threads.try_into().expect("at least one thread"),
        lr_changes: Vec::new(),
    }
}

/// A race that is watched.
pub struct Watched {
    pub race: Race,
    pub history: History,
}

impl Watched {
    pub fn start(settings: &Settings, data: &Arc<RaceData>) -> Self {
        Self::start_at(settings, data, Pace::default())
    }

    pub fn start_at(settings: &Settings, data: &Arc<RaceData>, pace: Pace) -> Self {
        let setup = RaceSetup::new(settings.clone(), Arc::clone(data)).expect("a network");
        let race = Race::start_at(&setup, pace).expect("the race starts");
        Self { history: race.history(), race }
    }

    /// Takes in events until the history looks as wanted.
    pub fn until(&mut self, mut wanted: impl FnMut(&History) -> bool) {
        let mut last = Instant::now();
        follow(&self.race, &mut self.history, &mut wanted, &mut |happened, _| match happened {
            Some(_) => last = Instant::now(),
            None => assert!(last.elapsed() < Duration::from_secs(60), "the race goes on"),
        });
        assert!(wanted(&self.history), "the race came to its end before");
    }

    pub fn send(&self, target: Target, command: Command) {
        self.race.send(target, command);
    }

    pub fn finish(mut self) -> History {
        self.until(History::has_ended);
        self.history
    }

    pub fn steps(&self, run: usize) -> usize {
        self.history.runs[run].steps.len()
    }

    pub fn pause(&mut self) {
        self.send(Target::All, Command::Pause);
        self.until(History::is_still);
    }
}

pub fn run_race(settings: &Settings, data: &Arc<RaceData>) -> History {
    Watched::start(settings, data).finish()
}

pub fn assert_same(run: &RunHistory, other: &RunHistory, when: &str) {
    let (ours, theirs) = (bits(run), bits(other));
    let differs = ours.iter().zip(&theirs).position(|(a, b)| a != b);
    let (label, counts) = (&run.info.label, (ours.len(), theirs.len()));
    assert!(ours == theirs, "{label} differs {when}: steps {counts:?}, first at {differs:?}");
}

/// Everything that is measured of a run's steps and windows but the times, bit for bit.
pub fn bits(run: &RunHistory) -> Vec<Vec<Option<u64>>> {
    let measures = MEASURES.iter().filter(|measure| measure.unit != Unit::Seconds);
    let row = |step: &StepRecord| {
        let window = run.windows.iter().find(|window| window.step == step.step);
        let bits = |value| match value {
            MeasuredValue::Whole(whole) => whole,
            MeasuredValue::Seconds(seconds) => seconds.to_bits(),
            MeasuredValue::Number(number) | MeasuredValue::Maybe(number) => number.to_bits().into(),
        };
        measures.clone().map(|measure| measure.value(step, window).map(bits)).collect()
    };
    run.steps.iter().map(row).collect()
}
