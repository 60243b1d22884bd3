//! The options of a race, with and without a screen.

use std::num::NonZeroUsize;
use std::sync::Arc;

use clap::error::ErrorKind;
use clap::{Args, Command};

use super::data::DataOptions;
use super::preset::{self, Preset};
use super::values::{self, Hidden, Specs};
use crate::nn::Activation;
use crate::optim::BatchSize;
use crate::race::RaceData;
use crate::race::settings::Settings;
use crate::tui::app::Opening;

/// What races by default.
const DEFAULT_OPTIMIZERS: [&str; 6] = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"];

/// The options of a race.
#[derive(Debug, Args)]
#[command(next_help_heading = "Race options")]
pub(super) struct RaceOptions {
    /// An optimizer to race, NAME[:KEY=VALUE[,KEY=VALUE]…]; 'adam*' is all that begin so; repeat for more
    #[arg(short, long = "optimizer", value_name = "SPEC", default_values = DEFAULT_OPTIMIZERS)]
    optimizers: Vec<Specs>,
    /// Race the optimizers of a preset: zigzag, rates, schedules, textbook, adam-family, sign, no-lr or 2026
    #[arg(long, value_name = "NAME", conflicts_with = "optimizers", long_help = preset::help())]
    #[arg(hide_possible_values = true)]
    preset: Option<Preset>,
    /// Passes over the training samples, 1 to 1,000,000
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = values::epochs, allow_negative_numbers = true)]
    epochs: u32,
    /// Samples in a minibatch, or `full` for all of them; a SPEC may name its own
    #[arg(long, value_name = "N", default_value = "32", allow_negative_numbers = true)]
    batch_size: BatchSize,
    /// Units of each hidden layer, with commas between them, or `none`
    #[arg(long, value_name = "N[,N…]", default_value = "100", allow_negative_numbers = true)]
    hidden: Hidden,
    /// Activation of the hidden layers: relu, tanh, sigmoid or gelu
    #[arg(long, value_name = "NAME", default_value_t = Activation::Relu)]
    activation: Activation,
    /// Seed of the initial weights and of the order of samples
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = values::seed, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    data: DataOptions,
    /// Train on the first N training samples only [default: all]
    #[arg(long, value_name = "N", value_parser = values::count, allow_negative_numbers = true)]
    samples: Option<NonZeroUsize>,
    /// Runs that may compute at the same time [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = values::count, allow_negative_numbers = true)]
    threads: Option<NonZeroUsize>,
}

impl RaceOptions {
    /// What the race computes. What is wrong with it is reported as `command`'s error.
    pub(super) fn settings(&self, command: &mut Command) -> Result<Settings, clap::Error> {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let specs = match self.preset {
            Some(preset) => preset.specs().map_err(|error| command.error(ErrorKind::InvalidValue, error))?,
            None => self.optimizers.iter().flat_map(|Specs(specs)| specs.iter().cloned()).collect(),
        };
        let settings = Settings {
            specs,
            epochs: self.epochs,
            batch_size: self.batch_size,
            hidden: self.hidden.0.clone(),
            activation: self.activation,
            seed: self.seed,
            threads: self.threads.unwrap_or_else(cores),
            lr_changes: Vec::new(),
        };
        match settings.run_infos(usize::MAX) {
            Ok(_) => Ok(settings),
            Err(error) => Err(command.error(ErrorKind::ArgumentConflict, error)),
        }
    }

    /// What there is to see of a preset without a screen.
    pub(super) fn hint(&self) -> Option<String> {
        self.preset.map(Preset::hint)
    }

    /// What the screen opens with, where a preset says so.
    pub(super) fn opening(&self) -> Option<Opening> {
        self.preset.map(Preset::opening)
    }

    /// Reads and divides the data.
    pub(super) fn data(&self) -> anyhow::Result<Arc<RaceData>> {
        self.data.divided(self.samples)
    }
}
