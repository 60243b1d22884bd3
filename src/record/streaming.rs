//! Writes what a race measures beside the race: a disk that takes its time, or hangs, keeps nothing else waiting.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::stream::NewRows;
use super::{Ended, Folder, RecordError, Report, Stream};
use crate::system::thread_named;
use crate::text::Untrusted;

/// Rows are on the disk this much later, and what it takes to write them.
const EVERY: Duration = Duration::from_millis(250);

/// The same after something has gone wrong.
const AGAIN: Duration = Duration::from_secs(1);

/// A folder of results that several threads write to, one at a time.
#[derive(Clone)]
pub struct SharedFolder(Arc<Mutex<Destination>>);

/// Where a race goes.
struct Destination {
    /// Claims the folder, once something is to be written to it.
    claim: Box<dyn Fn() -> Result<Folder, RecordError> + Send>,
    folder: Option<Folder>,
    /// What is written of it while it goes on, if anything.
    stream: Option<Stream>,
}

impl Destination {
    /// The folder and the stream into it, claimed by now.
    fn claimed(&mut self) -> Result<(&mut Folder, Option<&mut Stream>), RecordError> {
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => (self.claim)()?,
        };
        Ok((self.folder.insert(folder), self.stream.as_mut()))
    }
}

impl SharedFolder {
    /// Shares `folder`, into which a race is streamed.
    pub fn new(folder: Folder) -> Self {
        let refuse = || Err(RecordError::Folder { dir: PathBuf::new(), cause: io::ErrorKind::NotFound.into() });
        Self(Arc::new(Mutex::new(Destination {
            claim: Box::new(refuse),
            folder: Some(folder),
            stream: Some(Stream::default()),
        })))
    }

    /// A folder that is claimed by whichever thread first writes to it, as the disk may take its time also for that.
    /// The race is streamed into it or not.
    pub fn claimed_later(streams: bool, claim: impl Fn() -> Result<Folder, RecordError> + Send + 'static) -> Self {
        let stream = streams.then(Stream::default);
        Self(Arc::new(Mutex::new(Destination { claim: Box::new(claim), folder: None, stream })))
    }

    fn lock(&self) -> MutexGuard<'_, Destination> {
        // Whoever panicked while writing left files that are whole or not there.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder; it may be another one once something was written. Waits while something is being written.
    ///
    /// # Errors
    /// When it cannot be claimed.
    pub fn path(&self) -> Result<PathBuf, RecordError> {
        Ok(self.lock().claimed()?.0.path().to_owned())
    }

    /// Whether both are the same.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Writes the files of a race: see [`Folder::write`]. The folder that holds them. What is streamed of a race that
    /// goes on is there again after that.
    ///
    /// # Errors
    /// When the folder cannot be claimed, and as [`Folder::write`].
    pub fn write(&self, report: &Report<'_>) -> Result<PathBuf, RecordError> {
        let destination = &mut *self.lock();
        let (folder, stream) = destination.claimed()?;
        folder.write(report)?;
        if let (Ended::Running, Some(stream)) = (report.ended, stream) {
            // What cannot be streamed now is tried again soon, and told then.
            let _ = stream.catch_up(folder, report);
        }
        Ok(folder.path().to_owned())
    }

    /// Removes what was streamed.
    pub fn remove_partial(&self) {
        if let Destination { folder: Some(folder), stream: Some(_), .. } = &*self.lock() {
            folder.remove_partial();
        }
    }

    /// The folder, if it holds what was streamed and not replaced.
    pub fn holding_partial(&self) -> Option<PathBuf> {
        let destination = self.lock();
        let folder = destination.folder.as_ref().filter(|folder| folder.holds_partial())?;
        Some(folder.path().to_owned())
    }

    /// What is new of a race, unless its folder is being written to, or nothing is streamed into it.
    fn collect(&self, report: &Report<'_>) -> Option<NewRows> {
        Some(self.0.try_lock().ok()?.stream.as_ref()?.collect(report))
    }

