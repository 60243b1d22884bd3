//! What a race has measured so far, on the disk while it goes on: whoever kills the program loses a second of it.
//!
//! The rows go to `steps.csv.partial` and so on, files of their own, because a file without that ending is always
//! whole. They are those of the final files in another order: as they came, some of one run, then some of another. The
//! manifest beside them says that the race runs. [`Folder::write`] puts the final files in their place.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::atomic_file::{AtomicFile, temporary};
use super::csv::{self, Table};
use super::manifest::Manifest;
use super::{Folder, PARTIAL_FILES, RecordError, Report};
use crate::race::history::RunHistory;

/// Rows that are put into words at once: some megabytes of text.
const ROWS_AT_ONCE: usize = 1 << 14;

/// Appends what was measured to files in a folder.
#[derive(Default)]
pub struct Stream {
    /// The three tables. `None` before the first row, and when they are gone.
    tables: Option<[Partial; 3]>,
    written: Vec<WrittenExtent>,
    /// What the manifest was written of.
    reported: Vec<WrittenExtent>,
}

/// How much of a run was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct WrittenExtent {
    steps: usize,
    epochs: usize,
    events: usize,
}

impl WrittenExtent {
    fn of(run: &RunHistory) -> Self {
        Self { steps: run.steps.len(), epochs: run.epochs.len(), events: run.events.len() }
    }

    /// Steps alone are reported by their rows.
    fn goes_beyond(self, reported: Self) -> bool {
        (self.epochs, self.events) != (reported.epochs, reported.events)
    }
}

/// What is new of a race, apart from it.
pub(super) struct NewRows {
    /// What had been written when this was collected.
    from: Vec<WrittenExtent>,
    /// What was measured beyond that, run by run.
    runs: Vec<RunHistory>,
    now: Vec<WrittenExtent>,
    /// That of the whole race as it was.
    manifest: Manifest,
}

impl Stream {
    /// Writes to `folder` what is new since the last time that this succeeded. A race that begins again is a matter of
    /// another stream; where a single run does, the files begin anew.
    ///
    /// # Errors
    /// When a file cannot be written. The rows that were written are whole, and the next call tries the others again;
    /// where the files are gone, it begins anew.
    pub fn catch_up(&mut self, folder: &mut Folder, report: &Report<'_>) -> Result<(), RecordError> {
        if !self.append(folder, &self.collect(report))? {
            self.append(folder, &self.collect(report))?;
        }
        Ok(())
    }

    /// Copies what is new, for [`Stream::append`].
    pub(super) fn collect(&self, report: &Report<'_>) -> NewRows {
        let now: Vec<WrittenExtent> = report.history.runs.iter().map(WrittenExtent::of).collect();
        let goes_on = self.tables.is_some() && now.iter().zip(&self.written).all(|(now, old)| now.steps >= old.steps);
        let from = if goes_on { self.written.clone() } else { vec![WrittenExtent::default(); now.len()] };
        let beyond = |(run, from): (&RunHistory, &WrittenExtent)| run.beyond(from.steps, from.epochs, from.events);
        let runs = report.history.runs.iter().zip(&from).map(beyond).collect();
        NewRows { from, runs, now, manifest: Manifest::new(report) }
    }

    /// Writes what was collected. `false` where it has to be collected anew: the files are gone, or something else was
    /// written meanwhile.
    ///
    /// # Errors
    /// As [`Stream::catch_up`].
    pub(super) fn append(&mut self, folder: &mut Folder, batch: &NewRows) -> Result<bool, RecordError> {
        let is_there = |tables: &[Partial; 3]| tables.iter().all(Partial::is_there);
        let is_beginning = batch.from.iter().all(|from| *from == WrittenExtent::default());
        let mut tables = match self.tables.take().filter(is_there) {
            Some(tables) if self.written == batch.from => tables,
            Some(tables) if !is_beginning => {
                self.tables = Some(tables);
                return Ok(false);
            }
            _ if is_beginning => self.begin(folder, batch)?,
            _ => return Ok(false),
        };
        let outcome = self.append_rows(&mut tables, batch);
        self.tables = Some(tables);
        outcome?;
        if batch.now.iter().zip(&self.reported).any(|(now, reported)| now.goes_beyond(*reported)) {
            write_manifest(folder, &batch.manifest)?;
            self.reported.clone_from(&batch.now);
        }
        Ok(true)
    }

