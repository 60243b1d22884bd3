//! `optirace optimizers`.

use clap::Args;

use super::{output, values};
use crate::optim::{Definition, explain};

#[derive(Debug, Args)]
pub(super) struct OptimizersArgs {
    /// The optimizer to explain [default: list all]
    #[arg(value_parser = values::optimizer)]
    name: Option<&'static Definition>,
}

impl OptimizersArgs {
    /// Prints one optimizer, or the list of all.
    pub(super) fn run(&self) -> anyhow::Result<()> {
        output::print(|out| match self.name {
            Some(definition) => explain::write_one(out, definition),
            None => explain::write_list(out),
        })
    }
}
