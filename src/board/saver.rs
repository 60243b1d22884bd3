//! Writes results beside the screen, which goes on meanwhile.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::race::history::History;
use crate::race::settings::RaceSetup;
use crate::record::{self, Ended, Folder, RecordError, Report, Stream};
use crate::system::{NoThread, thread_named};

/// The folder that was written, or why not.
pub type SaveOutcome = Result<PathBuf, String>;

/// A folder that the screen and the thread that writes have in common.
type SharedFolder = Arc<Mutex<Destination>>;

/// Where a race goes.
struct Destination {
    folder: Folder,
    /// What is written of it while it goes on, where a person has named the folder.
    stream: Option<Stream>,
}

/// Rows are on the disk this much later. Less than a second's, so that putting them into words is not noticed.
const STREAM_EVERY: Duration = Duration::from_millis(250);

/// Writes results, one race at a time.
pub struct Saver {
    setup: Arc<RaceSetup>,
    /// Where a person wants the results.
    chosen: Option<SharedFolder>,
    /// Where each race went that was begun on this screen, by its generation.
    folders: Vec<(u32, SharedFolder)>,
    under_way: Option<Writing>,
    written: Vec<PathBuf>,
    due: Instant,
    /// Why the last rows could not be streamed, if so.
    trouble: Option<String>,
}

/// Writing whose outcome was not asked for yet.
enum Writing {
    Thread(JoinHandle<SaveOutcome>),
    /// It could not even begin.
    Failed(String),
}

impl Writing {
    fn is_over(&self) -> bool {
        match self {
            Self::Thread(thread) => thread.is_finished(),
            Self::Failed(_) => true,
        }
    }
}

impl Saver {
    /// A saver of a race, as often as it is begun. `chosen` is where a person wants the results.
    pub fn new(setup: Arc<RaceSetup>, chosen: Option<Folder>) -> Self {
        let chosen = chosen.map(|folder| share(folder, true));
        let (folders, written) = (Vec::new(), Vec::new());
        Self { setup, chosen, folders, under_way: None, written, due: Instant::now(), trouble: None }
    }

    /// Folders written so far.
    pub fn written(&self) -> &[PathBuf] {
        &self.written
    }

    /// Begins to write what was measured so far. `leaving` says that the person will not see more of it.
    pub fn start(&mut self, history: &History, leaving: bool) {
        self.wait();
        let ended = match Ended::of(history) {
            Ended::Running if leaving => Ended::Quit,
            ended => ended,
        };
        let folder = match self.folder(history.generation) {
            Ok(folder) => folder,
            Err(error) => {
                self.under_way = Some(Writing::Failed(error));
                return;
            }
        };
        let (setup, history) = (Arc::clone(&self.setup), history.clone());
        let job = move || write(&folder, &Report { setup: &setup, history: &history, ended });
        self.under_way = Some(match thread_named("saver").spawn(job) {
            Ok(thread) => Writing::Thread(thread),
            Err(cause) => Writing::Failed(NoThread { purpose: "to write", cause }.to_string()),
        });
    }

    /// Saves a picture of the screen in the folder of a race; the file, or why not.
    ///
    /// # Errors
    /// While results are written there, and when the file cannot be written; in words.
    pub fn save_picture(&mut self, generation: u32, svg: &str) -> Result<PathBuf, String> {
        let folder = self.folder(generation)?;
        let Ok(results) = folder.try_lock() else { return Err("results are being written; p tries again".to_owned()) };
        record::write_picture(results.folder.path(), svg).map_err(|error| error.to_string())
    }

    /// Appends what is new to the folder that a person has named, if it is time to; why that is no longer possible,
    /// once.
    pub fn stream(&mut self, history: &History) -> Option<String> {
        if self.chosen.is_none() || Instant::now() < self.due || history.runs.iter().all(|run| run.steps.is_empty()) {
            return None;
        }
        self.due = Instant::now() + STREAM_EVERY;
        let trouble = match self.folder(history.generation) {
            Err(error) => Some(error),
            // While results are written there, which brings the stream up to date.
            Ok(folder) => folder.try_lock().ok().and_then(|mut results| {
                let report = Report { setup: &self.setup, history, ended: Ended::Running };
                results.catch_up(&report).err().map(|error| error.to_string())
            }),
        };
        let news = trouble.clone().filter(|trouble| self.trouble.as_ref() != Some(trouble));
        self.trouble = trouble;
        news
    }

