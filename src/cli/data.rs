//! `optirace data`, and the options that choose and divide the data.

use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use clap::{Args, ValueEnum};

use super::{output, values};
use crate::data::describe::Description;
use crate::data::{DataError, Dataset, Split};
use crate::race::RaceData;
use crate::text::grouped;
use crate::text::printed::is_only_ascii;

/// Which data, and how it is divided.
#[derive(Debug, Args)]
pub(super) struct DataOptions {
    /// Folder of four IDX files named as MNIST's are, gzipped or plain [default: Fashion-MNIST, which is built in]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Seed of the split into training and validation samples, as scikit-learn's random_state
    #[arg(long, value_name = "N", default_value_t = 42, value_parser = values::split_seed)]
    #[arg(allow_negative_numbers = true)]
    pub(super) split_seed: u32,
    /// Share of the training samples that validates, above 0 and below 1
    #[arg(long, value_name = "F", default_value_t = 0.2, value_parser = values::fraction)]
    #[arg(allow_negative_numbers = true)]
    pub(super) val_fraction: f64,
}

impl DataOptions {
    /// Reads the data.
    pub(super) fn open(&self) -> Result<Dataset, DataError> {
        match &self.data {
            Some(dir) => Dataset::open(dir),
            None => Dataset::fashion_mnist(),
        }
    }

    /// Reads and divides the data; of the samples to train on only the first `samples`, where that is given.
    pub(super) fn divided(&self, samples: Option<NonZeroUsize>) -> anyhow::Result<Arc<RaceData>> {
        let &Self { split_seed, val_fraction, .. } = self;
        let dataset = self.open()?;
        let mut split = Split::new(dataset.train.len(), val_fraction, split_seed)?;
        if let Some(samples) = samples.map(usize::from) {
            let there = split.train.len();
            if samples > there {
                let name = &dataset.name;
                let all = grouped(there as u64);
                bail!("--samples {samples} is more than there are; {name} leaves {all} to train on: give 1 to {there}");
            }
            split.train.truncate(samples);
        }
        Ok(Arc::new(RaceData { dataset, split, split_seed, val_fraction }))
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For a person
    Text,
    /// For a program: one object
    Json,
}

#[derive(Debug, Args)]
pub(super) struct DataArgs {
    #[command(flatten)]
    data: DataOptions,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Columns of a line where the width of the terminal is unknown.
const COLUMNS: usize = 80;

impl DataArgs {
    /// Prints what the data holds.
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let dataset = self.data.open()?;
        let description = Description::new(&dataset, self.data.split_seed, self.data.val_fraction)?;
        let is_coloured = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        // Pictures in colour are made of half blocks.
        let color = io::stdout().is_terminal() && is_coloured && !is_only_ascii();
        match self.format {
            Format::Text => output::print(|out| description.write_text(out, color, COLUMNS)),
            Format::Json => output::emit(|out| description.write_json(out)),
        }
    }
}
