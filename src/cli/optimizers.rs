//! `optirace optimizers`.

use clap::Args;

use super::{explain, output, values};
use crate::optim::Definition;

#[derive(Debug, Args)]
pub(super) struct OptimizersArgs {
    /// The optimizer to explain [default: list all]
    #[arg(value_parser = values::optimizer)]
    name: Option<&'static Definition>,
    /// List the learning-rate schedules instead: formula, keys, defaults, a picture of each
    #[arg(long, conflicts_with = "name")]
    schedules: bool,
}

impl OptimizersArgs {
    /// Prints one optimizer, the list of all, or the schedules.
    pub(super) fn run(&self) -> anyhow::Result<()> {
        output::print(|out| match self.name {
            None if self.schedules => explain::schedules::write_schedules(out),
            Some(definition) => explain::write_one(out, definition),
            None => explain::write_list(out),
        })
    }
}
