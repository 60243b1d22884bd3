//! The race without a screen: progress on stderr, a summary and a final table on stdout, files in a folder.

mod bars;
mod lines;
mod printer;
mod progress;
mod table;

use std::io::{self, Write};
use std::path::PathBuf;

use crate::board::ranking::state_text;
use crate::nn::summary::Summary;
use crate::race::history::{History, RunHistory};
use crate::race::memory::{Forecast, MemoryEnds, MemoryWatch, Need, TooLittle};
use crate::race::protocol::{Command, Target};
use crate::race::settings::RaceSetup;
use crate::race::{EventSource, Race, RaceError};
use crate::record::{Ended, Folder, RecordError, Report, SharedFolder, StreamNews, Streaming};
use crate::system::{CaughtSignals, end_soon};
use crate::text::Untrusted;
use crate::text::printed::say;
use progress::ProgressDisplay;
use table::Results;

/// A race to be run without a screen.
#[derive(Debug)]
pub struct HeadlessRace {
    /// What to compute, on which data.
    pub setup: RaceSetup,
    /// The folder for the results.
    pub out: PathBuf,
    /// Whether results in that folder may be replaced.
    pub force: bool,
    /// Whether only the final table is printed, and what goes wrong.
    pub quiet: bool,
    /// What there is to look at, if anybody says so.
    pub hint: Option<String>,
}

/// How a race without a screen came to its end, its results written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainingEnd {
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
    /// It needs more memory than there is.
    #[error(transparent)]
    Memory(#[from] TooLittle),
    /// It had to be ended before memory was used up.
    #[error("{ends}; the results up to there are in {out}", out = Untrusted::from(.out))]
    MemoryEnds {
        /// What was left.
        ends: MemoryEnds,
        /// Where the results are.
        out: PathBuf,
    },
    /// Nothing can be written to the folder.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Its results cannot be written as they should, but what was streamed is still there.
    #[error(
        "{cause}; what was measured is in {}, in files that end in .partial, as far as it could be written",
        Untrusted::from(out)
    )]
    Partial {
        /// Why.
        cause: RecordError,
        /// The folder.
        out: PathBuf,
    },
    /// Ctrl-C and termination could not be noticed, and would lose the results.
    #[error("cannot listen for Ctrl-C and termination: {0}")]
    Signals(io::Error),
    /// The table cannot be printed.
    #[error("cannot write to standard output: {0}; the results are in {out}", out = Untrusted::from(.1))]
    Stdout(io::Error, PathBuf),
    /// Not one run came to its end.
    #[error(
        "no run came to its end: {died}; the results up to there are in {out}, try lower learning rates",
        out = Untrusted::from(.out)
    )]
    AllDied {
        /// What became of each run.
        died: String,
        /// Where the results are.
        out: PathBuf,
    },
    /// The threads of some runs are gone without a word.
    #[error("the threads of {runs} ended without a result; what was measured is in {out}", out = Untrusted::from(.out))]
    Lost {
        /// Labels of the runs.
        runs: String,
        /// Where the results are.
        out: PathBuf,
    },
}

