//! Writes results beside the screen, which goes on meanwhile.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::race::history::History;
use crate::race::settings::RaceSetup;
use crate::record::{self, Ended, Folder, Report};
use crate::system::NoThread;

/// The folder that was written, or why not.
pub type SaveOutcome = Result<PathBuf, String>;

/// A folder that the screen and the thread that writes have in common.
type SharedFolder = Arc<Mutex<Folder>>;

/// Writes results, one race at a time.
pub struct Saver {
    setup: Arc<RaceSetup>,
    /// Where a person wants the results.
    chosen: Option<SharedFolder>,
    /// Where each race went that was begun on this screen, by its generation.
    folders: Vec<(u32, SharedFolder)>,
    under_way: Option<Writing>,
    written: Vec<PathBuf>,
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
        Self { setup, chosen: chosen.map(share), folders: Vec::new(), under_way: None, written: Vec::new() }
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
        self.under_way = Some(match thread::Builder::new().name("saver".to_owned()).spawn(job) {
            Ok(thread) => Writing::Thread(thread),
            Err(cause) => Writing::Failed(NoThread { purpose: "to write", cause }.to_string()),
        });
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
            Some(folder) => share(Folder::beside(lock(folder).path()).map_err(|error| error.to_string())?),
            None => share(new_folder()?),
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

fn share(folder: Folder) -> SharedFolder {
    Arc::new(Mutex::new(folder))
}

fn lock(folder: &SharedFolder) -> MutexGuard<'_, Folder> {
    // Whoever panicked while writing left files that are whole or not there.
    folder.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(folder: &SharedFolder, report: &Report<'_>) -> SaveOutcome {
    let mut folder = lock(folder);
    folder.write(report).map(|()| folder.path().to_owned()).map_err(|error| error.to_string())
}
