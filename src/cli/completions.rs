//! `optirace completions`.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, output};

/// Prints the completions for `shell`.
pub(super) fn print(shell: Shell) -> anyhow::Result<()> {
    // Not straight to stdout: clap_complete panics where that is closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "optirace", &mut script);
    output::print(|out| out.write_all(&script))
}