/// Runs a race to its end, or until Ctrl-C or a termination signal, and writes its results. What it has measured so
/// far is streamed into the folder meanwhile.
///
/// `stdout` receives a summary of the network and the final table; a reader that has gone is no error.
///
/// # Errors
/// When the folder is refused, the race cannot start or needs more memory than there is, the results cannot be written
/// or no run came to its end.
pub fn run(training: &HeadlessRace, stdout: &mut impl Write) -> Result<TrainingEnd, TrainError> {
    let HeadlessRace { setup, out, force, quiet, hint } = training;
    let inform = |line: &str| {
        if !quiet {
            say(line)
        }
    };
    let forecast = Forecast::new(Need::new(setup).map_err(RaceError::from)?)?;
    let folder = SharedFolder::new(Folder::claim(out, *force)?);
    let mut signals = CaughtSignals::that_end().map_err(TrainError::Signals)?;
    inform(&format!("This race needs {forecast}"));
    if let Some(shortage) = forecast.shortage() {
        say(&format!("warning: {shortage}"));
    }
    hint.iter().for_each(|hint| inform(hint));
    let race = Race::start(setup)?;
    // Whether it can be printed is known once the race has been run and written.
    let summary_printed = match quiet {
        true => Ok(()),
        false => writeln!(stdout, "{}\n", Summary(&setup.architecture)).and_then(|()| stdout.flush()),
    };

    let progress = ProgressDisplay::new(&race.history(), setup.data.split.train.len(), *quiet);
    let (history, stopped) = watch(setup, &race, &folder, &mut signals, &progress);
    let ended = if stopped.is_some() { Ended::Interrupted } else { Ended::of(&history) };
    let report = Report { setup, history: &history, ended };
    let written = folder.write(&report);
    signals.end_at_next();
    if stopped == Some(Stopped::Signal) {
        end_soon();
    }
    // Before an error, too: what waits to be printed happened earlier.
    progress.finish();
    let out = &written.map_err(|cause| unwritten(cause, &folder))?;
    inform(&format!("Results written to {}", Untrusted::from(out)));
    let printed = |result| unless_closed(result).map_err(|error| TrainError::Stdout(error, out.to_owned()));
    printed(summary_printed)?;
    printed(
        write!(stdout, "{}", Results { history: &history, guessing_loss: setup.data.guessing_loss() })
            .and_then(|()| stdout.flush()),
    )?;
    if let Some(Stopped::Memory(ends)) = stopped {
        return Err(TrainError::MemoryEnds { ends, out: out.to_owned() });
    }
    conclude(ended, &history, out.to_owned())
}

/// Why there are no results, and whether there is something instead.
fn unwritten(cause: RecordError, folder: &SharedFolder) -> TrainError {
    match folder.holding_partial() {
        Some(out) => TrainError::Partial { cause, out },
        None => TrainError::Record(cause),
    }
}

/// Why a race was stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stopped {
    Signal,
    Memory(MemoryEnds),
}

/// Receives all that happens until every run has ended, reports it and streams it. Why they were stopped before their
/// end comes with the history.
fn watch(
    setup: &RaceSetup,
    race: &Race,
    folder: &SharedFolder,
    signals: &mut CaughtSignals,
    progress: &ProgressDisplay,
) -> (History, Option<Stopped>) {
    let mut streaming = Streaming::default();
    let tell = |news: Vec<StreamNews>| {
        for news in news {
            progress.say(&format!("{}{news}", if news.is_bad() { "warning: " } else { "" }));
        }
    };
    let mut stream = |history: &History| {
        tell(streaming.catch_up(folder, &Report { setup, history, ended: Ended::Running }));
    };
    let (mut stopped, mut memory) = (None, MemoryWatch::new(setup, 0.0));
    stream(&race.history());
    let history = race.run_to_end(&mut |happened, history| {
        if let Some((run, milestone)) = happened {
            progress.show(history, run, milestone);
        }
        stream(history);
        let reason = signals.next().map(|_| Stopped::Signal).or_else(|| memory.look(history).map(Stopped::Memory));
        if let (None, Some(reason)) = (stopped, reason) {
            stopped = Some(reason);
            signals.end_at_next_interrupt();
            progress.say("Stopping…");
            race.send(Target::All, Command::Stop);
        }
    });
    if stopped.is_some() {
        progress.say("Writing the results…");
    }
    tell(streaming.wait());
    (history, stopped)
}

/// Says what a reader of the exit code alone would miss.
fn conclude(ended: Ended, history: &History, out: PathBuf) -> Result<TrainingEnd, TrainError> {
    let describe = |run: &RunHistory| format!("{} {}", run.info.label, state_text(&run.state));
    let list = |runs: Vec<&RunHistory>| runs.into_iter().map(describe).collect::<Vec<_>>().join(", ");
    let died: Vec<&RunHistory> = history.runs.iter().filter(|run| run.state.has_died()).collect();
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
            Ok(if ended == Ended::Interrupted { TrainingEnd::Interrupted } else { TrainingEnd::Done })
        }
    }
}

/// A pipe that is read no further asks for no more text: that is not an error.
fn unless_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
