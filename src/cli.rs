//! The command line: every subcommand and option, validated into settings.

mod completions;
mod data;
mod explain;
mod hints;
mod lesson;
mod open;
mod optimizers;
mod output;
mod pace;
mod preset;
mod race;
mod screen;
mod surface;
mod values;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::error::{ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::board::series::STEP_BYTES;
use crate::headless::{self, HeadlessRace, TrainingEnd};
use crate::race::memory::{Forecast, Need};
use crate::race::settings::RaceSetup;
use crate::record::Folder;
use crate::system::{keep_addresses, survive_file_limits};
use crate::text::Untrusted;
use crate::text::printed::{Printed, is_only_ascii, is_utf8_locale, print_only_ascii, say};
use crate::tui;
use data::DataArgs;
use lesson::LessonArgs;
use open::OpenArgs;
use optimizers::OptimizersArgs;
use pace::PaceOptions;
use race::RaceOptions;
use screen::ScreenOptions;
use surface::SurfaceArgs;

const EXAMPLES: &str = "\
Examples:
  optirace                                 six optimizers on Fashion-MNIST, on the screen
  optirace -o sgd:lr=0.1 -o adam           two of them, one with its own learning rate
  optirace -o adam -o adam:dialect=torch   Adam as Keras and as PyTorch define it
  optirace -o sgd -o sgd:batch=full        minibatches against all samples at once
  optirace --preset zigzag                 SGD beside Adam: a zigzag and a bow
  optirace --preset rates                  a rate that is too small, a right one, one that is too large
  optirace --preset schedules              a rate that stays beside rates that fall
  optirace --preset textbook               the lesson's optimizers, SGD at 1 and at 32 samples
  optirace --preset 2026                   what is new; also adam-family, sign and no-lr
  optirace -o sgd -o 'adam*'               all optimizers whose names begin with adam
  optirace -o sgd:lr=0.1 -o sgd:lr=0.1,schedule=cosine   a rate that stays against one that falls
  optirace train --out results             without a screen, into CSV files

An optimizer is written NAME[:KEY=VALUE[,KEY=VALUE]…]. Every one knows
  rate: lr, schedule · decay: weight_decay, l2, decay_bias · batch: batch
  clip: clip_norm, clip_value, global_clip_norm · update: cautious
  average: lookahead, ema · sharpness: sam
  name: dialect (keras, torch, …), label
`optirace optimizers` lists them, with NAME it explains one, with --schedules it lists
learning-rate schedules.";

const TRAIN_EXAMPLES: &str = "\
Examples:
  optirace train --out results                               six optimizers, 5 epochs
  optirace train -o adam -o adam:lr=0.01 --epochs 10 --out adams
  optirace train --samples 1000 --epochs 1 --out quick --force
  optirace train --preset rates --quiet --out rates          nothing but the final table

Files in DIR: steps.csv (a row per step and run), epochs.csv, events.csv, manifest.json.
Ctrl-C writes what there is. While it trains, rows go to steps.csv.partial and so on, at most
a second late.

Exit codes: 0 done, also when single runs diverged; 1 not done, or every run diverged;
2 wrong use; 130 interrupted.";

/// Races optimizers: each trains the same network on Fashion-MNIST, live and measured.
///
/// Every run trains the same network, from the same initial weights, over the same samples in the same order, with
/// its own optimizer. Without a subcommand the race is on the screen.
#[derive(Debug, Parser)]
#[command(name = "optirace", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
#[command(after_long_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<CliCommand>,
    /// Print and draw with ASCII characters only [default: where the locale has no UTF-8]
    #[arg(long, global = true)]
    pub ascii: bool,
    #[command(flatten)]
    screen: ScreenArgs,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// The race without a screen: progress on stderr, files in a folder
    #[command(after_long_help = TRAIN_EXAMPLES)]
    Train(TrainArgs),
    /// Races that were recorded, in the same screen, from their folders; or a picture of it
    #[command(after_long_help = open::EXAMPLES)]
    Open(OpenArgs),
    /// Optimizers on a function of two variables: the textbook's ravine and others
    #[command(after_long_help = surface::EXAMPLES)]
    Surface(SurfaceArgs),
    /// What the data holds: sizes, class counts of each part, hashes, a few pictures
    Data(DataArgs),
    /// Each optimizer: formula, defaults, dialects, paper; learning-rate schedules
    Optimizers(OptimizersArgs),
    /// What the lesson says of optimizers, sentence by sentence: measured, and whether it holds
    #[command(after_long_help = lesson::EXAMPLES)]
    Lesson(LessonArgs),
    /// Completions for bash, zsh, fish and other shells
    #[command(after_help = completions::EXAMPLES)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
struct ScreenArgs {
    #[command(flatten)]
    race: RaceOptions,
    #[command(flatten)]
    pace: PaceOptions,
    #[command(flatten)]
    screen: ScreenOptions,
    /// Folder for the results, written on demand; rows are kept in it meanwhile [default: a new one in optirace-runs]
    #[arg(long, value_name = "DIR", help_heading = "Results")]
    out: Option<PathBuf>,
    /// Replace results that are in DIR already
    #[arg(long, requires = "out", help_heading = "Results")]
    force: bool,
}

#[derive(Debug, Args)]
struct TrainArgs {
    #[command(flatten)]
    race: RaceOptions,
    /// Print the final table and what goes wrong, and nothing else
    #[arg(short, long)]
    quiet: bool,
    /// Folder for the results: new or empty
    #[arg(long, value_name = "DIR", help_heading = "Results")]
    out: PathBuf,
    /// Replace results that are in DIR already
    #[arg(long, help_heading = "Results")]
    force: bool,
}

/// Parses a command line, and has only ASCII printed from now on where it or the locale wants that.
///
/// # Errors
/// When it is wrong, or asks for help or the version: see [`answer`].
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let words = hints::in_order(words.into_iter().collect(), &Cli::command());
    // Looked for by itself: a command line that is wrong otherwise is answered in ASCII, too.
    let wants_ascii = words.iter().any(|word| word == "--ascii");
    if wants_ascii || !is_utf8_locale(|name| std::env::var(name).ok()) {
        print_only_ascii();
    }
    Cli::try_parse_from(words).map_err(hints::helpful)
}

