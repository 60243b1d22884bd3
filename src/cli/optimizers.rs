//! `optirace optimizers`.

use clap::Args;

use super::values::Explained;
use super::{explain, output, values};
use crate::optim;

#[derive(Debug, Args)]
pub(super) struct OptimizersArgs {
    /// The optimizer to explain; with * in it, list all that are like it [default: list all]
    #[arg(value_parser = values::explained)]
    name: Option<Explained>,
    /// List the learning-rate schedules instead: formula, keys, defaults, a picture of each
    #[arg(long, conflicts_with = "name")]
    schedules: bool,
}

impl OptimizersArgs {
    /// Prints one optimizer, the list of all, or the schedules.
    pub(super) fn run(&self) -> anyhow::Result<()> {
        output::print(|out| match self.name.as_ref().map(|Explained(all)| &all[..]) {
            None if self.schedules => explain::schedules::write_schedules(out),
            Some([definition]) => explain::write_one(out, definition),
            Some(definitions) => explain::write_list(out, definitions),
            None => {
                explain::write_list(out, optim::all())?;
                explain::write_common(out)
            }
        })
    }
}