    /// Removes what was streamed: a person has left who does not want it, or has it in its final form.
    pub fn discard_streamed(&self) {
        for (_, results) in &self.folders {
            let results = lock(results);
            if results.stream.is_some() {
                results.folder.remove_partial();
            }
        }
    }

    /// The folder where what was streamed still is, of a race that could not be written.
    pub fn streamed(&self) -> Option<PathBuf> {
        let (_, results) = self.folders.last()?;
        let results = lock(results);
        results.folder.holds_partial().then(|| results.folder.path().to_owned())
    }

    /// Writes what was measured, here and now, because a signal or a fault ends the program.
    pub fn save_now(&mut self, history: &History) -> SaveOutcome {
        self.wait();
        let ended = match Ended::of(history) {
            Ended::Running => Ended::Interrupted,
            ended => ended,
        };
        let folder = self.folder(history.generation)?;
        let outcome = write(&folder, &Report { setup: &self.setup, history, ended });
        self.note(outcome)
    }

    /// What became of the writing, once, as soon as it is known.
    pub fn outcome(&mut self) -> Option<SaveOutcome> {
        self.under_way.take_if(|writing| writing.is_over()).map(|writing| self.end(writing))
    }

    /// Waits for the writing that is under way.
    pub fn wait(&mut self) -> Option<SaveOutcome> {
        self.under_way.take().map(|writing| self.end(writing))
    }

    fn end(&mut self, writing: Writing) -> SaveOutcome {
        let outcome = match writing {
            Writing::Failed(error) => Err(error),
            Writing::Thread(thread) => {
                thread.join().unwrap_or_else(|_| Err("writing failed; this is a fault of optirace".to_owned()))
            }
        };
        self.note(outcome)
    }

    fn note(&mut self, outcome: SaveOutcome) -> SaveOutcome {
        if let Ok(folder) = &outcome
            && !self.written.contains(folder)
        {
            self.written.push(folder.clone());
        }
        outcome
    }

    /// The folder of a race. One that was written before is written again; a restarted race gets another.
    fn folder(&mut self, generation: u32) -> Result<SharedFolder, String> {
        if let Some((_, folder)) = self.folders.iter().find(|(known, _)| *known == generation) {
            return Ok(Arc::clone(folder));
        }
        let is_taken = |folder: &SharedFolder| self.folders.iter().any(|(_, known)| Arc::ptr_eq(known, folder));
        let folder = match &self.chosen {
            Some(folder) if !is_taken(folder) => Arc::clone(folder),
            Some(folder) => {
                let beside = Folder::beside(lock(folder).folder.path());
                share(beside.map_err(|error| error.to_string())?, true)
            }
            None => share(new_folder()?, false),
        };
        self.folders.push((generation, Arc::clone(&folder)));
        Ok(folder)
    }
}

/// A folder named after the time. Another program may take the same name at the same moment.
fn new_folder() -> Result<Folder, String> {
    let first = Folder::claim(&record::default_dir(), false);
    let claimed = first.or_else(|_| Folder::claim(&record::default_dir(), false));
    claimed.map_err(|error| error.to_string())
}

fn share(folder: Folder, streams: bool) -> SharedFolder {
    Arc::new(Mutex::new(Destination { folder, stream: streams.then(Stream::default) }))
}

fn lock(folder: &SharedFolder) -> MutexGuard<'_, Destination> {
    // Whoever panicked while writing left files that are whole or not there.
    folder.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(results: &SharedFolder, report: &Report<'_>) -> SaveOutcome {
    let mut results = lock(results);
    results.folder.write(report).map_err(|error| error.to_string())?;
    if report.ended == Ended::Running {
        // What cannot be streamed now is tried again soon, and told then.
        let _ = results.catch_up(report);
    }
    Ok(results.folder.path().to_owned())
}

impl Destination {
    fn catch_up(&mut self, report: &Report<'_>) -> Result<(), RecordError> {
        self.stream.as_mut().map_or(Ok(()), |stream| stream.catch_up(&mut self.folder, report))
    }
}
