//! The folder of results: made, checked, kept from other programs, and filled with files that are whole or not there
//! at all.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::atomic_file::{AtomicFile, is_draft, sync, temporary};
use super::{FILES, PARTIAL_FILES, RecordError, Report, manifest, saved_race, write_file};
use crate::system::{FolderLock, LockError, file_kind};

/// Folder of all results that nobody named a folder for.
const RUNS_DIR: &str = "optirace-runs";

/// A new folder for results: `optirace-runs/` and the local time, as in `2026-01-31_18-05-09`, which sorts by time and
/// is a valid name on every system. Where that is taken already, a number follows.
pub fn default_dir() -> PathBuf {
    let name = manifest::now().strftime("%Y-%m-%d_%H-%M-%S").to_string();
    let first = Path::new(RUNS_DIR).join(&name);
    let mut dir = first.clone();
    let mut count = 2;
    while fs::symlink_metadata(&dir).is_ok() {
        dir = Path::new(RUNS_DIR).join(format!("{name}-{count}"));
        count += 1;
    }
    dir
}

/// A folder that this program writes results to, and no other program until this is dropped.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    /// `None` where the file system has no locks.
    _lock: Option<FolderLock>,
    /// Tells it from another folder that has its name later.
    identity: Option<(u64, u64)>,
}

