//! Writes results beside the screen, which goes on meanwhile.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::race::history::History;
use crate::race::settings::RaceSetup;
use crate::record::{self, Ended, Folder, RecordError, Report, SharedFolder, StreamNews, Streaming};
use crate::system::{NoThread, thread_named};

/// The folder that was written, or why not.
pub type SaveOutcome = Result<PathBuf, String>;

/// Writes results, one race at a time. Nothing here waits for the disk but what says so.
pub struct Saver {
    setup: Arc<RaceSetup>,
    /// Where a person wants the results.
    chosen: Option<SharedFolder>,
    /// Where each race goes that was begun on this screen, by its generation.
    folders: Vec<(u32, SharedFolder)>,
    under_way: Option<Writing>,
    /// Where a person wants a race of this generation from now on, if it can be written there.
    tried: Option<(u32, SharedFolder)>,
    written: Vec<PathBuf>,
    streaming: Streaming,
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
        let chosen = chosen.map(SharedFolder::new);
        let (folders, written) = (Vec::new(), Vec::new());
        Self { setup, chosen, folders, under_way: None, tried: None, written, streaming: Streaming::default() }
    }

    /// Folders written so far.
    pub fn written(&self) -> &[PathBuf] {
        &self.written
    }

    /// As [`Saver::start`], into a folder that a person has named because none of before can be written to; `~/` is
    /// their own. If it can be written to, this race is written there from now on, and what is begun after it beside
    /// that.
    pub fn start_in(&mut self, dir: &Path, history: &History, leaving: bool) {
        let dir = of_person(dir);
        let folder = SharedFolder::claimed_later(true, move || Folder::claim(&dir, false));
        self.tried = Some((history.generation, folder.clone()));
        self.write(folder, history, leaving);
    }

    /// Begins to write what was measured so far. `leaving` says that the person will not see more of it.
    pub fn start(&mut self, history: &History, leaving: bool) {
        let folder = self.folder(history.generation);
        self.write(folder, history, leaving);
    }

    fn write(&mut self, folder: SharedFolder, history: &History, leaving: bool) {
        let ended = match Ended::of(history) {
            Ended::Running if leaving => Ended::Quit,
            ended => ended,
        };
        let (setup, history) = (Arc::clone(&self.setup), history.clone());
        let job = move || write(&folder, &Report { setup: &setup, history: &history, ended });
        self.under_way = Some(match thread_named("saver").spawn(job) {
            Ok(thread) => Writing::Thread(thread),
            Err(cause) => Writing::Failed(NoThread { purpose: "to write", cause }.to_string()),
        });
    }

    /// Appends what is new to the folder that a person has named, if it is time to; returns at once. What a person
    /// should know of it.
    pub fn stream(&mut self, history: &History) -> Vec<StreamNews> {
        if self.chosen.is_none() || self.streaming.rests() || history.runs.iter().all(|run| run.steps.is_empty()) {
            return Vec::new();
        }
        let folder = self.folder(history.generation);
        self.streaming.catch_up(&folder, &Report { setup: &self.setup, history, ended: Ended::Running })
    }

    /// Whether nothing is being written, or that has just ended.
    pub fn is_idle(&self) -> bool {
        self.under_way.as_ref().is_none_or(Writing::is_over) && self.streaming.is_idle()
    }

    /// Removes what was streamed: a person has left who does not want it, or has it in its final form. Waits for the
    /// disk.
    pub fn discard_streamed(&mut self) {
        self.streaming.wait();
        self.folders.iter().for_each(|(_, folder)| folder.remove_partial());
    }

    /// The folder where what was streamed still is, of a race that could not be written. Waits for the disk.
    pub fn streamed(&self) -> Option<PathBuf> {
        self.folders.last().and_then(|(_, folder)| folder.holding_partial())
    }

    /// Writes what was measured, here and now, because a signal or a fault ends the program. Waits for the disk.
    pub fn save_now(&mut self, history: &History) -> SaveOutcome {
        self.wait();
        self.streaming.wait();
        let ended = match Ended::of(history) {
            Ended::Running => Ended::Interrupted,
            ended => ended,
        };
        let folder = self.folder(history.generation);
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
        let tried = self.tried.take().filter(|_| outcome.is_ok());
        if let Some((generation, folder)) = tried {
            self.folders.retain(|(other, _)| *other != generation);
            self.folders.push((generation, folder.clone()));
            self.chosen = Some(folder);
        }
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
    pub fn folder(&mut self, generation: u32) -> SharedFolder {
        if let Some((_, folder)) = self.folders.iter().find(|(known, _)| *known == generation) {
            return folder.clone();
        }
        let is_taken = |folder: &SharedFolder| self.folders.iter().any(|(_, known)| known.is(folder));
        let folder = match self.chosen.clone() {
            Some(folder) if !is_taken(&folder) => folder,
            Some(folder) => SharedFolder::claimed_later(true, move || Folder::beside(&folder.path()?)),
            None => SharedFolder::claimed_later(false, new_folder),
        };
        self.folders.push((generation, folder.clone()));
        folder
    }
}

/// A path as shells understand it: what begins with `~/` is in the person's own folder.
fn of_person(path: &Path) -> PathBuf {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => Path::new(&home).join(rest),
        _ => path.to_owned(),
    }
}

/// A folder named after the time. Another program may take the same name at the same moment.
fn new_folder() -> Result<Folder, RecordError> {
    Folder::claim(&record::default_dir(), false).or_else(|_| Folder::claim(&record::default_dir(), false))
}

fn write(folder: &SharedFolder, report: &Report<'_>) -> SaveOutcome {
    folder.write(report).map_err(|error| error.to_string())
}