    /// Makes the files, over those of a race before.
    fn begin(&mut self, folder: &mut Folder, batch: &NewRows) -> Result<[Partial; 3], RecordError> {
        folder.make_again()?;
        write_manifest(folder, &batch.manifest)?;
        let [steps, epochs, events, _] = PARTIAL_FILES;
        let begin = |name: &str, columns: &[&str]| Partial::begin(folder.path(), name, columns);
        let tables = [
            begin(steps, &csv::STEP_COLUMNS)?,
            begin(epochs, &csv::EPOCH_COLUMNS)?,
            begin(events, &csv::EVENT_COLUMNS)?,
        ];
        self.written = vec![WrittenExtent::default(); batch.runs.len()];
        self.reported.clone_from(&self.written);
        Ok(tables)
    }

    fn append_rows(&mut self, [steps, epochs, events]: &mut [Partial; 3], batch: &NewRows) -> Result<(), RecordError> {
        for (run, written) in batch.runs.iter().zip(&mut self.written) {
            let new = WrittenExtent::of(run);
            for range in pieces(new.steps) {
                steps.append(|table| csv::step_rows(table, run, range.clone()))?;
                written.steps += range.len();
            }
            for range in pieces(new.epochs) {
                epochs.append(|table| csv::epoch_rows(table, run, range.clone()))?;
                written.epochs += range.len();
            }
            for range in pieces(new.events) {
                events.append(|table| csv::event_rows(table, run, range.clone()))?;
                written.events += range.len();
            }
        }
        Ok(())
    }
}

/// Writes the manifest of a race that runs.
fn write_manifest(folder: &Folder, manifest: &Manifest) -> Result<(), RecordError> {
    let [.., name] = PARTIAL_FILES;
    AtomicFile::write(folder.path(), name, |out| manifest.write(out))?.put_in_place()
}

fn pieces(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(ROWS_AT_ONCE).map(move |start| start..rows.min(start + ROWS_AT_ONCE))
}

/// A table that grows.
struct Partial {
    path: PathBuf,
    file: File,
    /// Bytes of its whole rows.
    whole: u64,
    /// Whether there may be a piece of a row behind them.
    is_torn: bool,
}

impl Partial {
    /// A table with nothing but its header, over one that may have stood there before.
    fn begin(dir: &Path, name: &str, columns: &[&str]) -> Result<Self, RecordError> {
        let path = dir.join(name);
        // A new file gets the name: one that is opened by its name could be a link into another folder by now.
        match temporary(dir).and_then(|draft| Ok(draft.persist(&path)?)) {
            Ok(file) => {
                let mut partial = Self { path, file, whole: 0, is_torn: false };
                let mut header = Vec::new();
                let written = Table::new(&mut header, columns).and_then(Table::finish);
                partial.write(written.map(|()| header))?;
                Ok(partial)
            }
            Err(cause) => Err(RecordError::File { path, cause }),
        }
    }

    /// Whether its name still leads to a file.
    fn is_there(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|found| found.is_file())
    }

    /// Appends the rows that `rows` puts into words.
    fn append(&mut self, rows: impl FnOnce(&mut Table<&mut Vec<u8>>) -> io::Result<()>) -> Result<(), RecordError> {
        let mut text = Vec::new();
        let mut table = Table::more(&mut text);
        let written = rows(&mut table).and_then(|()| table.finish());
        self.write(written.map(|()| text))
    }

    fn write(&mut self, text: io::Result<Vec<u8>>) -> Result<(), RecordError> {
        let outcome = text.and_then(|text| {
            if self.is_torn {
                self.file.set_len(self.whole)?;
                self.file.seek(SeekFrom::Start(self.whole))?;
            }
            self.is_torn = true;
            self.file.write_all(&text)?;
            self.is_torn = false;
            self.whole += text.len() as u64;
            Ok(())
        });
        outcome.map_err(|cause| RecordError::File { path: self.path.clone(), cause })
    }
}
