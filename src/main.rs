//! The program: parses the command line, calls the library, turns an error into an exit code.

use std::process::ExitCode;

use optirace::cli::{self, Cli};
use optirace::headless::TrainingEnd;
use optirace::simd::Instructions;
use optirace::tui::Interrupted;

/// What shells report of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let known = |cli: Cli| Instructions::from_environment().map_err(anyhow::Error::msg).and_then(|_| cli.run());
    match cli::parse(std::env::args_os()).map_err(anyhow::Error::from).and_then(known) {
        Ok(TrainingEnd::Done) => ExitCode::SUCCESS,
        Ok(TrainingEnd::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => match error.downcast::<clap::Error>() {
            Ok(wrong_use) => ExitCode::from(cli::answer(wrong_use)),
            Err(error) => {
                cli::say_error(&error);
                let interrupted = error.downcast_ref::<Interrupted>().is_some_and(|screen| screen.from_outside);
                if interrupted { ExitCode::from(INTERRUPTED) } else { ExitCode::FAILURE }
            }
        },
    }
}