/// Prints help, the version, or what is wrong with a command line; the exit code.
pub fn answer(error: clap::Error) -> u8 {
    let error = printable(error);
    // Where nothing can be printed, this cannot be said either.
    let _ = match (is_only_ascii(), error.use_stderr()) {
        (false, _) => error.print(),
        (true, true) => write!(Printed(io::stderr()), "{}", error.render()),
        (true, false) => write!(Printed(io::stdout()), "{}", error.render()),
    };
    u8::try_from(error.exit_code()).unwrap_or(u8::MAX)
}

impl Cli {
    /// Does what the command line asks for.
    ///
    /// # Errors
    /// When it cannot be done. A [`clap::Error`] among them means that the command line itself is wrong.
    pub fn run(self) -> anyhow::Result<TrainingEnd> {
        // Without it, memory ends earlier under a limit.
        let _ = keep_addresses();
        survive_file_limits().context("cannot listen for signals")?;
        match self.command {
            None => self.screen.run()?,
            Some(CliCommand::Train(args)) => return args.run(),
            Some(CliCommand::Open(args)) => args.run()?,
            Some(CliCommand::Surface(args)) => args.run()?,
            Some(CliCommand::Data(args)) => args.run()?,
            Some(CliCommand::Optimizers(args)) => args.run()?,
            Some(CliCommand::Lesson(args)) => return args.run(),
            Some(CliCommand::Completions { shell }) => completions::print(shell)?,
        }
        Ok(TrainingEnd::Done)
    }
}

/// Prints an error with its causes, in one line. Some errors name their cause themselves: it is not printed twice.
pub fn say_error(error: &anyhow::Error) {
    let causes = error.chain().map(ToString::to_string);
    let sentence = causes.fold(String::new(), |sentence, cause| {
        if sentence.is_empty() {
            cause
        } else if sentence.contains(&cause) {
            sentence
        } else {
            format!("{sentence}: {cause}")
        }
    });
    say(&format!("error: {}", Untrusted::from(sentence)));
}

/// A command line that is wrong, with what it said in a form that can be printed.
fn printable(mut wrong_use: clap::Error) -> clap::Error {
    let escaped = |text: &String| Untrusted::from(text).to_string();
    let context: Vec<_> = wrong_use.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in context {
        match value {
            ContextValue::String(text) => wrong_use.insert(kind, ContextValue::String(escaped(&text))),
            ContextValue::Strings(texts) => {
                wrong_use.insert(kind, ContextValue::Strings(texts.iter().map(escaped).collect()))
            }
            _ => None,
        };
    }
    wrong_use
}

impl ScreenArgs {
    fn run(self) -> anyhow::Result<()> {
        let settings = self.race.settings(&mut Cli::command())?;
        output::need_terminal("use `optirace train --out DIR`")?;
        let setup = RaceSetup::new(settings, self.race.data()?)?;
        let pace = self.pace.pace(&setup).map_err(|error| Cli::command().error(ErrorKind::ValueValidation, error))?;
        let need = Need::new(&setup)?.on_screen(&setup, STEP_BYTES);
        let memory = Forecast::new(need)?;
        let out = self.out.map(|out| Folder::claim(&out, self.force)).transpose()?;
        let opening = self.race.opening();
        tui::run(tui::Screen { setup, out, memory, pace, appearance: self.screen.appearance(), opening })
    }
}

impl TrainArgs {
    fn run(self) -> anyhow::Result<TrainingEnd> {
        let settings = self.race.settings(&mut Cli::command())?;
        let setup = RaceSetup::new(settings, self.race.data()?)?;
        let training =
            HeadlessRace { setup, out: self.out, force: self.force, quiet: self.quiet, hint: self.race.hint() };
        Ok(headless::run(&training, &mut Printed(io::stdout()))?)
    }
}
