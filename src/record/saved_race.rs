//! What a folder says of a race that was written into it: its state, what it was, and every complete row.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use ::csv::{self as rows, StringRecord};
use jiff::Timestamp;

use super::csv::EVENT_COLUMNS;
use super::manifest::Manifest;
use super::{FILES, PARTIAL_FILES, RecordError};
use crate::race::settings::{LrChange, Settings};
use crate::system::open_regular;
use crate::text::Untrusted;

/// A race that was written into a folder.
#[derive(Debug, Clone)]
pub struct SavedRace {
    /// Its folder.
    pub dir: PathBuf,
    /// What its manifest says.
    pub manifest: Manifest,
    /// Whether its program was killed, or still runs: only what it streamed is there. Otherwise its files are whole.
    pub is_partial: bool,
}

/// Why a race cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SavedRaceError {
    /// A file cannot be read.
    #[error("cannot read {}: {cause}", Untrusted::from(path))]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// The manifest is none.
    #[error("{} is no manifest of optirace: {what}", Untrusted::from(path))]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: Untrusted,
    },
    /// A table is none, or another than expected.
    #[error("{}, line {line}: {what}", Untrusted::from(path))]
    Table {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: Untrusted,
    },
}

/// The longest manifest that is read, in bytes: one of thousands of runs.
const LONGEST_MANIFEST: u64 = 64 << 20;

impl Manifest {
    /// Reads a manifest from JSON.
    ///
    /// # Errors
    /// When it is no JSON, or no manifest; the text says what is wrong and where.
    pub fn read(json: &[u8]) -> Result<Self, Untrusted> {
        let manifest: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if manifest.program == "optirace" {
            return Ok(manifest);
        }
        Err(format!("`program` is `{}` instead of `optirace`", manifest.program).into())
    }
}

impl SavedRace {
    /// Reads what a folder says of a race: of one whose files are whole, unless one that was begun later was cut off.
    ///
    /// # Errors
    /// When there is no manifest in it, or none that can be read.
    pub fn open(dir: &Path) -> Result<Self, SavedRaceError> {
        let [.., whole] = FILES;
        let [.., partial] = PARTIAL_FILES;
        let (whole, partial) = (read_manifest(&dir.join(whole)), read_manifest(&dir.join(partial)));
        let (manifest, is_partial) = match (whole, partial) {
            // What was left beside the whole files of the same race.
            (Ok(whole), Ok(partial)) if whole.started.is_some() && whole.started == partial.started => (whole, false),
            (_, Ok(partial)) => (partial, true),
            (whole, Err(_)) => (whole?, false),
        };
        Ok(Self { dir: dir.to_owned(), manifest, is_partial })
    }

