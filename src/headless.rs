//! The race without a screen: progress on stderr, a summary and a final table on stdout, files in a folder.

mod bars;
mod lines;
mod progress;
mod signals;
mod table;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::{Receiver, select};

use crate::nn::summary::Summary;
use crate::race::history::{History, RunHistory, RunState};
use crate::race::protocol::Command;
use crate::race::settings::Settings;
use crate::race::{Race, RaceData, RaceError};
use crate::record::{self, Ended, RecordError, Report};
use progress::{News, Progress};
use table::{Results, state_text};

/// A race to be run without a screen.
#[derive(Debug)]
pub struct Training {
    /// What to compute.
    pub settings: Settings,
    /// What to train and to judge on.
    pub data: Arc<RaceData>,
    /// The folder for the results.
    pub out: PathBuf,
    /// Whether results in that folder may be replaced.
    pub force: bool,
}

/// How a race without a screen came to its end, its results written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// At least one run did all its epochs.
    Done,
    /// A signal stopped it.
    Interrupted,
}

/// Why a race without a screen failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// It could not start.
    #[error(transparent)]
    Race(#[from] RaceError),
    /// Its results cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Ctrl-C and termination could not be noticed, and would lose the results.
    #[error("cannot listen for Ctrl-C and termination: {0}")]
    Signals(io::Error),
    /// The table cannot be printed.
    #[error("cannot write to standard output: {0}; the results are in {out}", out = .1.display())]
    Stdout(io::Error, PathBuf),
    /// Not one run came to its end.
    #[error("no run came to its end: {died}; the results up to there are in {out}, try lower learning rates", out = .out.display())]
    AllDied {
        /// What became of each run.
        died: String,
        /// Where the results are.
        out: PathBuf,
    },
    /// The threads of some runs are gone without a word.
    #[error("the threads of {runs} ended without a result; what was measured is in {out}", out = .out.display())]
    Lost {
        /// Labels of the runs.
        runs: String,
        /// Where the results are.
        out: PathBuf,
    },
}

/// Runs a race to its end, or until Ctrl-C or a termination signal, and writes its results.
///
/// `stdout` receives a summary of the network and the final table; that nobody reads it any more is no error.
///
/// # Errors
/// When the folder is refused, the race cannot start, the results cannot be written or no run came to its end.
pub fn run(training: &Training, stdout: &mut impl Write) -> Result<Outcome, TrainError> {
    let Training { settings, data, out, force } = training;
    settings.architecture(&data.dataset).map_err(RaceError::from)?;
    record::refuse_filled(out, *force)?;
    let signals = signals::listen().map_err(TrainError::Signals)?;
    let race = Race::start(settings, Arc::clone(data))?;
    let printed = |result| unless_closed(result).map_err(|error| TrainError::Stdout(error, out.clone()));
    // Whether it can be printed is told once the race has been run and written.
    let summary_printed = writeln!(stdout, "{}\n", Summary(race.architecture())).and_then(|()| stdout.flush());

    let (history, interrupted) = watch(&race, &signals, settings.epochs, data.split.train.len());
    let ended = if interrupted { Ended::Interrupted } else { Ended::of(&history) };
    let report = Report { settings, data, architecture: race.architecture(), history: &history, ended };
    record::write(out, &report)?;
    say(&format!("Results written to {}", out.display()));
    printed(summary_printed)?;
    printed(write!(stdout, "{}", Results(&history)).and_then(|()| stdout.flush()))?;
    conclude(ended, &history, out.clone())
}

/// Receives all that happens until every run has ended. Whether a signal stopped them comes with it.
fn watch(race: &Race, signals: &Receiver<()>, epochs: u32, training_samples: usize) -> (History, bool) {
    let mut history = History::new(race.runs(), epochs);
    let mut progress = Progress::new(&history, training_samples);
    let mut interrupted = false;
    while !history.has_ended() {
        select! {
            recv(race.events()) -> event => {
                let Ok(event) = event else { break };
                let (run, news) = (event.run, News::of(&event.kind));
                history.apply(event);
                progress.show(&history, run, news);
            }
            recv(signals) -> _ => {
                if !interrupted {
                    progress.say("Stopping…");
                    race.send(Command::Stop);
                }
                interrupted = true;
            }
        }
    }
    (history, interrupted)
}

/// Says what a reader of the exit code alone would miss.
fn conclude(ended: Ended, history: &History, out: PathBuf) -> Result<Outcome, TrainError> {
    let describe = |run: &RunHistory| format!("{} {}", run.info.label, state_text(&run.state));
    let list = |runs: Vec<&RunHistory>| runs.into_iter().map(describe).collect::<Vec<_>>().join(", ");
    let died: Vec<&RunHistory> = history.runs.iter().filter(|run| has_died(run)).collect();
    match ended {
        Ended::AllDied => Err(TrainError::AllDied { died: list(died), out }),
        Ended::Running => {
            let lost = history.runs.iter().filter(|run| !run.state.has_ended());
            let labels: Vec<&str> = lost.map(|run| run.info.label.as_str()).collect();
            Err(TrainError::Lost { runs: labels.join(", "), out })
        }
        Ended::Finished | Ended::Interrupted | Ended::Quit => {
            if !died.is_empty() {
                say(&format!(
                    "{} of {} runs did not come to their end: {}",
                    died.len(),
                    history.runs.len(),
                    list(died)
                ));
            }
            Ok(if ended == Ended::Interrupted { Outcome::Interrupted } else { Outcome::Done })
        }
    }
}

fn has_died(run: &RunHistory) -> bool {
    matches!(run.state, RunState::Diverged { .. } | RunState::Failed { .. })
}

/// A pipe that is read no further asks for no more text: that is not an error.
fn unless_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes a line to stderr. Nobody could be told that it failed.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