impl Folder {
    /// Makes sure, before anything is computed, that results can be written to `dir`: makes the folder, refuses one
    /// that another program writes to or, unless `force`, that holds files, and tries to write to it.
    ///
    /// # Errors
    /// When the folder is in use, holds files and `force` is not set, cannot be made or written to, or something that
    /// is no file has the name of one that will be written.
    pub fn claim(dir: &Path, force: bool) -> Result<Self, RecordError> {
        make(dir)?;
        let lock = lock(dir)?;
        let failed = |cause| RecordError::Folder { dir: dir.to_owned(), cause };
        if lock.is_some() {
            remove_old_drafts(dir);
        }
        let is_filled = fs::read_dir(dir).map_err(failed)?.next().is_some();
        if is_filled && !force {
            return Err(saved_race::why_not(dir));
        }
        let folder = Self { dir: dir.to_owned(), _lock: lock, identity: identity_of(dir) };
        folder.check()?;
        Ok(folder)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Writes the files of a race. Files of these names are replaced: none of them before all new ones are complete,
    /// and each in one go. Then what a [`Stream`](super::Stream) wrote is removed. Where the folder is gone, it is
    /// made anew; where something else has its name by now, another one is taken, beside it if that can be, which
    /// [`Folder::path`] names from then on.
    ///
    /// # Errors
    /// When the folder cannot be made or a file cannot be written; the error names it and the cause.
    pub fn write(&mut self, report: &Report<'_>) -> Result<(), RecordError> {
        self.make_again()?;
        let draft = |name| AtomicFile::write(&self.dir, name, |out| write_file(name, out, report))?.on_disk();
        let complete = FILES.into_iter().map(draft).collect::<Result<Vec<_>, _>>()?;
        for draft in complete {
            draft.put_in_place()?;
        }
        self.remove_partial();
        sync(&self.dir)
    }

    /// Whether a file of this name can be written: nothing else has it, or a link, which is replaced.
    ///
    /// # Errors
    /// When something that is no file has it.
    pub fn check_name(&self, name: &str) -> Result<(), RecordError> {
        check_name(&self.dir, name)
    }

    /// Writes a file of its own into it, in one go.
    ///
    /// # Errors
    /// When it cannot be written. A file that stood there before still does.
    pub fn write_one(
        &self,
        name: &str,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), RecordError> {
        self.check_name(name)?;
        AtomicFile::write(&self.dir, name, write)?.on_disk()?.put_in_place()?;
        sync(&self.dir)
    }

    /// Removes what a [`Stream`](super::Stream) has left in it.
    pub fn remove_partial(&self) {
        for name in PARTIAL_FILES {
            // One that cannot be removed is known as old by the manifest beside it.
            let _ = fs::remove_file(self.dir.join(name));
        }
    }

    /// Whether a [`Stream`](super::Stream) has left files in it that were not replaced.
    pub fn holds_partial(&self) -> bool {
        PARTIAL_FILES.iter().any(|name| self.dir.join(name).is_file())
    }

    /// Makes the folder if it is gone. Where another one that holds files, or no folder at all, has its name by now, or
    /// where it may no longer be written to, another one is taken: nobody allowed to replace what is there.
    pub(super) fn make_again(&mut self) -> Result<(), RecordError> {
        let is_the_claimed = self.identity.is_some_and(|identity| Some(identity) == identity_of(&self.dir));
        let usable = match is_the_claimed {
            true => self.check(),
            false => Self::claim(&self.dir, false).map(|folder| *self = folder),
        };
        match usable {
            // As full as this one.
            Err(RecordError::Folder { cause, .. }) if is_full(&cause) => Ok(()),
            Err(trouble) => Self::in_place_of(&self.dir).map(|folder| *self = folder).ok_or(trouble),
            Ok(()) => Ok(()),
        }
    }

    /// Whether files can be written to it.
    fn check(&self) -> Result<(), RecordError> {
        check_way(&self.dir)?;
        let made = temporary(&self.dir).map(drop);
        made.map_err(|cause| RecordError::Folder { dir: self.dir.clone(), cause })
    }

    /// An empty folder for what can no longer be written to `dir`: beside it, else where results go that nobody named a
    /// folder for, else among the temporary files.
    fn in_place_of(dir: &Path) -> Option<Self> {
        let temporary = || env::temp_dir().join(dir.file_name().unwrap_or(RUNS_DIR.as_ref()));
        let beside = Self::beside(dir).or_else(|_| Self::claim(&default_dir(), false));
        beside.or_else(|_| Self::beside(&temporary())).ok()
    }

    /// An empty folder beside one of this name.
    ///
    /// # Errors
    /// When none can be made there.
    pub fn beside(dir: &Path) -> Result<Self, RecordError> {
        let numbered = |number: u32| {
            let mut name = dir.as_os_str().to_owned();
            name.push(format!("-{number}"));
            Self::claim(Path::new(&name), false)
        };
        let is_taken = |claimed: &Result<Self, RecordError>| {
            use RecordError::{Busy, CutOff, Filled, NotAFolder};
            matches!(claimed, Err(Busy { .. } | CutOff { .. } | Filled { .. } | NotAFolder { .. }))
        };
        (2..MOST_FOLDERS).map(numbered).find(|claimed| !is_taken(claimed)).unwrap_or_else(|| numbered(MOST_FOLDERS))
    }
}

/// How many names for a folder are tried.
const MOST_FOLDERS: u32 = 1000;

/// Whether the disk, or a limit on what may be written, is what is in the way.
fn is_full(cause: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(cause.kind(), FileTooLarge | QuotaExceeded | StorageFull)
}

/// What tells a folder from another one that gets its name later.
fn identity_of(dir: &Path) -> Option<(u64, u64)> {
    fs::metadata(dir).ok().map(|found| (found.dev(), found.ino()))
}

/// Writes the files of a race into `dir`, which is made if it is not there, as [`Folder::write`] does.
///
/// # Errors
/// When another program writes there, the folder cannot be made or a file cannot be written.
pub fn write(dir: &Path, report: &Report<'_>) -> Result<(), RecordError> {
    Folder::claim(dir, true)?.write(report)
}

/// Makes the folder, and those above it, unless it is there.
fn make(dir: &Path) -> Result<(), RecordError> {
    let in_the_way = dir.ancestors().find(|path| path.exists() && !path.is_dir());
    if let Some(path) = in_the_way {
        return Err(RecordError::NotAFolder { path: path.to_owned() });
    }
    fs::create_dir_all(dir).map_err(|cause| RecordError::Folder { dir: dir.to_owned(), cause })
}

/// Checks that nothing but a file, or a link, has the name of one that has to be written.
fn check_way(dir: &Path) -> Result<(), RecordError> {
    FILES.into_iter().chain(PARTIAL_FILES).try_for_each(|name| check_name(dir, name))
}

fn check_name(dir: &Path, name: &str) -> Result<(), RecordError> {
    let path = dir.join(name);
    match fs::symlink_metadata(&path).map(|found| found.file_type()) {
        Ok(found) if !found.is_file() && !found.is_symlink() => {
            Err(RecordError::Obstructed { path, kind: file_kind(found) })
        }
        _ => Ok(()),
    }
}

/// Removes what a program left that was killed while it wrote. Only for who holds the lock.
fn remove_old_drafts(dir: &Path) {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| is_draft(&entry.file_name())) {
        // One that cannot be removed does no harm.
        let _ = fs::remove_file(entry.path());
    }
}

/// Keeps other programs from writing to `dir`, where its file system has locks.
fn lock(dir: &Path) -> Result<Option<FolderLock>, RecordError> {
    match FolderLock::take(dir) {
        Ok(lock) => Ok(Some(lock)),
        Err(LockError::Impossible) => Ok(None),
        Err(LockError::Busy) => Err(RecordError::Busy { dir: dir.to_owned() }),
        Err(LockError::Unreadable(cause)) => Err(RecordError::Folder { dir: dir.to_owned(), cause }),
    }
}
