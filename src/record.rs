//! Where results go: a folder with what a race measured.
//!
//! - `steps.csv`: a row per step and run ([`csv::write_steps`]);
//! - `epochs.csv`: a row per evaluation and run ([`csv::write_epochs`]);
//! - `events.csv`: a row for whatever happened to a run ([`csv::write_events`]);
//! - `manifest.json`: what was computed from what, on which machine, and how it ended ([`manifest::Manifest`]).
//!
//! Walks over a surface go into one file of their own ([`surface::write_walks`]).
//!
//! Numbers are written so that reading them back gives the same `f32` or `f64`. Each file is whole or not there at
//! all. A race without a screen, or with a folder that was named, is streamed while it goes on, into files that end in
//! `.partial` ([`Stream`]); what was written is read back through [`saved_race::SavedRace`], as events through
//! [`recorded::RecordedRace`]. No two programs write into
//! one folder ([`Folder`]).

mod atomic_file;
pub mod csv;
mod folder;
mod machine;
pub mod manifest;
pub mod recorded;
pub mod saved_race;
mod stream;
mod streaming;
pub mod surface;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::race::history::History;
use crate::race::settings::RaceSetup;
use crate::text::Untrusted;

pub use atomic_file::write_one;
pub use folder::{Folder, default_dir, write};
pub use stream::Stream;
pub use streaming::{SharedFolder, StreamNews, Streaming};

/// A race as far as it has come, ready to be written.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// What was asked for, on which data.
    pub setup: &'a RaceSetup,
    /// What was measured.
    pub history: &'a History,
    /// Why nothing more was measured.
    pub ended: Ended,
}

/// Why a race ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// At least one run did all its epochs, and none trains any more.
    Finished,
    /// Every run diverged or failed.
    AllDied,
    /// A signal stopped it.
    Interrupted,
    /// A person left it.
    Quit,
    /// It has not: the results are those so far.
    Running,
}

/// Writes a picture into a folder, as `picture-1.svg` or with the first number that is not taken yet; its path.
///
/// # Errors
/// When it cannot be written.
pub fn write_picture(dir: &Path, svg: &str) -> Result<PathBuf, RecordError> {
    let numbered = |number: u32| dir.join(format!("picture-{number}.svg"));
    let path = (1..).map(numbered).find(|path| path.symlink_metadata().is_err()).unwrap_or_else(|| numbered(0));
    write_one(&path, |out| out.write_all(svg.as_bytes()))?;
    Ok(path)
}

impl Ended {
    /// Why the race of `history` ended by itself, or [`Ended::Running`].
    pub fn of(history: &History) -> Self {
        if !history.has_ended() {
            Self::Running
        } else if history.runs.iter().all(|run| run.state.has_died()) {
            Self::AllDied
        } else {
            Self::Finished
        }
    }
}

/// Why results could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The folder holds files that would be replaced or mixed up with the new ones.
    #[error("{} already holds files; name a folder that is empty or new, or add --force", Untrusted::from(dir))]
    Filled {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder holds what a program streamed that came to no end.
    #[error(
        "{} holds a race that was cut off: it began {began} and wrote its last manifest {until}, its rows are in \
         steps.csv.partial; name a folder that is empty or new, or add --force to replace it",
        Untrusted::from(dir)
    )]
    CutOff {
        /// The folder.
        dir: PathBuf,
        /// When that race began, as its manifest has it.
        began: Untrusted,
        /// When its manifest was written.
        until: Untrusted,
    },
    /// Another program writes to the folder.
    #[error("another optirace is writing to {}; name another folder, or wait until it has ended", Untrusted::from(dir))]
    Busy {
        /// The folder.
        dir: PathBuf,
    },
    /// A file, or something else, has the name of the folder or of one above it.
    #[error("{} is not a folder; name another folder for the results or move it away", Untrusted::from(path))]
    NotAFolder {
        /// What is there.
        path: PathBuf,
    },
    /// Something that is no file has the name of one of the files.
    #[error("{} is {kind}, and a file of that name has to be written; move it away", Untrusted::from(path))]
    Obstructed {
        /// What is in the way.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// The folder cannot be made or looked into.
    #[error("cannot use {} as the folder of results: {cause}", Untrusted::from(dir))]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// A file cannot be written. What stood there before still does.
    #[error("cannot write {}: {cause}", Untrusted::from(path))]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
}

/// Names of the files of a race.
pub const FILES: [&str; 4] = ["steps.csv", "epochs.csv", "events.csv", "manifest.json"];

/// Names of the same files while a race is streamed, see [`Stream`].
pub const PARTIAL_FILES: [&str; 4] =
    ["steps.csv.partial", "epochs.csv.partial", "events.csv.partial", "manifest.json.partial"];

fn write_file(name: &str, out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    match name {
        "steps.csv" => csv::write_steps(out, report.history),
        "epochs.csv" => csv::write_epochs(out, report.history),
        "events.csv" => csv::write_events(out, report.history),
        _ => manifest::Manifest::new(report).write(out),
    }
}