    /// The file of this name that belongs to the race, such as `steps.csv`.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(if self.is_partial { format!("{name}.partial") } else { name.to_owned() })
    }

    /// Takes the complete rows of a table, such as `steps.csv`, below its header, one after the other. Of rows that
    /// were being written when the program was killed, the last may be incomplete: it is left out.
    ///
    /// # Errors
    /// When the file cannot be read, has other columns, a row has more or fewer fields than there are columns, or
    /// `take` says what is wrong with it.
    pub fn for_each_row(
        &self,
        name: &str,
        columns: &[&str],
        mut take: impl FnMut(&StringRecord) -> Result<(), String>,
    ) -> Result<(), SavedRaceError> {
        let path = self.file(name);
        let length = |file: &mut File| if self.is_partial { end_of_rows(file) } else { Ok(file.metadata()?.len()) };
        let opened = open_regular(&path).and_then(|mut file| Ok((length(&mut file)?, file)));
        let (end, file) = opened.map_err(|cause| SavedRaceError::File { path: path.clone(), cause })?;
        let failed = |line, what: String| SavedRaceError::Table { path: path.clone(), line, what: what.into() };
        let mut reader = rows::Reader::from_reader(file.take(end));
        let header = reader.headers().map_err(|error| failed(1, error.to_string()))?;
        if header != columns {
            return Err(failed(1, format!("the columns are not {}", columns.join(","))));
        }
        let line_of = |error: &rows::Error| error.position().map_or(0, rows::Position::line);
        let mut row = StringRecord::new();
        while reader.read_record(&mut row).map_err(|error| failed(line_of(&error), error.to_string()))? {
            take(&row).map_err(|what| failed(row.position().map_or(0, rows::Position::line), what))?;
        }
        Ok(())
    }

    /// All of these rows at once.
    ///
    /// # Errors
    /// As [`SavedRace::for_each_row`].
    pub fn rows(&self, name: &str, columns: &[&str]) -> Result<Vec<StringRecord>, SavedRaceError> {
        let mut all = Vec::new();
        self.for_each_row(name, columns, |row| {
            all.push(row.clone());
            Ok(())
        })?;
        Ok(all)
    }

    /// The settings of the race, with every change of learning rate that a person made at the step where it took
    /// hold: a race of these gives the same numbers again. Epochs that were added while it ran are no settings.
    ///
    /// # Errors
    /// When the events cannot be read, or something in them or in the manifest makes no sense.
    pub fn settings(&self) -> Result<Settings, SavedRaceError> {
        Ok(Settings { lr_changes: self.lr_changes()?, ..self.manifest.settings.asked.clone() })
    }

    /// What the events tell of learning rates that a person changed.
    fn lr_changes(&self) -> Result<Vec<LrChange>, SavedRaceError> {
        let [.., events, _] = FILES;
        let path = self.file(events);
        let rows = self.rows(events, &EVENT_COLUMNS)?;
        let labels: Vec<&str> = self.manifest.runs.iter().map(|run| run.label.as_str()).collect();
        let changes = rows.iter().filter(|row| &row[3] == "lr").map(|row| {
            let change = lr_change(row, &labels);
            let line = row.position().map_or(0, rows::Position::line);
            change.map_err(|what| SavedRaceError::Table { path: path.clone(), line, what: what.into() })
        });
        changes.collect()
    }
}

/// A change of learning rate, from a row of `events.csv`.
fn lr_change(row: &StringRecord, labels: &[&str]) -> Result<LrChange, String> {
    let run = labels.iter().position(|label| *label == &row[0]);
    let run = run.ok_or_else(|| format!("the manifest knows no run {:?}", &row[0]))?;
    let step = row[1].parse().ok().filter(|step| *step > 0);
    let step = step.ok_or_else(|| format!("{:?} is no step; it has to be a whole number from 1", &row[1]))?;
    let lr = row[4].parse().ok().filter(|lr: &f64| lr.is_finite() && *lr > 0.0);
    let lr = lr.ok_or_else(|| format!("{:?} is no learning rate; it has to be a number above 0", &row[4]))?;
    Ok(LrChange { run, step, lr })
}

/// The longest row that is looked for at the end of a file, in bytes.
const LONGEST_ROW: u64 = 1 << 16;

/// Where the last row ends that is whole; the file is at its beginning then.
fn end_of_rows(file: &mut File) -> io::Result<u64> {
    let start = file.metadata()?.len().saturating_sub(LONGEST_ROW);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.read_to_end(&mut tail)?;
    file.rewind()?;
    Ok(tail.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| start + end as u64 + 1))
}

fn read_manifest(path: &Path) -> Result<Manifest, SavedRaceError> {
    let mut json = Vec::new();
    let read = open_regular(path).and_then(|file| file.take(LONGEST_MANIFEST).read_to_end(&mut json));
    read.map_err(|cause| SavedRaceError::File { path: path.to_owned(), cause })?;
    Manifest::read(&json).map_err(|what| SavedRaceError::Manifest { path: path.to_owned(), what })
}

/// Why a folder that holds files is refused: what it holds, as far as that is known.
pub(super) fn why_not(dir: &Path) -> RecordError {
    let dir = dir.to_owned();
    match SavedRace::open(&dir) {
        // What is no time was not written by this program, and is not told.
        Ok(SavedRace { is_partial: true, manifest: Manifest { started, written, .. }, .. }) if is_time(&written) => {
            let began = started.filter(is_time).unwrap_or_else(|| written.clone());
            RecordError::CutOff { dir, began, until: written }
        }
        _ => RecordError::Filled { dir },
    }
}

fn is_time(text: &Untrusted) -> bool {
    text.raw().parse::<Timestamp>().is_ok()
}
