//! Which races the lesson runs.

use std::num::NonZeroUsize;

use crate::nn::Activation;
use crate::optim::{BatchSize, Spec, SpecError};
use crate::race::settings::Settings;

/// The optimizers of the lesson.
const OPTIMIZERS: [&str; 6] = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"];

/// What races beside them: SGD as the lesson has it, and with a learning rate that is lowered over the race.
const ONE_SAMPLE: [&str; 2] = ["sgd:batch=1,label=SGD batch 1", "sgd:batch=1,schedule=cosine,label=SGD batch 1 cosine"];

/// Learning rates that are tried with each optimizer.
const RATES: [f64; 13] = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0];

/// How much is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonPlan {
    /// On how many seeds, from 0.
    pub seeds: u64,
    /// Training samples that suit it, from the first; all where `None`.
    pub samples: Option<NonZeroUsize>,
    /// Epochs of the race of all optimizers.
    pub epochs: u32,
    /// Epochs of the races of learning rates.
    pub sweep_epochs: u32,
}

/// A race of the lesson.
pub(super) struct PlannedRace {
    /// What its folder is called, unlike any other on the same seed.
    pub(super) name: String,
    pub(super) settings: Settings,
}

impl LessonPlan {
    /// All that the lesson runs: some minutes on two cores.
    pub const FULL: Self = Self { seeds: 5, samples: None, epochs: 5, sweep_epochs: 2 };

    /// Less, for a first look: half a minute.
    pub const QUICK: Self = Self { seeds: 3, samples: NonZeroUsize::new(8000), epochs: 3, sweep_epochs: 1 };

    /// The races on one seed.
    ///
    /// # Errors
    /// None, as long as the specs above are valid.
    pub(super) fn races(&self, seed: u64, threads: NonZeroUsize) -> Result<Vec<PlannedRace>, SpecError> {
        let settings = |specs: Vec<Spec>, epochs| Settings {
            specs,
            epochs,
            batch_size: BatchSize::Samples(const { NonZeroUsize::new(32).unwrap() }),
            hidden: vec![100],
            activation: Activation::Relu,
            seed,
            threads,
            lr_changes: Vec::new(),
        };
        let all = OPTIMIZERS.iter().chain(&ONE_SAMPLE).map(|text| text.parse()).collect::<Result<Vec<Spec>, _>>()?;
        let mut races = vec![PlannedRace { name: "race".to_owned(), settings: settings(all, self.epochs) }];
        for name in OPTIMIZERS {
            let spec: Spec = name.parse()?;
            let at = |&lr: &f64| {
                let mut spec = spec.clone();
                spec.lr = lr;
                spec
            };
            let specs = RATES.iter().map(at).collect();
            races.push(PlannedRace { name: format!("rates-{name}"), settings: settings(specs, self.sweep_epochs) });
        }
        Ok(races)
    }

    /// Epochs of all runs together, by which progress is shown.
    pub(super) fn all_epochs(&self) -> u64 {
        let race = (OPTIMIZERS.len() + ONE_SAMPLE.len()) as u64 * u64::from(self.epochs);
        let rates = (OPTIMIZERS.len() * RATES.len()) as u64 * u64::from(self.sweep_epochs);
        self.seeds * (race + rates)
    }
}
