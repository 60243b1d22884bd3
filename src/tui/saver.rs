//! Writes results beside the screen, which goes on meanwhile.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crate::nn::Architecture;
use crate::race::RaceData;
use crate::race::history::History;
use crate::race::settings::Settings;
use crate::record::{self, Ended, Report};

/// The folder that was written, or why not.
pub type Outcome = Result<PathBuf, String>;

/// Writes results, one race at a time.
pub struct Saver {
    settings: Arc<Settings>,
    data: Arc<RaceData>,
    architecture: Arc<Architecture>,
    chosen: Option<PathBuf>,
    /// Where each race went that was begun on this screen, by its generation.
    folders: Vec<(u32, PathBuf)>,
    under_way: Option<JoinHandle<Outcome>>,
    written: Vec<PathBuf>,
}

impl Saver {
    /// A saver of races with these settings. `chosen` is where a person wants the results.
    pub fn new(settings: Settings, data: Arc<RaceData>, architecture: Architecture, chosen: Option<PathBuf>) -> Self {
        Self {
            settings: Arc::new(settings),
            data,
            architecture: Arc::new(architecture),
            chosen,
            folders: Vec::new(),
            under_way: None,
            written: Vec::new(),
        }
    }

    /// Folders written so far.
    pub fn written(&self) -> &[PathBuf] {
        &self.written
    }

    /// Begins to write what was measured so far. `leaving` tells that the person will not see more of it.
    pub fn start(&mut self, history: &History, leaving: bool) {
        self.wait();
        let ended = match Ended::of(history) {
            Ended::Running if leaving => Ended::Quit,
            ended => ended,
        };
        let folder = self.folder(history.generation);
        let (settings, data, architecture) =
            (Arc::clone(&self.settings), Arc::clone(&self.data), Arc::clone(&self.architecture));
        let history = history.clone();
        let job = move || {
            let report =
                Report { settings: &settings, data: &data, architecture: &architecture, history: &history, ended };
            write(&folder, &report)
        };
        match thread::Builder::new().name("saver".to_owned()).spawn(job) {
            Ok(thread) => self.under_way = Some(thread),
            Err(error) => self.under_way = Some(thread::spawn(move || Err(error.to_string()))),
        }
    }

    /// Writes what was measured, here and now, because a signal or a fault ends the program.
    pub fn save_now(&mut self, history: &History) -> Outcome {
        self.wait();
        let ended = match Ended::of(history) {
            Ended::Running => Ended::Interrupted,
            ended => ended,
        };
        let folder = self.folder(history.generation);
        let report =
            Report { settings: &self.settings, data: &self.data, architecture: &self.architecture, history, ended };
        let outcome = write(&folder, &report);
        self.note(outcome)
    }

    /// What became of the writing, once, as soon as it is known.
    pub fn outcome(&mut self) -> Option<Outcome> {
        self.under_way.take_if(|thread| thread.is_finished()).map(|thread| self.join(thread))
    }

    /// Waits for the writing that is under way.
    pub fn wait(&mut self) -> Option<Outcome> {
        self.under_way.take().map(|thread| self.join(thread))
    }

    fn join(&mut self, thread: JoinHandle<Outcome>) -> Outcome {
        let outcome = thread.join().unwrap_or_else(|_| Err("writing failed; this is a fault of optirace".to_owned()));
        self.note(outcome)
    }

    fn note(&mut self, outcome: Outcome) -> Outcome {
        if let Ok(folder) = &outcome
            && !self.written.contains(folder)
        {
            self.written.push(folder.clone());
        }
        outcome
    }

    /// The folder of a race. One that was written before is written again; a restarted race gets another.
    fn folder(&mut self, generation: u32) -> PathBuf {
        if let Some((_, folder)) = self.folders.iter().find(|(known, _)| *known == generation) {
            return folder.clone();
        }
        let is_known = |folder: &Path| self.folders.iter().any(|(_, known)| known == folder);
        let first = self.chosen.clone().unwrap_or_else(record::default_dir);
        let numbered = (2_u32..).map(|number| {
            let mut name = first.clone().into_os_string();
            name.push(format!("-{number}"));
            PathBuf::from(name)
        });
        // That the first may be filled was allowed on the command line; of the others nobody was asked.
        let mut others = numbered.filter(|folder| !is_known(folder) && record::refuse_filled(folder, false).is_ok());
        let folder = if is_known(&first) { others.next().unwrap_or(first) } else { first };
        self.folders.push((generation, folder.clone()));
        folder
    }
}

fn write(folder: &Path, report: &Report<'_>) -> Outcome {
    record::write(folder, report).map(|()| folder.to_owned()).map_err(|error| error.to_string())
}
