//! `optirace completions`.

use std::io::Write;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use clap_complete::Shell;

use super::{Cli, output};
use crate::nn::Activation;
use crate::{optim, surface};

/// Where each shell looks for completions.
pub(super) const EXAMPLES: &str = "\
Examples:
  optirace completions bash > ~/.local/share/bash-completion/completions/optirace
  optirace completions zsh > ~/.zfunc/_optirace     (in ~/.zshrc: fpath+=~/.zfunc; compinit)
  optirace completions fish > ~/.config/fish/completions/optirace.fish
  optirace completions elvish >> ~/.config/elvish/rc.elv
  optirace completions powershell >> $PROFILE
";

/// Prints the completions for `shell`.
pub(super) fn print(shell: Shell) -> anyhow::Result<()> {
    // Not straight to stdout: clap_complete panics where that is closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut with_values(Cli::command()), "optirace", &mut script);
    output::emit(|out| out.write_all(&script))
}

/// The command line with the names that its options know: they are parsed otherwise, with errors that help more.
fn with_values(command: Command) -> Command {
    let names = || optim::all().iter().map(|definition| definition.name);
    let scheduled = names()
        .flat_map(|name| optim::schedule::all().iter().map(move |family| format!("{name}:schedule={}", family.name)));
    let specs: Vec<String> = names().map(str::to_owned).chain(scheduled).collect();
    let specs = |argument: Arg| argument.value_parser(PossibleValuesParser::new(specs.clone()));
    let race = |command: Command| {
        let activations = PossibleValuesParser::new(Activation::ALL.map(Activation::name));
        command.mut_arg("optimizers", specs).mut_arg("activation", |argument| argument.value_parser(activations))
    };
    let names = PossibleValuesParser::new(names());
    let surfaces = PossibleValuesParser::new(surface::all().iter().map(|surface| surface.name));
    race(command)
        .mut_subcommand("train", race)
        .mut_subcommand("optimizers", |command| command.mut_arg("name", |argument| argument.value_parser(names)))
        .mut_subcommand("surface", |command| {
            command.mut_arg("optimizers", specs).mut_arg("surface", |argument| argument.value_parser(surfaces))
        })
}