    fn append(&self, batch: &NewRows) -> Appended {
        let destination = &mut *self.lock();
        let (folder, stream) = match destination.claimed() {
            Ok(claimed) => claimed,
            Err(trouble) => return Appended { outcome: Err(trouble), moved: None },
        };
        let before = folder.path().to_owned();
        let outcome = stream.map_or(Ok(true), |stream| stream.append(folder, batch)).map(drop);
        Appended { outcome, moved: (before != folder.path()).then(|| (before, folder.path().to_owned())) }
    }
}

/// What came of writing rows.
struct Appended {
    outcome: Result<(), RecordError>,
    /// From which folder to which other.
    moved: Option<(PathBuf, PathBuf)>,
}

/// What a person should know of rows that are written while a race goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamNews {
    /// The folder is no longer the one that was named, and another one is used.
    Moved {
        /// The first.
        before: PathBuf,
        /// The other.
        now: PathBuf,
    },
    /// They cannot be written, for this reason.
    Trouble(String),
    /// They can again.
    Cured,
}

impl StreamNews {
    /// Whether it is bad news.
    pub fn is_bad(&self) -> bool {
        *self != Self::Cured
    }
}

impl fmt::Display for StreamNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |path: &Path| Untrusted::from(path);
        match self {
            Self::Moved { before, now } => {
                write!(f, "{} is no longer the folder it was; the results go to {}", name(before), name(now))
            }
            Self::Trouble(reason) => write!(f, "{reason}; the race goes on, and this is tried again"),
            Self::Cured => f.write_str("what was measured can be written again"),
        }
    }
}

/// Streams a race, in threads of its own.
pub struct Streaming {
    due: Instant,
    under_way: Option<JoinHandle<Appended>>,
    /// Why the last rows could not be written, if so.
    trouble: Option<String>,
}

impl Default for Streaming {
    fn default() -> Self {
        Self { due: Instant::now(), under_way: None, trouble: None }
    }
}

impl Streaming {
    /// Begins to write what is new to `folder`, if it is time to and nothing is being written; returns at once. What is
    /// known by now of what was written before.
    pub fn catch_up(&mut self, folder: &SharedFolder, report: &Report<'_>) -> Vec<StreamNews> {
        let mut news = match self.under_way.take_if(|thread| thread.is_finished()) {
            Some(thread) => self.end(thread),
            None => Vec::new(),
        };
        if self.under_way.is_some() || Instant::now() < self.due {
            return news;
        }
        self.due = Instant::now() + EVERY;
        let Some(batch) = folder.collect(report) else { return news };
        let batch = Arc::new(batch);
        let (theirs, to) = (Arc::clone(&batch), folder.clone());
        match thread_named("stream").spawn(move || to.append(&theirs)) {
            Ok(thread) => self.under_way = Some(thread),
            // Where there is no thread, it is written here.
            Err(_) => news.extend(self.note(folder.append(&batch))),
        }
        news
    }

    /// Whether nothing is being written, nor due to be.
    pub fn rests(&self) -> bool {
        self.under_way.is_none() && Instant::now() < self.due
    }

    /// Whether nothing is being written, or that has just ended.
    pub fn is_idle(&self) -> bool {
        self.under_way.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits until nothing is being written.
    pub fn wait(&mut self) -> Vec<StreamNews> {
        self.under_way.take().map_or_else(Vec::new, |thread| self.end(thread))
    }

    fn end(&mut self, thread: JoinHandle<Appended>) -> Vec<StreamNews> {
        // A panic has been reported already, and the rows are tried again.
        thread.join().map_or_else(|_| Vec::new(), |appended| self.note(appended))
    }

    fn note(&mut self, Appended { outcome, moved }: Appended) -> Vec<StreamNews> {
        let moved = moved.into_iter().map(|(before, now)| StreamNews::Moved { before, now });
        moved.chain(self.note_trouble(outcome.err().map(|error| error.to_string()))).collect()
    }

    /// Notes whether something is wrong; news only if that was not so before.
    fn note_trouble(&mut self, trouble: Option<String>) -> Vec<StreamNews> {
        if trouble.is_some() {
            self.due = Instant::now() + AGAIN;
        }
        if trouble == self.trouble {
            return Vec::new();
        }
        self.trouble.clone_from(&trouble);
        vec![trouble.map_or(StreamNews::Cured, StreamNews::Trouble)]
    }
}
